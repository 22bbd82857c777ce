import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { xxhash64Low } from '../../../parsers/checksums/xxhash64.ts'
import { randomBytes } from '../codecs/samples.ts'
import { xxh64 } from './xxh64-twin.ts'

describe('xxhash64Low', () => {
  it('has the values of the xxHash specification', () => {
    const ascii = (text: string) => new TextEncoder().encode(text)
    expect(xxh64(ascii(''))).toBe(0xef46db3751d8e999n)
    expect(xxh64(ascii('abc'))).toBe(0x44bc2cf5ad770999n)
    expect(xxhash64Low(ascii(''), 0, 0)).toBe(0x51d8e999)
    expect(xxhash64Low(ascii('abc'), 0, 3)).toBe(0xad770999)
  })

  it('agrees with its twin on every length to 200, anywhere in an array', () => {
    const bytes = randomBytes(300)
    for (let length = 0; length <= 200; length++) {
      const start = length % 37
      const expected = Number(xxh64(bytes.subarray(start, start + length)) & 0xffffffffn)
      expect(xxhash64Low(bytes, start, start + length)).toBe(expected)
      expect(xxhash64Low(bytes.subarray(start), 0, length)).toBe(expected)
    }
  })

  it('agrees with its twin on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600, size: 'max' }), (bytes) => {
        expect(xxhash64Low(bytes, 0, bytes.length)).toBe(Number(xxh64(bytes) & 0xffffffffn))
      }),
    )
  })
})
