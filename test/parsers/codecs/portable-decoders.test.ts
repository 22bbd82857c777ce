import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import type { Decompress } from '../../../parsers/codecs/codec.ts'
import { plainDecoders, portableDecoders } from '../../../parsers/codecs/decoders.ts'

/** Text with enough variety for matches of all lengths. */
const TEXT = Buffer.from(Array.from({ length: 9000 }, (_, index) => `${index * index} `).join('')).subarray(0, 40_000)
const ZLIB = deflateSync(TEXT, { level: 9 })
/** A raw lz4 block by hand: 20 literals, then the last 16 of them again from 16 bytes back, then 5 literals. */
const LZ4 = Buffer.concat([
  Buffer.from([0xf0 | 12, 5]),
  Buffer.from('abcdefghijklmnopqrst'),
  Buffer.from([16, 0, 0x50]),
  Buffer.from('vwxyz'),
])
const LZ4_TEXT = 'abcdefghijklmnopqrstefghijklmnopqrstvwxyz'

function decode(decompress: Decompress, input: Uint8Array, room: number): Buffer {
  const output = new Uint8Array(room)
  return Buffer.from(output.subarray(0, decompress(input, output)))
}

describe.each([
  ['WebAssembly', portableDecoders.zlib],
  ['TypeScript', plainDecoders.zlib],
])('zlib by %s', (_, decompress) => {
  it('decodes into exactly as much room as is needed, and into more', () => {
    expect(decode(decompress, ZLIB, TEXT.length)).toEqual(TEXT)
    expect(decode(decompress, ZLIB, TEXT.length + 1000)).toEqual(TEXT)
  })
  it('refuses too little room, without decoding what does not fit', () => {
    expect(() => decode(decompress, ZLIB, TEXT.length - 1)).toThrow(expect.objectContaining({ code: 'LIMIT' }))
    const bomb = deflateSync(Buffer.alloc(1 << 26))
    expect(() => decode(decompress, bomb, 100)).toThrow(expect.objectContaining({ code: 'LIMIT' }))
  })
  it('refuses what is cut off, changed or no zlib stream', () => {
    for (const length of [0, 1, 2, 100, ZLIB.length - 5, ZLIB.length - 1]) {
      expect(() => decode(decompress, ZLIB.subarray(0, length), TEXT.length)).toThrow(FormatError)
    }
    const changed = Buffer.from(ZLIB)
    changed[changed.length - 1]! ^= 1
    expect(() => decode(decompress, changed, TEXT.length)).toThrow(expect.objectContaining({ code: 'CHECKSUM' }))
    expect(() => decode(decompress, TEXT, TEXT.length)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
  })
})

describe.each([
  ['WebAssembly', portableDecoders.lz4],
  ['TypeScript', plainDecoders.lz4],
])('lz4 by %s', (_, decompress) => {
  it('decodes a raw block into exactly as much room as is needed, and into more', () => {
    expect(decode(decompress, LZ4, LZ4_TEXT.length).toString()).toBe(LZ4_TEXT)
    expect(decode(decompress, LZ4, 1000).toString()).toBe(LZ4_TEXT)
  })
  it('refuses too little room and an offset before the start', () => {
    expect(() => decode(decompress, LZ4, LZ4_TEXT.length - 1)).toThrow(FormatError)
    const changed = Buffer.from(LZ4)
    changed[22] = 200
    expect(() => decode(decompress, changed, 1000)).toThrow(FormatError)
  })
})
