import fc from 'fast-check'
import { expect, it } from 'vitest'
import { describeWith, mustRun } from '../../oracle.ts'
import { codeOf, decompressed, sameBytes } from '../../parsers/codecs/guarded.ts'
import { chunkOf, decompressLzma2, END, text, uncompressedChunk, usual } from '../../parsers/codecs/lzma/chunks.ts'
import { LzmaEncoder } from '../../parsers/codecs/lzma/encoder.ts'
import { someSymbols, usualProperties } from '../../parsers/codecs/lzma/random-symbols.ts'
import { samples } from '../../parsers/codecs/samples.ts'

/** What xz reads as well: the tool needs to be told that there is no container. */
function xzRaw(chunks: Uint8Array): Buffer {
  return mustRun('xz', ['-dc', '--format=raw', '--lzma2=dict=1MiB'], { input: chunks })
}

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
