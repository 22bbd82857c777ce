import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { xxhash32 } from '../../../parsers/checksums/xxhash32.ts'
import { randomBytes } from '../codecs/samples.ts'

const MASK = 2n ** 32n - 1n
const P1 = 0x9e3779b1n
const P2 = 0x85ebca77n
const P3 = 0xc2b2ae3dn
const P4 = 0x27d4eb2fn
const P5 = 0x165667b1n
const rotateLeft = (value: bigint, count: bigint) => ((value << count) | (value >> (32n - count))) & MASK

/** XXH32 with seed 0 as the xxHash specification writes it: the ordinary twin. */
function twin(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let position = 0
  let hash = P5
  if (bytes.length >= 16) {
    const lanes = [(P1 + P2) & MASK, P2, 0n, -P1 & MASK]
    for (; position + 16 <= bytes.length; position += 16) {
      lanes.forEach((lane, index) => {
        const input = BigInt(view.getUint32(position + 4 * index, true))
        lanes[index] = (rotateLeft((lane + input * P2) & MASK, 13n) * P1) & MASK
      })
    }
    const [a, b, c, d] = lanes as [bigint, bigint, bigint, bigint]
    hash = (rotateLeft(a, 1n) + rotateLeft(b, 7n) + rotateLeft(c, 12n) + rotateLeft(d, 18n)) & MASK
  }
  hash = (hash + BigInt(bytes.length)) & MASK
  for (; position + 4 <= bytes.length; position += 4) {
    hash = (rotateLeft((hash + BigInt(view.getUint32(position, true)) * P3) & MASK, 17n) * P4) & MASK
  }
  for (; position < bytes.length; position++) {
    hash = (rotateLeft((hash + BigInt(bytes[position]!) * P5) & MASK, 11n) * P1) & MASK
  }
  hash = ((hash ^ (hash >> 15n)) * P2) & MASK
  hash = ((hash ^ (hash >> 13n)) * P3) & MASK
  return Number(hash ^ (hash >> 16n))
}

describe('xxhash32', () => {
  it('has the values of the xxHash specification', () => {
    const ascii = (text: string) => new TextEncoder().encode(text)
    expect(xxhash32(ascii(''), 0, 0)).toBe(0x02cc5d05)
    expect(xxhash32(ascii('abc'), 0, 3)).toBe(0x32d153ff)
  })

  it('agrees with its twin on every length to 100, anywhere in an array', () => {
    const bytes = randomBytes(200)
    for (let length = 0; length <= 100; length++) {
      const start = length % 37
      const expected = twin(bytes.subarray(start, start + length))
      expect(xxhash32(bytes, start, start + length)).toBe(expected)
      expect(xxhash32(bytes.subarray(start), 0, length)).toBe(expected)
    }
  })

  it('agrees with its twin on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600, size: 'max' }), (bytes) => {
        expect(xxhash32(bytes, 0, bytes.length)).toBe(twin(bytes))
      }),
    )
  })
})
