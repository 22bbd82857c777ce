import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../../parsers/bytes/source.ts'
import { decompressLzmaAlone } from '../../../../parsers/codecs/lzma/alone.ts'
import { decompressLzmaAloneStream } from '../../../../parsers/codecs/lzma/alone-stream.ts'
import { describeWith, mustRun } from '../../../oracle.ts'
import { sameBytes } from '../guarded.ts'
import { type LzmaSymbol, lzmaFile } from '../lzma/encoder.ts'
import { anyProperties, someSymbols } from '../lzma/random-symbols.ts'
import { machineCode, pseudoRandom, randomBytes, samples } from '../samples.ts'
import { expectBothToRead, refusesEveryPrefix, someReadAhead, survivesDamage } from './agreement.ts'
import { collect, streamCode, streamed } from './collect.ts'

const format = { decompress: decompressLzmaAlone, decompressStream: decompressLzmaAloneStream }
const usual = { literalContextBits: 3, literalPositionBits: 0, positionBits: 2 }
const marker: LzmaSymbol = { kind: 'end marker' }

/** With an end marker, and without a size. */
function lzma(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('xz', ['-c', '--format=lzma', ...options], { input: data })
}

function withSize(file: Uint8Array, size: number): Uint8Array {
  const changed = Uint8Array.from(file)
  new DataView(changed.buffer).setBigUint64(5, BigInt(size), true)
  return changed
}

describeWith(['xz'], 'a stream of .lzma', () => {
  const everything = Buffer.concat(Object.values(samples))

  it.each([
    ...['-0', '-1', '-3', '-6', '-9', '-9e', '--lzma1=preset=6,lc=0,lp=4,pb=1', '--lzma1=preset=6,lc=4,lp=0,pb=4'],
    ...['--lzma1=preset=0,dict=4KiB', '--lzma1=preset=6,dict=8KiB,nice=273', '--lzma1=preset=1,lc=1,lp=3,pb=4'],
  ])('of all samples, %s, with and without its size', (option) => {
    const file = lzma(everything, option)
    const sized = withSize(file, everything.length)
    expectBothToRead(format, file, everything, someReadAhead(file))
    expectBothToRead(format, sized, everything, someReadAhead(file.subarray(1)))
  })

  it.each(Object.entries(samples))('of a sample that is %s', (_, data) => {
    expectBothToRead(format, lzma(data), data)
    expectBothToRead(format, withSize(lzma(data), data.length), data)
  })

  it('much longer than its window, which slides', () => {
    const code = machineCode(3_000_000)
    const data = Buffer.concat([code, randomBytes(300_000), new Uint8Array(8_000_000), code.subarray(77)])
    for (const [dictionary, window] of [
      ['4KiB,lc=1,lp=3,pb=4', 4096],
      ['64KiB', 2 ** 16],
      ['4MiB', 2 ** 22],
    ] as const) {
      const file = lzma(data, `--lzma1=preset=0,dict=${dictionary}`)
      for (const readAhead of [1 << 18, 333]) {
        const { bytes, largestBuffer } = collect(decompressLzmaAloneStream, file, { readAhead })
        expect(sameBytes(bytes, data)).toBe(true)
        expect(largestBuffer).toBeLessThan(window + Math.max(2 ** 21, window) + 1000)
      }
    }
  })

  it('keeps to the limit of its window, and takes no more than the content needs', () => {
    const data = machineCode(3_000_000)
    const file = Uint8Array.from(lzma(data, '-2'))
    // What some encoders write whatever they use.
    new DataView(file.buffer).setUint32(1, 2 ** 32 - 1, true)
    expect(streamed(decompressLzmaAloneStream, file)).toMatchObject({
      code: 'LIMIT',
      message:
        'file: LZMA header at 0x0: Dictionary Size: is larger than the limit "windowSize" allows; ' +
        'found 4294967295 bytes, expected at most 134217728',
    })
    const { bytes, largestBuffer } = collect(decompressLzmaAloneStream, file, { windowSize: 2 ** 32 })
    expect(sameBytes(bytes, data)).toBe(true)
    expect(largestBuffer).toBeLessThan(3 * data.length)
    // Of a known size no more need be kept.
    const sized = withSize(file, data.length)
    expect(sameBytes(collect(decompressLzmaAloneStream, sized).bytes, data)).toBe(true)
    expect(streamCode(decompressLzmaAloneStream, sized, { windowSize: data.length - 1 })).toBe('LIMIT')
  })

  it('refuses a size that is not that of the content, and bytes behind it', () => {
    const data = samples['lines']!
    const file = lzma(data)
    for (const size of [0, 1, data.length - 1, data.length + 1]) {
      expect(streamCode(decompressLzmaAloneStream, withSize(file, size))).toBe('MALFORMED')
    }
    for (const more of [1, 4, 1000, 1_000_000]) {
      for (const wrong of [file, withSize(file, data.length)]) {
        expect(streamCode(decompressLzmaAloneStream, Buffer.concat([wrong, new Uint8Array(more)]))).toBe('MALFORMED')
      }
    }
  })

  // Where the size is unknown each of them takes room for 1 MiB, which is most of the time: that file is a short one.
  const text = 'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(4)
  const noisy = Buffer.concat([Buffer.from(text), machineCode(100)])
  const short = noisy.subarray(-80)
  const few = '--lzma1=preset=6,lc=0,lp=0'
  // A size that is too large for the output is none to the other decoder.
  survivesDamage('text and code', format, withSize(lzma(noisy), noisy.length), noisy, false, [5, 13], [5, 0])
  survivesDamage('a short file of unknown size', format, lzma(short, few), short, false, [5, 13], [0, 0])
})

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
