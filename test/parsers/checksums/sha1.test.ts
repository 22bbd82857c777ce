import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha1 } from '../../../parsers/checksums/sha1.ts'
import { randomBytes } from '../codecs/samples.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const cryptoSha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex')

describe('sha1', () => {
  it('has the value of the standard’s example', () => {
    expect(hex(sha1(new TextEncoder().encode('abc'), 0, 3))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
  })

  it('agrees with OpenSSL on every length to 200, anywhere in an array', () => {
    const bytes = randomBytes(300)
    for (let length = 0; length <= 200; length++) {
      const start = length % 37
      const expected = cryptoSha1(bytes.subarray(start, start + length))
      expect(hex(sha1(bytes, start, start + length))).toBe(expected)
      expect(hex(sha1(bytes.subarray(start), 0, length))).toBe(expected)
    }
  })

  it('agrees with OpenSSL on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000, size: 'max' }), (bytes) => {
        expect(hex(sha1(bytes, 0, bytes.length))).toBe(cryptoSha1(bytes))
      }),
    )
  })
})
