import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decompressLzmaAlone } from '../../../parsers/codecs/lzma/alone.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { codeOf, decompressed, sameBytes } from '../../parsers/codecs/guarded.ts'
import { type LzmaSymbol, lzmaFile } from '../../parsers/codecs/lzma/encoder.ts'
import { someSymbols, usualProperties } from '../../parsers/codecs/lzma/random-symbols.ts'
import { withSize } from '../../parsers/codecs/lzma/with-size.ts'
import { samples } from '../../parsers/codecs/samples.ts'

/** With an end marker, and without a size. */
function lzma(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('xz', ['-c', '--format=lzma', ...options], { input: data })
}
const marker: LzmaSymbol = { kind: 'end marker' }

describeWith(['xz'], '.lzma as the xz tool writes it', () => {
  const everything = Buffer.concat([samples['lines']!, samples['machine code']!, samples['incompressible']!])

  it.each([
    // Levels 7 and 8 differ from 6 and 9 in the dictionary alone, which is larger than the samples.
    ...[0, 1, 2, 3, 4, 5, 6, 9].map((level) => `-${level}`),
    '-4e',
    '--lzma1=preset=6,lc=0,lp=0,pb=0',
    '--lzma1=preset=6,lc=4,lp=0,pb=4',
    '--lzma1=preset=6,lc=0,lp=4,pb=1',
    '--lzma1=preset=6,lc=1,lp=2,pb=3',
    '--lzma1=preset=0,dict=4KiB',
    '--lzma1=preset=6,dict=8KiB,nice=273',
    '--lzma1=preset=9,mf=bt2,nice=5',
  ])('%s, with and without its size', (option) => {
    const compressed = lzma(everything, option)
    expect(sameBytes(decompressed(decompressLzmaAlone, compressed, everything.length), everything)).toBe(true)
    const sized = withSize(compressed, BigInt(everything.length))
    expect(sameBytes(decompressed(decompressLzmaAlone, sized, everything.length + 9), everything)).toBe(true)
  })

  it.each(Object.entries(samples))('a sample that is %s', (_, data) => {
    const compressed = lzma(data)
    for (const file of [compressed, withSize(compressed, BigInt(data.length))]) {
      for (const room of [data.length, data.length + 100]) {
        expect(sameBytes(decompressed(decompressLzmaAlone, file, room), data)).toBe(true)
      }
      if (data.length > 0) {
        expect(codeOf(decompressLzmaAlone, file, data.length - 1)).toBe('LIMIT')
        expect(codeOf(decompressLzmaAlone, file, 0)).toBe('LIMIT')
      }
    }
    expect(codeOf(decompressLzmaAlone, withSize(compressed, BigInt(data.length + 1)), data.length + 1)).toBe(
      'MALFORMED',
    )
    if (data.length > 0) {
      const short = withSize(compressed, BigInt(data.length - 1))
      expect(codeOf(decompressLzmaAlone, short, data.length)).toBe('MALFORMED')
    }
  })

  it('takes a size that is not possible as unknown', () => {
    const data = samples['lines']!
    const file = withSize(lzma(data), 0xdeadbeef12345678n)
    expect(sameBytes(decompressed(decompressLzmaAlone, file, data.length), data)).toBe(true)
    expect(sameBytes(decompressed(decompressLzmaAlone, file, data.length + 1), data)).toBe(true)
  })

  it('agrees with the xz tool about what the encoder here writes', () => {
    fc.assert(
      fc.property(usualProperties, someSymbols, (properties, symbols) => {
        const { file, content } = lzmaFile(properties, [...symbols, marker])
        expect(sameBytes(mustRun('xz', ['-dc', '--format=lzma'], { input: file }), content)).toBe(true)
        expect(sameBytes(decompressed(decompressLzmaAlone, file, content.length), content)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})
