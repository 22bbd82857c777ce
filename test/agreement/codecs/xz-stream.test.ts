import { expect, it } from 'vitest'
import { decompressXz } from '../../../parsers/codecs/xz/stream.ts'
import { decompressXzStream } from '../../../parsers/codecs/xz/xz-stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes, samples } from '../../parsers/codecs/samples.ts'
import { expectBothToRead, expectBothToReadPadded, someReadAhead } from '../../parsers/codecs/streams/agreement.ts'
import { collect, streamCode, streamed } from '../../parsers/codecs/streams/collect.ts'
import { type BlockParts, variableInteger, xzStream } from '../../parsers/codecs/xz/container.ts'

// xz: LZMA2 chunk
const format = { decompress: decompressXz, decompressStream: decompressXzStream, largestBlock: 2 << 20 }

function xz(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('xz', ['-c', '-T1', ...options], { input: data })
}

describeWith(['xz'], 'a stream of xz', () => {
  const everything = Buffer.concat(Object.values(samples))

  it.each([
    // Levels 7 and 8 differ from 6 and 9 in the dictionary alone, which is larger than the samples.
    ...[0, 1, 2, 3, 4, 5, 6, 9].map((level) => `-${level}`),
    ...['-0e', '-9e', '-1 --check=none', '-1 --check=crc32', '-1 --check=sha256', '-1 --block-size=100000'],
    ...['-1 -T2 --block-size=200000', '--lzma2=preset=6,lc=0,lp=4,pb=1', '--lzma2=preset=6,lc=0,lp=0,pb=4'],
    ...['--lzma2=preset=6,dict=4KiB', '--lzma2=preset=2,dict=96KiB,lc=1,lp=3,pb=4', '--x86 --lzma2=preset=1'],
    ...['--delta=dist=4 --lzma2=preset=0', '--arm64 --delta=dist=1 --lzma2=preset=0,dict=64KiB'],
  ])('of all samples, %s', (options) => {
    const file = xz(everything, ...options.split(' '))
    expectBothToRead(format, file, everything, someReadAhead(file))
  })

  it('much longer than its window, which slides', () => {
    const code = machineCode(2_500_000)
    const data = Buffer.concat([code, randomBytes(300_000), new Uint8Array(3_000_000), code.subarray(77)])
    for (const [options, window] of [
      ['--lzma2=preset=0,dict=4KiB', 4096],
      ['--lzma2=preset=0,dict=64KiB,lc=2,lp=2,pb=4', 2 ** 16],
      ['--lzma2=preset=1,dict=1MiB', 2 ** 20],
      ['--x86 --lzma2=preset=0,dict=768KiB', 3 * 2 ** 18],
    ] as const) {
      const { bytes, largestBuffer } = collect(decompressXzStream, xz(data, ...options.split(' ')))
      expect(sameBytes(bytes, data)).toBe(true)
      // A chunk decompresses to 2 MiB at most.
      expect(largestBuffer).toBeLessThan(window + Math.max(2 ** 21, window) + 1000)
    }
  })

  it('of streams, of blocks, with padding between and behind them', () => {
    const first = samples['lines']!
    const second = samples['machine code']!
    const parts = [
      ...[xz(first, '--check=crc32'), new Uint8Array(8), xz(new Uint8Array(0))],
      ...[xz(second, '--check=sha256', '--block-size=10000', '--x86', '--lzma2=preset=3'), new Uint8Array(70_000)],
    ]
    const file = Buffer.concat(parts)
    const data = Buffer.concat([first, second])
    expectBothToReadPadded(format, file, data)
    for (const length of [1, 2, 3, 5]) {
      const padded = Buffer.concat([file, new Uint8Array(length)])
      expect(streamCode(decompressXzStream, padded, { readAhead: 100 })).toBe('MALFORMED')
      expect(streamCode(decompressXzStream, Buffer.concat([padded, file]))).toBe('MALFORMED')
    }
    expect(streamCode(decompressXzStream, Buffer.concat([file, Buffer.from('rest')]))).toBe('MALFORMED')
    expect(streamCode(decompressXzStream, Buffer.concat([file, Uint8Array.of(0xfd, 0x37)]))).toBe('TRUNCATED')
  })

  it('keeps to the limit of its window, and takes no more than the content needs', () => {
    const data = machineCode(3_000_000)
    const claims = (content: Uint8Array, sizes: Partial<BlockParts> = {}) => {
      const chunks = mustRun('xz', ['-c', '--format=raw', '--lzma2=preset=2'], { input: content })
      // xz 1.2: 5.3.1: 37 is 1.5 GiB.
      return xzStream([{ filters: [[0x21, 1, 37]], data: chunks, uncompressedSize: content.length, ...sizes }])
    }
    const unsized = claims(data)
    expect(streamed(decompressXzStream, unsized)).toMatchObject({
      code: 'LIMIT',
      message:
        'file: xz Block Header at 0xc: Dictionary Size: exceeds the limit "windowSize"; ' +
        'found 1610612736 bytes, expected at most 134217728',
    })
    const limits = { windowSize: 1.5 * 2 ** 30 }
    const { bytes, largestBuffer } = collect(decompressXzStream, unsized, limits)
    expect(sameBytes(bytes, data)).toBe(true)
    expect(largestBuffer).toBeLessThan(3 * data.length)
    expect(collect(decompressXzStream, claims(data.subarray(0, 1000)), limits).largestBuffer).toBeLessThan(2 ** 17)
    // Of a size that is known no more need be kept.
    const sized = claims(data, { flags: 0x80, sizes: variableInteger(data.length) })
    expect(sameBytes(collect(decompressXzStream, sized).bytes, data)).toBe(true)
    expect(streamCode(decompressXzStream, sized, { windowSize: data.length - 1 })).toBe('LIMIT')
  })
})
