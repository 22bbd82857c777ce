import { BLOCK_SIZE, type BlockHash, RunningBlockHash } from './block-hash.ts'
import type { RunningChecksum } from './running-checksum.ts'

/** The words A to D at the start (RFC 1321 3.3). */
const INITIAL_WORDS = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
/** The table T of RFC 1321 3.4: the integer part of 2^32 times the sine of 1 to 64. */
const SINES = Int32Array.from({ length: 64 }, (_, index) => Math.floor(2 ** 32 * Math.abs(Math.sin(index + 1))) | 0)
/** By how many bits each round rotates, for four steps that repeat (RFC 1321 3.4). */
const ROTATIONS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const

const KIND: BlockHash = { initial: INITIAL_WORDS, hashBlocks, littleEndian: true }

/** MD5 of `bytes[start, end)` (RFC 1321): 16 bytes. */
export function md5(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const running = new RunningBlockHash(KIND)
  running.update(bytes, start, end)
  return running.digest()
}

/** MD5 of bytes that arrive in pieces. */
export function startMd5(): RunningChecksum<Uint8Array> {
  return new RunningBlockHash(KIND)
}

/** RFC 1321 3.4, with its names a to d and X, for a whole number of blocks in `bytes[start, end)`. */
function hashBlocks(words: Int32Array, bytes: Uint8Array, start: number, end: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  const x = new Int32Array(16)
  // Each turn reads 64 bytes from blockStart, which is at most end - 64. Other indices are below 4, 16 or 64.
  for (let blockStart = start; blockStart < end; blockStart += BLOCK_SIZE) {
    for (let index = 0; index < 16; index++) x[index] = view.getInt32(blockStart + 4 * index, true)
    let a = words[0]!
    let b = words[1]!
    let c = words[2]!
    let d = words[3]!
    for (let step = 0; step < 64; step++) {
      const round = step >> 4
      let mixed: number
      let index: number
      if (round === 0) {
        mixed = (b & c) | (~b & d)
        index = step
      } else if (round === 1) {
        mixed = (b & d) | (c & ~d)
        index = (5 * step + 1) % 16
      } else if (round === 2) {
        mixed = b ^ c ^ d
        index = (3 * step + 5) % 16
      } else {
        mixed = c ^ (b | ~d)
        index = (7 * step) % 16
      }
      const sum = (a + mixed + x[index]! + SINES[step]!) | 0
      const count = ROTATIONS[round]![step % 4]!
      a = d
      d = c
      c = b
      b = (b + ((sum << count) | (sum >>> (32 - count)))) | 0
    }
    words[0]! += a
    words[1]! += b
    words[2]! += c
    words[3]! += d
  }
}
