import { describe, expect, it } from 'vitest'
import { decompressZstd } from '../../../../parsers/codecs/zstd/zstd.ts'
import { decompressZstdStream } from '../../../../parsers/codecs/zstd/zstd-stream.ts'
import { describeWith, mustRun } from '../../../oracle.ts'
import { sameBytes } from '../guarded.ts'
import { machineCode, randomBytes, samples } from '../samples.ts'
import { expectBothToRead, refusesEveryPrefix, someReadAhead, survivesDamage } from './agreement.ts'
import { collect, streamCode, streamed } from './collect.ts'

const format = { decompress: decompressZstd, decompressStream: decompressZstdStream }

function zstd(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('zstd', ['-q', '-c', ...options], { input: data })
}

function skippable(length: number): Uint8Array {
  const frame = Buffer.alloc(8 + length, 0xee)
  frame.writeUInt32LE(0x184d2a5e, 0)
  frame.writeUInt32LE(length, 4)
  return frame
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
      message: `file: zstd Frame_Header at 0x4: Window_Size: is larger than the limit "windowSize" allows; found ${data.length} bytes, expected at most 1048576`,
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
        'file: zstd Frame_Header at 0x4: Window_Size: is larger than the limit "windowSize" allows; ' +
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

  const text = 'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(9)
  const noisy = Buffer.concat([Buffer.from(text), randomBytes(40), machineCode(300)])
  refusesEveryPrefix('text and code', format, zstd(noisy, '-19', `--stream-size=${noisy.length}`))
  survivesDamage('text and code', format, zstd(noisy, '-19'), noisy, true, [0, 0], [20, 4])
})

describe('a stream of zstd that is refused', () => {
  const frame = (...bytes: number[]) => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, ...bytes)

  it('has a header that asks for too large a window, of which nothing more is looked at', () => {
    // Window_Descriptor 0x88: 128 MiB; 0x89: an eighth more. A block of a reserved type follows.
    expect(streamCode(decompressZstdStream, frame(0x00, 0x88, 0x07, 0, 0))).toBe('MALFORMED')
    expect(streamCode(decompressZstdStream, frame(0x00, 0x89, 0x07, 0, 0))).toBe('LIMIT')
    expect(streamCode(decompressZstdStream, frame(0x00, 0x89, 0x07, 0, 0), { windowSize: 2 ** 28 })).toBe('MALFORMED')
    // The same with Frame_Content_Size, of 4 bytes: no more need be kept.
    expect(streamCode(decompressZstdStream, frame(0x80, 0x89, 0, 0, 0, 8, 0x07, 0, 0))).toBe('MALFORMED')
    expect(streamCode(decompressZstdStream, frame(0x80, 0x89, 1, 0, 0, 8, 0x07, 0, 0))).toBe('LIMIT')
  })

  it('says where in the file, of the file’s name', () => {
    const error = streamed(decompressZstdStream, Buffer.concat([skippable(1_000_000), frame(0x01, 0x00, 0x07)]))
    expect(error).toMatchObject({
      message: 'file: zstd Frame_Header at 0xf424e: Dictionary_ID: needs a dictionary; found 0x7, expected 0',
    })
    expect(streamCode(decompressZstdStream, new Uint8Array(0))).toBe('TRUNCATED')
    expect(streamCode(decompressZstdStream, skippable(10).subarray(0, 17))).toBe('TRUNCATED')
  })

  it('has more content than it says, as soon as it has', () => {
    const raw = Uint8Array.of(0, 1, 0, ...new Uint8Array(32))
    const file = Buffer.concat([frame(0x20, 40), raw, raw, raw, raw])
    expect(streamed(decompressZstdStream, file)).toMatchObject({
      code: 'MALFORMED',
      facts: { field: 'Frame_Content_Size', offset: 4 },
    })
  })
})
