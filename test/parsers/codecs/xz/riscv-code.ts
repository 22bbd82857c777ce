import { pseudoRandom } from '../samples.ts'

/** Instructions the RISC-V filter changes, ones it nearly does, and noise that puts them at odd places. */
export function riscVCode(length: number, seed: number): Uint8Array {
  const random = pseudoRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const oneOf = (values: readonly number[]) => values[below(values.length)]!
  const bytes: number[] = []
  const push = (word: number) => bytes.push(word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24)
  const registers = [0, 1, 2, 3, 5, 10, 31]
  while (bytes.length < length) {
    const kind = below(10)
    const register = oneOf(registers)
    if (kind < 2) {
      push((below(2 ** 20) << 12) | (register << 7) | 0x6f)
    } else if (kind < 6) {
      // AUIPC and what may be its pair.
      push((below(2 ** 20) << 12) | (register << 7) | 0x17)
      const other = below(4) === 0 ? oneOf(registers) : register
      if (kind < 5)
        push((below(2 ** 12) << 20) | (other << 15) | (below(2 ** 8) << 7) | oneOf([0x13, 0x67, 0x17, 0x6f, 1]))
    } else if (kind < 8) {
      // What looks like a converted pair.
      push((oneOf(registers) << 27) | (below(2 ** 13) << 14) | (oneOf([3, 3, 3, 1]) << 12) | (2 << 7) | 0x17)
      push(below(2 ** 32))
    } else if (kind < 9) {
      bytes.push(below(256), below(256))
    } else if (below(8) === 0) {
      bytes.push(below(256))
    }
  }
  return Uint8Array.from(bytes.slice(0, length))
}
