import type { RunningChecksum } from './running-checksum.ts'

/** Bytes that the four accumulators take at a time. */
const STRIPE_SIZE = 32

/**
 * XXH64 with seed 0 of `bytes[start, end)`: the low 32 bits, unsigned, which a zstd frame stores (RFC 8878 3.1.1,
 * Content_Checksum). We keep each 64-bit word as two 32-bit halves.
 */
export function xxhash64Low(bytes: Uint8Array, start: number, end: number): number {
  const running = new RunningXxhash64()
  running.update(bytes, start, end)
  return running.digest()
}

/** The low 32 bits of XXH64 with seed 0 of bytes that arrive in pieces. */
export function startXxhash64Low(): RunningChecksum<number> {
  return new RunningXxhash64()
}

const PRIME_1_HIGH = 0x9e3779b1 | 0
const PRIME_1_LOW = 0x85ebca87 | 0
const PRIME_2_HIGH = 0xc2b2ae3d | 0
const PRIME_2_LOW = 0x27d4eb4f | 0
const PRIME_3_HIGH = 0x165667b1 | 0
const PRIME_3_LOW = 0x9e3779f9 | 0
const PRIME_4_HIGH = 0x85ebca77 | 0
const PRIME_4_LOW = 0xc2b2ae63 | 0
const PRIME_5_HIGH = 0x27d4eb2f | 0
const PRIME_5_LOW = 0x165667c5 | 0

