import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  byteString,
  byteStringOfText,
  bytesOf,
  portableByteString,
  readable,
} from '../../../parsers/bytes/byte-string.ts'

describe('byteString', () => {
  it('has a character for each byte, in Node and where there is no Buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 10_000, size: 'max' }), fc.nat(10_000), fc.nat(10_000), (bytes, a, b) => {
        const start = Math.min(a, b, bytes.length)
        const end = Math.min(Math.max(a, b), bytes.length)
        const expected = bytes.slice(start, end)
        expect(bytesOf(byteString(bytes, start, end))).toEqual(expected)
        expect(bytesOf(portableByteString(bytes, start, end))).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  it('reads a view in its own bounds', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    expect(byteString(bytes.subarray(0x7f, 0xa2), 1, 3)).toBe('\x80\x81')
    expect(byteString(bytes.subarray(0xf0))).toHaveLength(16)
  })
})

describe('readable', () => {
  it.each([
    ['nix-store.squashfs', 'nix-store.squashfs'],
    [byteStringOfText('ünï'), 'ünï'],
    ['\x1b[31mred', '"\\x1b[31mred"'],
    [byteStringOfText('evil\u202egpj.exe'), '"evil\\xe2\\x80\\xaegpj.exe"'],
    ['\xff', '"\\xff"'],
  ])('%j reads as %j', (bytes, text) => {
    expect(readable(bytes)).toBe(text)
  })
})
