import { BLOCK_SIZE, type BlockHash, RunningBlockHash } from './block-hash.ts'
import type { RunningChecksum } from './running-checksum.ts'

/** FIPS 180-4 5.3.3. */
// biome-ignore format: the table of the standard
const INITIAL_HASH = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]
/** The constants K of FIPS 180-4 4.2.2. */
// biome-ignore format: the table of the standard
const ROUND_CONSTANTS = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
)
/** The message schedule W of FIPS 180-4 6.2.2. One block at a time uses it. */
const schedule = new Int32Array(64)

const KIND: BlockHash = { initial: INITIAL_HASH, hashBlocks, littleEndian: false }

/** SHA-256 of `bytes[start, end)` (FIPS 180-4): 32 bytes. */
export function sha256(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const running = new RunningBlockHash(KIND)
  running.update(bytes, start, end)
  return running.digest()
}

/** SHA-256 of bytes that arrive in pieces. */
export function startSha256(): RunningChecksum<Uint8Array> {
  return new RunningBlockHash(KIND)
}

/** FIPS 180-4 6.2.2, with its names a to h and W, for a whole number of blocks in `bytes[start, end)`. */
function hashBlocks(hash: Int32Array, bytes: Uint8Array, start: number, end: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  // Each turn reads 64 bytes from blockStart, which is at most end - 64. Other indices are below 8 or 64.
  for (let blockStart = start; blockStart < end; blockStart += BLOCK_SIZE) {
    for (let t = 0; t < 16; t++) schedule[t] = view.getInt32(blockStart + 4 * t)
    for (let t = 16; t < 64; t++) {
      const early = schedule[t - 15]!
      const late = schedule[t - 2]!
      const sigma0 = rotateRight(early, 7) ^ rotateRight(early, 18) ^ (early >>> 3)
      const sigma1 = rotateRight(late, 17) ^ rotateRight(late, 19) ^ (late >>> 10)
      schedule[t] = sigma1 + schedule[t - 7]! + sigma0 + schedule[t - 16]!
    }
    let a = hash[0]!
    let b = hash[1]!
    let c = hash[2]!
    let d = hash[3]!
    let e = hash[4]!
    let f = hash[5]!
    let g = hash[6]!
    let h = hash[7]!
    for (let t = 0; t < 64; t++) {
      const sum1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25)
      const choice = (e & f) ^ (~e & g)
      const t1 = (h + sum1 + choice + ROUND_CONSTANTS[t]! + schedule[t]!) | 0
      const sum0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22)
      const majority = (a & b) ^ (a & c) ^ (b & c)
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + sum0 + majority) | 0
    }
    hash[0]! += a
    hash[1]! += b
    hash[2]! += c
    hash[3]! += d
    hash[4]! += e
    hash[5]! += f
    hash[6]! += g
    hash[7]! += h
  }
}

/** @param count 1 to 31 */
function rotateRight(word: number, count: number): number {
  return (word >>> count) | (word << (32 - count))
}
