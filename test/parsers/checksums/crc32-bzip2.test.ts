import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32Bzip2 } from '../../../parsers/checksums/crc32-bzip2.ts'
import { crcOf } from '../codecs/bzip2/encoder.ts'

describe('crc32Bzip2', () => {
  it('has the check value of the catalogues', () => {
    expect(crc32Bzip2(new TextEncoder().encode('123456789'), 0, 9)).toBe(0xfc891918)
    expect(crc32Bzip2(new Uint8Array(0), 0, 0)).toBe(0)
  })

  it('agrees with a division bit by bit, on any bytes, anywhere in an array', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200, size: 'max' }), fc.nat(20), (bytes, start) => {
        const from = Math.min(start, bytes.length)
        expect(crc32Bzip2(bytes, from, bytes.length)).toBe(crcOf(bytes.subarray(from)))
      }),
    )
  })
})
