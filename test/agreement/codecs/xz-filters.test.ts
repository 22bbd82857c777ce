import { describe, expect, it } from 'vitest'
import { decompressXz } from '../../../parsers/codecs/xz/stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { decompressed, sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, pseudoRandom, randomBytes } from '../../parsers/codecs/samples.ts'
import { storedThrough } from '../../parsers/codecs/xz/container.ts'

interface Branch {
  readonly option: string
  readonly id: number
  readonly alignment: number
  /** Bytes that begin, end or look like what the filter changes. */
  readonly opcodes: readonly number[]
}

const branches: Readonly<Record<string, Branch>> = {
  x86: { option: '--x86', id: 4, alignment: 1, opcodes: [0xe8, 0xe9, 0, 0xff] },
  PowerPC: { option: '--powerpc', id: 5, alignment: 4, opcodes: [0x48, 0x4b, 1, 5, 3] },
  'IA-64': { option: '--ia64', id: 6, alignment: 16, opcodes: [0x10, 0x12, 0x16, 0x1c, 0x50, 0x05, 0x14, 0] },
  ARM: { option: '--arm', id: 7, alignment: 4, opcodes: [0xeb] },
  'ARM-Thumb': { option: '--armthumb', id: 8, alignment: 2, opcodes: [0xf0, 0xf4, 0xf8, 0xfc] },
  SPARC: { option: '--sparc', id: 9, alignment: 4, opcodes: [0x40, 0x7f, 0x00, 0xc0, 0x3f, 0xff] },
  ARM64: { option: '--arm64', id: 10, alignment: 4, opcodes: [0x94, 0x97, 0x90, 0xb0, 0xf0, 0x00, 0xff] },
}

/** Half of it opcodes. */
function dense(opcodes: readonly number[], length: number, seed: number): Uint8Array {
  const random = pseudoRandom(seed)
  return Uint8Array.from({ length }, () =>
    random() < 0.5 ? opcodes[Math.floor(random() * opcodes.length)]! : random() * 256,
  )
}

function littleEndianBytes(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]
}

describeWith(['xz'], 'branch filters as the xz tool applies them', () => {
  describe.each(Object.entries(branches))('%s', (_, { option, id, alignment, opcodes }) => {
    const startOffsets = [0, 4096, 0x7ffffff0, 0xfffffff0, 0x12345670].map((offset) => offset - (offset % alignment))

    it.each(startOffsets)('of machine code and of opcodes that are none, from %i on', (start) => {
      for (const data of [
        machineCode(100_001),
        dense(opcodes, 100_003, start),
        new Uint8Array(999).fill(opcodes[0]!),
      ]) {
        const file = mustRun('xz', ['-c', '-T1', `${option}=start=${start}`, '--lzma2=preset=0'], { input: data })
        expect(sameBytes(decompressed(decompressXz, file, data.length), data)).toBe(true)
      }
    })

    it('of any length, in blocks that count from 0 each', () => {
      const data = dense(opcodes, 3000, 5)
      for (let length = 1; length <= 37; length += 3) {
        const file = mustRun('xz', ['-c', '-T1', `--block-size=${length}`, option, '--lzma2=preset=0'], {
          input: data.subarray(0, 40 * length + (length >> 1)),
        })
        const room = 40 * length + (length >> 1)
        expect(sameBytes(decompressed(decompressXz, file, room), data.subarray(0, room))).toBe(true)
      }
    })

    it('undone where it was never applied, as the xz tool does it', () => {
      for (const [index, length] of [0, 1, 3, 4, 5, 7, 8, 15, 16, 17, 33, 200_000, 70_001].entries()) {
        const start = startOffsets[index % startOffsets.length]!
        const file = storedThrough([[id, 4, ...littleEndianBytes(start)]], dense(opcodes, length, index))
        const expected = mustRun('xz', ['-dc', '-T1'], { input: file })
        expect(sameBytes(decompressed(decompressXz, file, length), expected)).toBe(true)
      }
    })
  })

  it.each([1, 2, 3, 4, 7, 255, 256])('Delta with distance %i', (distance) => {
    for (const data of [machineCode(10_001), randomBytes(distance), randomBytes(distance + 1), randomBytes(1)]) {
      const file = mustRun('xz', ['-c', `--delta=dist=${distance}`, '--lzma2=preset=0'], { input: data })
      expect(sameBytes(decompressed(decompressXz, file, data.length), data)).toBe(true)
    }
  })

  it.each([
    [['--x86', '--delta=dist=4']],
    [['--delta=dist=3', '--x86']],
    [['--arm=start=64', '--armthumb', '--delta=dist=1']],
    [['--delta=dist=1', '--delta=dist=256', '--ia64']],
    [['--x86=start=77', '--x86', '--x86=start=99']],
  ])('chained, %s', (options) => {
    const data = machineCode(50_001)
    const file = mustRun('xz', ['-c', '-T1', '--block-size=9999', ...options, '--lzma2=preset=0'], { input: data })
    expect(sameBytes(decompressed(decompressXz, file, data.length), data)).toBe(true)
  })
})
