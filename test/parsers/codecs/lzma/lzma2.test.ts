import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decompress } from '../../../../parsers/codecs/codec.ts'
import { decodeLzma2 } from '../../../../parsers/codecs/lzma/lzma2.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { describeWith, mustRun } from '../../../oracle.ts'
import { codeOf, decompressed, decompressGuarded, sameBytes } from '../guarded.ts'
import { samples } from '../samples.ts'
import { LzmaEncoder, type LzmaSymbol, propertiesByte } from './encoder.ts'
import { someSymbols, usualProperties } from './random-symbols.ts'

const decompressLzma2: Decompress = (input, output) =>
  decodeLzma2({ input, inputStart: 0, output, outputStart: 0 }).outputEnd

/** What xz reads as well: the tool needs to be told that there is no container. */
function xzRaw(chunks: Uint8Array): Buffer {
  return mustRun('xz', ['-dc', '--format=raw', '--lzma2=dict=1MiB'], { input: chunks })
}

const usual = { literalContextBits: 3, literalPositionBits: 0, positionBits: 2 }

function lzmaChunk(control: number, size: number, compressed: Uint8Array, properties?: number): Uint8Array {
  const stored = size - 1
  const length = compressed.length - 1
  const head = [control | (stored >> 16), (stored >> 8) & 255, stored & 255, length >> 8, length & 255]
  return Buffer.concat([Uint8Array.from(properties === undefined ? head : [...head, properties]), compressed])
}

function uncompressedChunk(control: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(control, (bytes.length - 1) >> 8, (bytes.length - 1) & 255), bytes])
}

const END = Uint8Array.of(0)

/** A chunk with these symbols, which the encoder encodes behind what it has; the content it adds. */
function chunkOf(
  encoder: LzmaEncoder,
  control: number,
  symbols: readonly LzmaSymbol[],
): { chunk: Uint8Array; content: Uint8Array } {
  const before = encoder.content.length
  for (const symbol of symbols) encoder.encode(symbol)
  const content = Uint8Array.from(encoder.content.slice(before))
  const properties = control >= 0xc0 ? propertiesByte(encoder.properties) : undefined
  return { chunk: lzmaChunk(control, content.length, encoder.finish(), properties), content }
}

const text = (words: string): LzmaSymbol[] => Array.from(Buffer.from(words), (byte) => ({ kind: 'literal', byte }))

