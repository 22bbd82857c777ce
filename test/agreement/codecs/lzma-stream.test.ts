import { expect, it } from 'vitest'
import { decompressLzmaAlone } from '../../../parsers/codecs/lzma/alone.ts'
import { decompressLzmaAloneStream } from '../../../parsers/codecs/lzma/alone-stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes, samples } from '../../parsers/codecs/samples.ts'
import { expectBothToRead, someReadAhead } from '../../parsers/codecs/streams/agreement.ts'
import { collect, streamCode, streamed } from '../../parsers/codecs/streams/collect.ts'

const format = { decompress: decompressLzmaAlone, decompressStream: decompressLzmaAloneStream }

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
        'file: LZMA header at 0x0: Dictionary Size: exceeds the limit "windowSize"; ' +
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
})