/** Four accumulators, each of which takes 8 of every 32 bytes, and the bytes after the last whole 32. */
class RunningXxhash64 implements RunningChecksum<number> {
  // xxHash specification, XXH64 step 1.
  readonly #lanes: Lanes = [
    new Word(PRIME_1_HIGH, PRIME_1_LOW).add(PRIME_2_HIGH, PRIME_2_LOW),
    new Word(PRIME_2_HIGH, PRIME_2_LOW),
    new Word(0, 0),
    new Word(~PRIME_1_HIGH, ~PRIME_1_LOW).add(0, 1),
  ]
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
      addStripes(this.#lanes, this.#rest, 0, STRIPE_SIZE)
    }
    const stripesEnd = end - ((end - position) % STRIPE_SIZE)
    addStripes(this.#lanes, bytes, position, stripesEnd)
    this.#rest.set(bytes.subarray(stripesEnd, end))
  }

  digest(): number {
    const hash = new Word(0, 0)
    if (this.#length >= STRIPE_SIZE) {
      // Step 3: the accumulators converge.
      for (let lane = 0; lane < 4; lane++) {
        const { high, low } = this.#lanes[lane]!
        const rotated = new Word(high, low).rotateLeft([1, 7, 12, 18][lane]!)
        hash.add(rotated.high, rotated.low)
      }
      for (const { high, low } of this.#lanes) {
        const merged = new Word(0, 0).round(high, low)
        hash.xor(merged.high, merged.low).multiply(PRIME_1_HIGH, PRIME_1_LOW).add(PRIME_4_HIGH, PRIME_4_LOW)
      }
    } else {
      hash.add(PRIME_5_HIGH, PRIME_5_LOW)
    }

    // Steps 4 and 5: the length, then the remaining bytes, 8, 4 and 1 at a time.
    hash.add(Math.floor(this.#length / 2 ** 32), this.#length | 0)
    const view = new DataView(this.#rest.buffer)
    const end = this.#length % STRIPE_SIZE
    let position = 0
    for (; position <= end - 8; position += 8) {
      const lane = new Word(0, 0).round(view.getInt32(position + 4, true), view.getInt32(position, true))
      hash.xor(lane.high, lane.low).rotateLeft(27)
      hash.multiply(PRIME_1_HIGH, PRIME_1_LOW).add(PRIME_4_HIGH, PRIME_4_LOW)
    }
    if (position <= end - 4) {
      const lane = new Word(0, view.getInt32(position, true)).multiply(PRIME_1_HIGH, PRIME_1_LOW)
      hash.xor(lane.high, lane.low).rotateLeft(23)
      hash.multiply(PRIME_2_HIGH, PRIME_2_LOW).add(PRIME_3_HIGH, PRIME_3_LOW)
      position += 4
    }
    for (; position < end; position++) {
      const lane = new Word(0, view.getUint8(position)).multiply(PRIME_5_HIGH, PRIME_5_LOW)
      hash.xor(lane.high, lane.low).rotateLeft(11).multiply(PRIME_1_HIGH, PRIME_1_LOW)
    }

    // Step 6: the final mix.
    hash.xorShiftRight(33).multiply(PRIME_2_HIGH, PRIME_2_LOW)
    hash.xorShiftRight(29).multiply(PRIME_3_HIGH, PRIME_3_LOW)
    // The last step, hash ^= hash >> 32, leaves this value in the low half.
    return (hash.low ^ hash.high) >>> 0
  }
}

type Lanes = readonly [Word, Word, Word, Word]

/** XXH64 step 2, for a whole number of stripes in `bytes[start, end)`. */
function addStripes([first, second, third, fourth]: Lanes, bytes: Uint8Array, start: number, end: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  // Each turn reads 32 bytes from position, which is at most end - 32.
  for (let position = start; position < end; position += STRIPE_SIZE) {
    first.round(view.getInt32(position + 4, true), view.getInt32(position, true))
    second.round(view.getInt32(position + 12, true), view.getInt32(position + 8, true))
    third.round(view.getInt32(position + 20, true), view.getInt32(position + 16, true))
    fourth.round(view.getInt32(position + 28, true), view.getInt32(position + 24, true))
  }
}

/** A 64-bit number modulo 2^64 in two signed halves. Its methods change it in place. */
class Word {
  high: number
  low: number

  constructor(high: number, low: number) {
    this.high = high | 0
    this.low = low | 0
  }

  add(high: number, low: number): this {
    const sum = (this.low + low) | 0
    const carry = sum >>> 0 < low >>> 0 ? 1 : 0
    this.high = (this.high + high + carry) | 0
    this.low = sum
    return this
  }

  xor(high: number, low: number): this {
    this.high ^= high
    this.low ^= low
    return this
  }

  /** @param count 1 to 31 */
  rotateLeft(count: number): this {
    const { high, low } = this
    this.high = (high << count) | (low >>> (32 - count))
    this.low = (low << count) | (high >>> (32 - count))
    return this
  }

  /** this ^= this >> count, @param count 1 to 63 */
  xorShiftRight(count: number): this {
    if (count < 32) {
      this.low ^= (this.low >>> count) | (this.high << (32 - count))
      this.high ^= this.high >>> count
    } else {
      this.low ^= this.high >>> (count - 32)
    }
    return this
  }

  multiply(high: number, low: number): this {
    const carried = multiplyHigh(this.low, low)
    this.high = (carried + Math.imul(this.high, low) + Math.imul(this.low, high)) | 0
    this.low = Math.imul(this.low, low)
    return this
  }

  /** One accumulator step: this = rotateLeft(this + input * PRIME_2, 31) * PRIME_1 */
  round(high: number, low: number): this {
    const carried = multiplyHigh(low, PRIME_2_LOW)
    this.add((carried + Math.imul(high, PRIME_2_LOW) + Math.imul(low, PRIME_2_HIGH)) | 0, Math.imul(low, PRIME_2_LOW))
    return this.rotateLeft(31).multiply(PRIME_1_HIGH, PRIME_1_LOW)
  }
}

/**
 * The upper 32 bits of the product of two unsigned 32-bit numbers. It uses 16-bit digits, so no step exceeds 2^32 - 1.
 */
function multiplyHigh(left: number, right: number): number {
  const leftLow = left & 0xffff
  const leftHigh = left >>> 16
  const rightLow = right & 0xffff
  const rightHigh = right >>> 16
  const middle = (Math.imul(leftHigh, rightLow) + (Math.imul(leftLow, rightLow) >>> 16)) | 0
  const crossed = (Math.imul(leftLow, rightHigh) + (middle & 0xffff)) | 0
  return (Math.imul(leftHigh, rightHigh) + (middle >>> 16) + (crossed >>> 16)) | 0
}