describeWith(['xz'], 'LZMA2', () => {
  it.each(Object.entries(samples))('as the xz tool writes it of a sample that is %s', (_, data) => {
    const chunks = mustRun('xz', ['-c', '--format=raw', '--lzma2=preset=6'], { input: data })
    expect(sameBytes(decompressed(decompressLzma2, chunks, data.length), data)).toBe(true)
    if (data.length > 0) expect(codeOf(decompressLzma2, chunks, data.length - 1)).toBe('LIMIT')
    for (let cut = 1; cut < Math.min(60, chunks.length); cut++) {
      expect(codeOf(decompressLzma2, chunks.subarray(0, -cut), data.length)).toBe('TRUNCATED')
    }
  })

  it('with chunks of every kind, one behind the other', () => {
    const first = new LzmaEncoder(usual)
    const parts: Uint8Array[] = []
    const contents: Uint8Array[] = []
    const add = ({ chunk, content }: { chunk: Uint8Array; content: Uint8Array }) => {
      parts.push(chunk)
      contents.push(content)
    }
    add(chunkOf(first, 0xe0, [...text('all is reset'), { kind: 'match', distance: 5, length: 30 }]))
    // Nothing is reset: probabilities, distances, state and dictionary go on.
    add(chunkOf(first, 0x80, [{ kind: 'rep', which: 0, length: 9 }, ...text('and goes on'), { kind: 'short rep' }]))
    // Uncompressed without a reset, which the dictionary holds as well; the state goes on behind it.
    const stored = Buffer.from('stored as it is, ')
    add({ chunk: uncompressedChunk(0x02, stored), content: stored })
    first.content.push(...stored)
    add(
      chunkOf(first, 0x80, [
        { kind: 'literal', byte: 33 },
        { kind: 'match', distance: 60, length: 40 },
      ]),
    )
    // The state is reset but the dictionary is not.
    const second = new LzmaEncoder(usual)
    second.content.push(...first.content)
    add(chunkOf(second, 0xa0, [...text('state reset'), { kind: 'match', distance: 100, length: 50 }]))
    // New properties.
    const third = new LzmaEncoder({ literalContextBits: 1, literalPositionBits: 3, positionBits: 4 })
    third.content.push(...second.content)
    add(chunkOf(third, 0xc0, [{ kind: 'match', distance: 150, length: 273 }, ...text('new properties')]))
    // A dictionary reset: positions count from here.
    add({ chunk: uncompressedChunk(0x01, stored), content: stored })
    const fourth = new LzmaEncoder({ literalContextBits: 0, literalPositionBits: 2, positionBits: 1 })
    fourth.content.push(...stored)
    add(chunkOf(fourth, 0xc0, [...text('behind it'), { kind: 'match', distance: 20, length: 18 }]))
    const fifth = new LzmaEncoder(usual)
    add(chunkOf(fifth, 0xe0, [...text('and once more'), { kind: 'match', distance: 13, length: 2 }]))

    const chunks = Buffer.concat([...parts, END])
    const content = Buffer.concat(contents)
    expect(sameBytes(xzRaw(chunks), content)).toBe(true)
    expect(sameBytes(decompressed(decompressLzma2, chunks, content.length), content)).toBe(true)
    for (let length = 0; length < chunks.length; length++) {
      expect(codeOf(decompressLzma2, chunks.subarray(0, length), content.length)).toBe('TRUNCATED')
    }
    for (let room = 0; room < content.length; room++) expect(codeOf(decompressLzma2, chunks, room)).toBe('LIMIT')
  })

  it('of any symbols, agreeing with the xz tool', () => {
    fc.assert(
      fc.property(usualProperties, someSymbols, someSymbols, (properties, symbols, more) => {
        fc.pre(symbols.length > 0 && more.length > 0)
        const encoder = new LzmaEncoder(properties)
        const chunks = Buffer.concat([chunkOf(encoder, 0xe0, symbols).chunk, chunkOf(encoder, 0x80, more).chunk, END])
        const content = Uint8Array.from(encoder.content)
        expect(sameBytes(xzRaw(chunks), content)).toBe(true)
        expect(sameBytes(decompressed(decompressLzma2, chunks, content.length), content)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})

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
    expect(errorOf(uncompressedChunk(2, stored), END).detail).toBe(
      'does not reset the dictionary though it is the first',
    )
    for (const control of [0x80, 0xa0, 0xc0]) {
      expect(errorOf(encoded(control, hello), END).detail).toBe('does not reset the dictionary though it is the first')
    }
    for (const control of [0x80, 0xa0]) {
      expect(errorOf(uncompressedChunk(1, stored), encoded(control, hello), END)).toMatchObject({
        code: 'MALFORMED',
        detail: 'sets no properties though it is the first behind a reset',
        facts: { structure: 'LZMA2 chunk', offset: 9, found: `0x${control.toString(16)}` },
      })
    }
    // Also where properties were set before, and what follows could be decoded with them.
    const encoder = new LzmaEncoder(usual)
    encoder.content.push(...stored)
    const { chunk } = chunkOf(encoder, 0xa0, hello)
    expect(errorOf(encoded(0xe0, hello), uncompressedChunk(1, stored), chunk, END)).toMatchObject({
      detail: 'sets no properties though it is the first behind a reset',
    })
  })

  it('has control bytes or properties that are none', () => {
    for (let control = 3; control < 0x80; control++) {
      expect(errorOf(Uint8Array.of(control, 0, 0, 0))).toMatchObject({ detail: 'is no control byte' })
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
      'holds an end marker, which LZMA2 does not have',
    )
    const far = encoded(0xe0, [...hello, { kind: 'match', distance: 18, length: 4 }, ...hello])
    expect(errorOf(uncompressedChunk(1, stored), far, END).detail).toBe(
      'holds a match from before the start of the dictionary',
    )
    const long = chunkOf(new LzmaEncoder(usual), 0xe0, [...hello, { kind: 'match', distance: 5, length: 30 }]).chunk
    long[2]! -= 5
    expect(errorOf(long, END).detail).toBe('holds a match that runs over its uncompressed size')
  })
})
