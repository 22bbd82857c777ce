import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { md5 } from '../../../parsers/checksums/md5.ts'
import { randomBytes } from '../codecs/samples.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const cryptoMd5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

describe('md5', () => {
  it('has the value of the standard’s example', () => {
    expect(hex(md5(new TextEncoder().encode('abc'), 0, 3))).toBe('900150983cd24fb0d6963f7d28e17f72')
  })

  it('agrees with OpenSSL on every length to 200, anywhere in an array', () => {
    const bytes = randomBytes(300)
    for (let length = 0; length <= 200; length++) {
      const start = length % 37
      const expected = cryptoMd5(bytes.subarray(start, start + length))
      expect(hex(md5(bytes, start, start + length))).toBe(expected)
      expect(hex(md5(bytes.subarray(start), 0, length))).toBe(expected)
    }
  })

  it('agrees with OpenSSL on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000, size: 'max' }), (bytes) => {
        expect(hex(md5(bytes, 0, bytes.length))).toBe(cryptoMd5(bytes))
      }),
    )
  })
})
