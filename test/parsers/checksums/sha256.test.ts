import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../parsers/checksums/sha256.ts'
import { randomBytes } from '../codecs/samples.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const cryptoSha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('sha256', () => {
  it('has the value of the standard’s example', () => {
    expect(hex(sha256(new TextEncoder().encode('abc'), 0, 3))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  it('agrees with OpenSSL on every length to 200, anywhere in an array', () => {
    const bytes = randomBytes(300)
    for (let length = 0; length <= 200; length++) {
      const start = length % 37
      const expected = cryptoSha256(bytes.subarray(start, start + length))
      expect(hex(sha256(bytes, start, start + length))).toBe(expected)
      expect(hex(sha256(bytes.subarray(start), 0, length))).toBe(expected)
    }
  })

  it('agrees with OpenSSL on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000, size: 'max' }), (bytes) => {
        expect(hex(sha256(bytes, 0, bytes.length))).toBe(cryptoSha256(bytes))
      }),
    )
  })
})
