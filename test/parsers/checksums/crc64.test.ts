import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc64 } from '../../../parsers/checksums/crc64.ts'
import { randomBytes } from '../codecs/samples.ts'

function crc64Of(bytes: Uint8Array, start = 0, end = bytes.length): bigint {
  const { high, low } = crc64(bytes, start, end)
  return (BigInt(high) << 32n) | BigInt(low)
}

/** Bit by bit. */
function twin(bytes: Uint8Array): bigint {
  let crc = 0xffffffffffffffffn
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ ((crc & 1n) * 0xc96c5795d7870f42n)
  }
  return crc ^ 0xffffffffffffffffn
}

describe('crc64', () => {
  it('has the check value of the catalogues (CRC-64/XZ)', () => {
    expect(crc64Of(new TextEncoder().encode('123456789'))).toBe(0x995dc9bbdf1939fan)
    expect(crc64Of(new Uint8Array(0))).toBe(0n)
  })

  it('agrees with its twin on every length to 70, anywhere in an array', () => {
    const bytes = randomBytes(200)
    for (let length = 0; length <= 70; length++) {
      const start = length % 23
      const expected = twin(bytes.subarray(start, start + length))
      expect(crc64Of(bytes, start, start + length)).toBe(expected)
      expect(crc64Of(bytes.subarray(start), 0, length)).toBe(expected)
    }
  })

  it('agrees with its twin on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200, size: 'max' }), (bytes) => {
        expect(crc64Of(bytes)).toBe(twin(bytes))
      }),
    )
  })
})
