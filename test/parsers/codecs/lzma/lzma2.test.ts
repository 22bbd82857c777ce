import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../../parsers/index.ts'
import { decompressGuarded } from '../guarded.ts'
import { chunkOf, decompressLzma2, END, lzmaChunk, text, uncompressedChunk, usual } from './chunks.ts'
import { LzmaEncoder, type LzmaSymbol } from './encoder.ts'

describe('LZMA2 that is refused', () => {
  const errorOf = (...parts: Uint8Array[]) => {
    const result = decompressGuarded(decompressLzma2, Buffer.concat(parts), 1000)
    if (!(result instanceof FormatError)) throw new Error('is not refused')
    return result
  }
  const encoded = (control: number, symbols: readonly LzmaSymbol[]) =>
    chunkOf(new LzmaEncoder(usual), control, symbols).chunk
  const hello = text('hello hello hello')
  const stored = Buffer.from('stored')

  it('says what a chunk must do first', () => {
    expect(errorOf(uncompressedChunk(2, stored), END).detail).toBe('does not reset the dictionary in the first chunk')
    for (const control of [0x80, 0xa0, 0xc0]) {
      expect(errorOf(encoded(control, hello), END).detail).toBe('does not reset the dictionary in the first chunk')
    }
    for (const control of [0x80, 0xa0]) {
      expect(errorOf(uncompressedChunk(1, stored), encoded(control, hello), END)).toMatchObject({
        code: 'MALFORMED',
        detail: 'sets no properties in the first LZMA chunk after a dictionary reset',
        facts: { structure: 'LZMA2 chunk', offset: 9, found: `0x${control.toString(16)}` },
      })
    }
    // Also where properties were set before, and what follows could be decoded with them.
    const encoder = new LzmaEncoder(usual)
    encoder.content.push(...stored)
    const { chunk } = chunkOf(encoder, 0xa0, hello)
    expect(errorOf(encoded(0xe0, hello), uncompressedChunk(1, stored), chunk, END)).toMatchObject({
      detail: 'sets no properties in the first LZMA chunk after a dictionary reset',
    })
  })

  it('has control bytes or properties that are none', () => {
    for (let control = 3; control < 0x80; control++) {
      expect(errorOf(Uint8Array.of(control, 0, 0, 0))).toMatchObject({ detail: 'is invalid' })
    }
    const chunk = encoded(0xe0, hello)
    for (const properties of [225, 255, 0 * 45 + 1 * 9 + 4, 2 * 45 + 4 * 9 + 1, 8]) {
      const changed = Uint8Array.from(chunk)
      changed[5] = properties
      expect(errorOf(changed, END)).toMatchObject({ code: 'MALFORMED', facts: { field: 'properties', offset: 5 } })
    }
  })

  it('has sizes that are not those of what it holds', () => {
    const chunk = encoded(0xe0, hello)
    const changed = (offset: number, by: number) =>
      Uint8Array.from(chunk, (byte, index) => (index === offset ? byte + by : byte))
    for (const by of [-3, -1, 1]) expect(errorOf(changed(2, by), END, END, END).code).toBe('MALFORMED')
    for (const by of [-5, -1, 1, 2]) expect(errorOf(changed(4, by), END, END, END).code).toBe('MALFORMED')
    expect(errorOf(lzmaChunk(0xe0, 5, Uint8Array.of(0, 0, 0, 0), 93), END).code).toBe('MALFORMED')
    expect(errorOf(lzmaChunk(0xe0, 5, Uint8Array.of(1, 0, 0, 0, 0), 93), END).code).toBe('MALFORMED')
  })

  it('has an end marker or a match from another dictionary', () => {
    const encoder = new LzmaEncoder(usual)
    for (const symbol of hello) encoder.encode(symbol)
    encoder.encode({ kind: 'end marker' })
    expect(errorOf(lzmaChunk(0xe0, 20, encoder.finish(), 93), END).detail).toBe(
      'has an end marker, which LZMA2 does not allow',
    )
    const far = encoded(0xe0, [...hello, { kind: 'match', distance: 18, length: 4 }, ...hello])
    expect(errorOf(uncompressedChunk(1, stored), far, END).detail).toBe(
      'has a match that reaches before the start of the dictionary',
    )
    const long = chunkOf(new LzmaEncoder(usual), 0xe0, [...hello, { kind: 'match', distance: 5, length: 30 }]).chunk
    long[2]! -= 5
    expect(errorOf(long, END).detail).toBe('has a match that extends past its uncompressed size')
  })
})
