import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adler32 } from '../../../parsers/checksums/adler32.ts'
import { randomBytes } from '../codecs/samples.ts'

/** As zlib writes it behind its streams. */
function zlibAdler32(bytes: Uint8Array): number {
  const stream = deflateSync(bytes, { level: 1 })
  return stream.readUInt32BE(stream.length - 4)
}

describe('adler32', () => {
  it('has known values', () => {
    expect(adler32(new TextEncoder().encode('Wikipedia'), 0, 9)).toBe(0x11e60398)
    expect(adler32(new Uint8Array(0), 0, 0)).toBe(1)
  })

  it('agrees with zlib anywhere in an array, also where sums are largest', () => {
    const bytes = randomBytes(20_000)
    for (const length of [0, 1, 5551, 5552, 5553, 11_104, 19_000]) {
      expect(adler32(bytes, 17, 17 + length)).toBe(zlibAdler32(bytes.subarray(17, 17 + length)))
    }
    const largest = new Uint8Array(100_000).fill(255)
    expect(adler32(largest, 0, largest.length)).toBe(zlibAdler32(largest))
  })

  it('agrees with zlib on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600, size: 'max' }), (bytes) => {
        expect(adler32(bytes, 0, bytes.length)).toBe(zlibAdler32(bytes))
      }),
    )
  })
})
