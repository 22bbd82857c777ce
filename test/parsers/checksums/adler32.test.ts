import { deflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { adler32 } from '../../../parsers/checksums/adler32.ts'
import { randomBytes } from '../codecs/samples.ts'

/** As RFC 1950 8.2 has it. */
function twin(bytes: Uint8Array, start: number, end: number): number {
  let sum = 1
  let sumOfSums = 0
  for (let position = start; position < end; position++) {
    sum = (sum + bytes[position]!) % 65521
    sumOfSums = (sumOfSums + sum) % 65521
  }
  return sumOfSums * 65536 + sum
}

it('is that of RFC 1950, for any part of any bytes', () => {
  const bytes = randomBytes(20_000)
  const largest = new Uint8Array(200_000).fill(255)
  for (let length = 0; length < 300; length++) {
    expect(adler32(bytes, length % 70, (length % 70) + length)).toBe(twin(bytes, length % 70, (length % 70) + length))
  }
  for (const end of [3775, 3776, 3777, 3840, 7552, 20_000, 131_072, 200_000]) {
    for (const start of [0, 1, 63]) {
      expect(adler32(largest, start, end)).toBe(twin(largest, start, end))
      if (end <= bytes.length) expect(adler32(bytes, start, end)).toBe(twin(bytes, start, end))
    }
  }
  expect(adler32(new Uint8Array(0), 0, 0)).toBe(1)
})

it('is what zlib stores', () => {
  const bytes = randomBytes(100_001)
  expect(adler32(bytes, 0, bytes.length)).toBe(deflateSync(bytes).readUInt32BE(deflateSync(bytes).length - 4))
})
