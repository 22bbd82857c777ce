import { BLOCK_SIZE, type BlockHash, RunningBlockHash } from './block-hash.ts'
import type { RunningChecksum } from './running-checksum.ts'

/** The hash values H at the start (FIPS 180-4 5.3.1). */
const INITIAL_HASH = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
/** The constants K, each for 20 steps (FIPS 180-4 4.2.1). */
const CONSTANTS = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6]

const KIND: BlockHash = { initial: INITIAL_HASH, hashBlocks, littleEndian: false }

/** SHA-1 of `bytes[start, end)` (FIPS 180-4 6.1): 20 bytes. */
export function sha1(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const running = new RunningBlockHash(KIND)
  running.update(bytes, start, end)
  return running.digest()
}

/** SHA-1 of bytes that arrive in pieces. */
export function startSha1(): RunningChecksum<Uint8Array> {
  return new RunningBlockHash(KIND)
}

/** FIPS 180-4 6.1.2, with its names a to e and W, for a whole number of blocks in `bytes[start, end)`. */
function hashBlocks(hash: Int32Array, bytes: Uint8Array, start: number, end: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  const w = new Int32Array(80)
  // Each turn reads 64 bytes from blockStart, which is at most end - 64. Other indices are below 4, 5 or 80.
  for (let blockStart = start; blockStart < end; blockStart += BLOCK_SIZE) {
    for (let index = 0; index < 16; index++) w[index] = view.getInt32(blockStart + 4 * index)
    for (let index = 16; index < 80; index++) {
      w[index] = rotated(w[index - 3]! ^ w[index - 8]! ^ w[index - 14]! ^ w[index - 16]!, 1)
    }
    let a = hash[0]!
    let b = hash[1]!
    let c = hash[2]!
    let d = hash[3]!
    let e = hash[4]!
    for (let step = 0; step < 80; step++) {
      const round = Math.floor(step / 20)
      const mixed = round === 0 ? (b & c) ^ (~b & d) : round === 2 ? (b & c) ^ (b & d) ^ (c & d) : b ^ c ^ d
      const sum = (rotated(a, 5) + mixed + e + CONSTANTS[round]! + w[step]!) | 0
      e = d
      d = c
      c = rotated(b, 30)
      b = a
      a = sum
    }
    hash[0]! += a
    hash[1]! += b
    hash[2]! += c
    hash[3]! += d
    hash[4]! += e
  }
}

function rotated(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count))
}
