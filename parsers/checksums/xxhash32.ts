import type { RunningChecksum } from './running-checksum.ts'

const PRIME_1 = 0x9e3779b1 | 0
const PRIME_2 = 0x85ebca77 | 0
const PRIME_3 = 0xc2b2ae3d | 0
const PRIME_4 = 0x27d4eb2f | 0
const PRIME_5 = 0x165667b1 | 0
/** Bytes that the four accumulators take at a time. */
const STRIPE_SIZE = 16

/** XXH32 with seed 0 of `bytes[start, end)`, unsigned: what LZ4 frames store ("LZ4 Frame Format", Content Checksum). */
export function xxhash32(bytes: Uint8Array, start: number, end: number): number {
  const running = new RunningXxhash32()
  running.update(bytes, start, end)
  return running.digest()
}

/** XXH32 with seed 0 of bytes that arrive in pieces. */
export function startXxhash32(): RunningChecksum<number> {
  return new RunningXxhash32()
}

/** Four accumulators, each of which takes 4 of every 16 bytes, and the bytes after the last whole 16. */
class RunningXxhash32 implements RunningChecksum<number> {
  // xxHash specification, XXH32 step 1.
  readonly #accumulators = Int32Array.of(PRIME_1 + PRIME_2, PRIME_2, 0, -PRIME_1)
  readonly #rest = new Uint8Array(STRIPE_SIZE)
  #length = 0

  update(bytes: Uint8Array, start: number, end: number): void {
    const restLength = this.#length % STRIPE_SIZE
    this.#length += end - start
    let position = start
    if (restLength > 0) {
      position = Math.min(end, start + STRIPE_SIZE - restLength)
      this.#rest.set(bytes.subarray(start, position), restLength)
      if (restLength + position - start < STRIPE_SIZE) return
      addStripes(this.#accumulators, this.#rest, 0, STRIPE_SIZE)
    }
    const stripesEnd = end - ((end - position) % STRIPE_SIZE)
    addStripes(this.#accumulators, bytes, position, stripesEnd)
    this.#rest.set(bytes.subarray(stripesEnd, end))
  }

  digest(): number {
    // Step 3: the accumulators converge. Without a whole stripe the third is still the seed, 0.
    const [first = 0, second = 0, third = 0, fourth = 0] = this.#accumulators
    let hash =
      this.#length < STRIPE_SIZE
        ? PRIME_5
        : rotateLeft(first, 1) + rotateLeft(second, 7) + rotateLeft(third, 12) + rotateLeft(fourth, 18)
    // Steps 4 and 5: the length, then the remaining bytes, 4 and 1 at a time.
    hash = (hash + this.#length) | 0
    const rest = this.#rest
    const restLength = this.#length % STRIPE_SIZE
    const view = new DataView(rest.buffer)
    let position = 0
    for (; position <= restLength - 4; position += 4) {
      hash = Math.imul(rotateLeft((hash + Math.imul(view.getInt32(position, true), PRIME_3)) | 0, 17), PRIME_4)
    }
    for (; position < restLength; position++) {
      hash = Math.imul(rotateLeft((hash + Math.imul(rest[position]!, PRIME_5)) | 0, 11), PRIME_1)
    }
    // Step 6: the final mix.
    hash = Math.imul(hash ^ (hash >>> 15), PRIME_2)
    hash = Math.imul(hash ^ (hash >>> 13), PRIME_3)
    return (hash ^ (hash >>> 16)) >>> 0
  }
}

/** XXH32 step 2, for a whole number of stripes in `bytes[start, end)`. */
function addStripes(accumulators: Int32Array, bytes: Uint8Array, start: number, end: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  let first = accumulators[0]!
  let second = accumulators[1]!
  let third = accumulators[2]!
  let fourth = accumulators[3]!
  // Each turn reads 16 bytes from position, which is at most end - 16.
  for (let position = start; position < end; position += STRIPE_SIZE) {
    first = round(first, view.getInt32(position, true))
    second = round(second, view.getInt32(position + 4, true))
    third = round(third, view.getInt32(position + 8, true))
    fourth = round(fourth, view.getInt32(position + 12, true))
  }
  accumulators[0] = first
  accumulators[1] = second
  accumulators[2] = third
  accumulators[3] = fourth
}

function round(accumulator: number, lane: number): number {
  return Math.imul(rotateLeft((accumulator + Math.imul(lane, PRIME_2)) | 0, 13), PRIME_1)
}

/** @param count 1 to 31 */
function rotateLeft(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count))
}
