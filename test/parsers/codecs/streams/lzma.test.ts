import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../../parsers/bytes/source.ts'
import { decompressLzmaAlone } from '../../../../parsers/codecs/lzma/alone.ts'
import { decompressLzmaAloneStream } from '../../../../parsers/codecs/lzma/alone-stream.ts'
import { sameBytes } from '../guarded.ts'
import { type LzmaSymbol, lzmaFile } from '../lzma/encoder.ts'
import { anyProperties, someSymbols } from '../lzma/random-symbols.ts'
import { pseudoRandom } from '../samples.ts'
import { refusesEveryPrefix } from './agreement.ts'
import { collect, streamCode } from './collect.ts'

const format = { decompress: decompressLzmaAlone, decompressStream: decompressLzmaAloneStream }
const usual = { literalContextBits: 3, literalPositionBits: 0, positionBits: 2 }
const marker: LzmaSymbol = { kind: 'end marker' }

describe('a stream of .lzma of any symbols', () => {
  it('is read with any properties, with size, end marker or both', () => {
    fc.assert(
      fc.property(anyProperties, someSymbols, (properties, symbols) => {
        const { content } = lzmaFile(properties, symbols)
        const size = content.length
        for (const file of [
          lzmaFile(properties, symbols, size).file,
          lzmaFile(properties, [...symbols, marker], size).file,
          lzmaFile(properties, [...symbols, marker]).file,
        ]) {
          expect(sameBytes(collect(decompressLzmaAloneStream, file).bytes, content)).toBe(true)
          expect(sameBytes(collect(decompressLzmaAloneStream, file, { readAhead: 1 }).bytes, content)).toBe(true)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('becomes no more than its output has room for: the most that input can become', () => {
    // A long repeated match takes the fewest bits for each byte, when all bits of it have become as likely as can be.
    const start: LzmaSymbol[] = [
      { kind: 'literal', byte: 0 },
      { kind: 'match', distance: 1, length: 273 },
    ]
    const symbols = [
      ...start,
      ...Array.from({ length: 60_000 }, (): LzmaSymbol => ({ kind: 'rep', which: 0, length: 273 })),
    ]
    const { file, content } = lzmaFile(usual, [...symbols, marker])
    expect(content.length / file.length).toBeGreaterThan(6000)
    expect(sameBytes(collect(decompressLzmaAloneStream, file).bytes, Uint8Array.from(content))).toBe(true)
  })

  it('runs in turns with other streams, and with what is decompressed at once, of any properties', () => {
    const files = [
      { literalContextBits: 8, literalPositionBits: 4, positionBits: 0 },
      { literalContextBits: 0, literalPositionBits: 0, positionBits: 4 },
      { literalContextBits: 3, literalPositionBits: 0, positionBits: 2 },
      { literalContextBits: 3, literalPositionBits: 0, positionBits: 2 },
    ].map((properties, index) => {
      const random = pseudoRandom(index)
      const below = (limit: number) => Math.floor(random() * limit)
      const symbols = Array.from({ length: 3000 }, (_, place): LzmaSymbol => {
        if (place === 0 || below(3) === 0) return { kind: 'literal', byte: below(256) }
        if (below(2) === 0) return { kind: 'rep', which: below(4), length: 2 + below(272) }
        return { kind: 'match', distance: 1 + below(place), length: 2 + below(272) }
      })
      return lzmaFile(properties, [...symbols, marker])
    })
    const streams = files.map(({ file }) => decompressLzmaAloneStream(bytesSource(file, 'file'), { readAhead: 300 }))
    const pieces: Uint8Array[][] = files.map(() => [])
    const running = new Set(streams.keys())
    for (let turn = 0; running.size > 0; turn++) {
      for (const index of running) {
        // Not all in every turn, so that one goes on where it stopped too.
        if ((turn + index) % 3 === 0) continue
        const { value, done } = streams[index]!.next()
        if (done === true) running.delete(index)
        else pieces[index]!.push(value.slice())
        if (turn % 2 === 0) {
          const { file, content } = files[(turn + index) % files.length]!
          const output = new Uint8Array(content.length)
          expect(decompressLzmaAlone(file, output)).toBe(content.length)
          expect(sameBytes(output, Uint8Array.from(content))).toBe(true)
        }
      }
    }
    for (const [index, { content }] of files.entries()) {
      expect(pieces[index]!.length).toBeGreaterThan(3)
      expect(sameBytes(Buffer.concat(pieces[index]!), Uint8Array.from(content))).toBe(true)
    }
  })

  const literals = Array.from(Buffer.from('not much'), (byte): LzmaSymbol => ({ kind: 'literal', byte }))
  const many: LzmaSymbol[] = [...literals, { kind: 'match', distance: 5, length: 200 }, ...literals]
  refusesEveryPrefix('text with an end marker', format, lzmaFile(usual, [...many, marker]).file)

  it('is refused for the window its header asks for, and nothing more of it is looked at', () => {
    const { file } = lzmaFile(usual, [...literals, marker])
    // The range coder does not begin with a byte of 0.
    const asking = (dictionarySize: number) => {
      const changed = Uint8Array.from(file)
      new DataView(changed.buffer).setUint32(1, dictionarySize, true)
      changed[13] = 1
      return changed
    }
    expect(streamCode(decompressLzmaAloneStream, asking(2 ** 27))).toBe('MALFORMED')
    expect(streamCode(decompressLzmaAloneStream, asking(2 ** 27 + 1))).toBe('LIMIT')
    expect(streamCode(decompressLzmaAloneStream, asking(2 ** 27 + 1), { windowSize: 2 ** 28 })).toBe('MALFORMED')
  })
})
