import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../parsers/checksums/crc32.ts'
import { randomBytes } from '../codecs/samples.ts'

describe('crc32', () => {
  it('has the check value of the catalogues', () => {
    expect(crc32(new TextEncoder().encode('123456789'), 0, 9)).toBe(0xcbf43926)
    expect(crc32(new Uint8Array(0), 0, 0)).toBe(0)
  })

  it('agrees with zlib on every length to 100, anywhere in an array', () => {
    const bytes = randomBytes(200)
    for (let length = 0; length <= 100; length++) {
      const start = length % 23
      const expected = zlibCrc32(bytes.subarray(start, start + length))
      expect(crc32(bytes, start, start + length)).toBe(expected)
      expect(crc32(bytes.subarray(start), 0, length)).toBe(expected)
    }
  })

  it('agrees with zlib on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600, size: 'max' }), (bytes) => {
        expect(crc32(bytes, 0, bytes.length)).toBe(zlibCrc32(bytes))
      }),
    )
  })
})
