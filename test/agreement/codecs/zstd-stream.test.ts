import { expect, it } from 'vitest'
import { decompressZstd } from '../../../parsers/codecs/zstd/zstd.ts'
import { decompressZstdStream } from '../../../parsers/codecs/zstd/zstd-stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes, samples } from '../../parsers/codecs/samples.ts'
import { expectBothToRead, someReadAhead } from '../../parsers/codecs/streams/agreement.ts'
import { collect, streamCode, streamed } from '../../parsers/codecs/streams/collect.ts'
import { skippable } from '../../parsers/codecs/zstd/skippable.ts'

// RFC 8878 3.1.1.2.4
const format = { decompress: decompressZstd, decompressStream: decompressZstdStream, largestBlock: 128 << 10 }

function zstd(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('zstd', ['-q', '-c', ...options], { input: data })
}

describeWith(['zstd'], 'a stream of zstd', () => {
  const everything = Buffer.concat(Object.values(samples))

  it.each([
    ...Array.from({ length: 19 }, (_, index) => `-${index + 1}`),
    ...['--fast=5', '--ultra -20', '--ultra -22', '-3 --long=27', '-5 --no-check', '-5 -B1024 -T2', '-7 -T0'],
    ...['-19 --zstd=wlog=10', '-3 --zstd=wlog=11', '-1 --zstd=wlog=17', `-9 --stream-size=${everything.length}`],
  ])('of all samples, %s', (options) => {
    const file = zstd(everything, ...options.split(' '))
    expectBothToRead(format, file, everything, someReadAhead(file))
  })

  it.each(Object.entries(samples))('of a sample that is %s', (_, data) => {
    for (const level of ['-1', '-19']) expectBothToRead(format, zstd(data, level), data)
  })

  it('much longer than its window, which slides', () => {
    const code = machineCode(6_000_000)
    const data = Buffer.concat([code, randomBytes(300_000), code, new Uint8Array(1_000_000), code.subarray(77)])
    for (const [options, window] of [
      ['-1 --zstd=wlog=10', 2 ** 10],
      ['-3 --zstd=wlog=15', 2 ** 15],
      ['-3 --zstd=wlog=18', 2 ** 18],
      ['-5 --zstd=wlog=21', 2 ** 21],
      ['-6 --long=23', 2 ** 23],
    ] as const) {
      const { bytes, largestBuffer } = collect(decompressZstdStream, zstd(data, ...options.split(' ')))
      expect(sameBytes(bytes, data)).toBe(true)
      expect(largestBuffer).toBeLessThan(2 * window + 2 ** 18)
    }
  })

  it('of frames and skippable frames with windows of all sizes', () => {
    const first = samples['lines']!
    const second = machineCode(3_000_000)
    const file = Buffer.concat([
      skippable(0),
      zstd(second, '-6', '--long=23'),
      skippable(3_000_000),
      zstd(new Uint8Array(0)),
      zstd(first, '-19', '--no-check'),
      zstd(second, '-1', '--zstd=wlog=12'),
      skippable(5),
    ])
    expectBothToRead(format, file, Buffer.concat([second, first, second]))
    expect(streamCode(decompressZstdStream, Buffer.concat([file, Buffer.of(0, 0, 0, 0)]))).toBe('MALFORMED')
    expect(streamCode(decompressZstdStream, file.subarray(0, -1))).toBe('TRUNCATED')
  })

  it('keeps to the limit of its window, and says which', () => {
    const data = machineCode(3_000_000)
    const limits = { windowSize: 2 ** 20 }
    const sized = zstd(data, '-6', '--long=22', `--stream-size=${data.length}`)
    expect(streamed(decompressZstdStream, sized, limits)).toMatchObject({
      code: 'LIMIT',
      message: `file: zstd Frame_Header at 0x4: Window_Size: exceeds the limit "windowSize"; found ${data.length} bytes, expected at most 1048576`,
    })
    expect(sameBytes(collect(decompressZstdStream, sized, { windowSize: data.length }).bytes, data)).toBe(true)
    const small = data.subarray(0, 900_000)
    const unsized = zstd(small, '-6', '--long=22')
    expect(streamed(decompressZstdStream, unsized, limits)).toMatchObject({ facts: { found: '4194304 bytes' } })
    expect(sameBytes(collect(decompressZstdStream, unsized, { windowSize: 2 ** 22 }).bytes, small)).toBe(true)
  })

  it('refuses what the tool refuses unless told otherwise, and takes what it takes when told so', () => {
    const data = samples['lines']!
    const file = (log: number) => zstd(data, '-3', `--long=${log}`)
    expect(sameBytes(collect(decompressZstdStream, file(27)).bytes, data)).toBe(true)
    expect(streamed(decompressZstdStream, file(28))).toMatchObject({
      code: 'LIMIT',
      message:
        'file: zstd Frame_Header at 0x4: Window_Size: exceeds the limit "windowSize"; ' +
        'found 268435456 bytes, expected at most 134217728',
    })
    for (const log of [28, 30]) {
      const { bytes } = collect(decompressZstdStream, file(log), { windowSize: 2 ** log })
      expect(sameBytes(bytes, data)).toBe(true)
    }
    expect(streamCode(decompressZstdStream, file(31), { windowSize: 2 ** 31 })).toBe('LIMIT')
  })

  it('takes little memory for a small file, whatever its window', () => {
    const { bytes, largestBuffer } = collect(
      decompressZstdStream,
      zstd(samples['lines']!, '--ultra', '-22', '--long=27'),
    )
    expect(sameBytes(bytes, samples['lines']!)).toBe(true)
    expect(largestBuffer).toBeLessThan(2 ** 18)
  })

  it('verifies checksums over pieces', () => {
    const data = machineCode(2_000_000)
    const file = zstd(data, '-3')
    file[file.length - 2]! ^= 1
    expect(streamed(decompressZstdStream, file)).toMatchObject({
      code: 'CHECKSUM',
      facts: { structure: 'zstd Content_Checksum', offset: file.length - 4 },
    })
  })
})
