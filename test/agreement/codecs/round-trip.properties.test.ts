import { it } from 'vitest'
import { describeWith, mustRun } from '../../oracle.ts'
import { expectRoundTrip } from '../../parsers/codecs/round-trip.ts'

const levels = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `-${from + index}`)

describeWith(['zstd'], 'any content through zstd', () => {
  it.each([
    ...levels(1, 19),
    ...['--ultra -20', '--ultra -21', '--ultra -22', '--fast=1', '--fast=7', '--fast=100', '--long=27 -3'],
    ...['-1 --no-check', '-19 --no-check', '-9 -T2 -B4096', '-3 --no-compress-literals', '-1 --rsyncable -T2'],
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((strategy) => `-6 --zstd=strat=${strategy},wlog=10,mml=3`),
    ...['-19 --zstd=wlog=27,tlen=999', '-16 --zstd=wlog=12,hlog=6,clog=6,slog=1'],
  ])('%s', (options) => {
    expectRoundTrip('zstd', (content) => {
      const sized = [`--stream-size=${content.length}`]
      return [[], sized].map((more) => ({
        content,
        stream: mustRun('zstd', ['-q', '-c', ...options.split(' '), ...more], { input: content }),
      }))
    })
  })
})

const LZMA_OPTIONS = [
  ...['preset=0', 'preset=6e', 'preset=6,lc=0,lp=0,pb=0', 'preset=6,lc=4,lp=0,pb=4', 'preset=6,lc=0,lp=4,pb=0'],
  ...['preset=3,mf=hc3', 'preset=3,mf=hc4', 'preset=6,mf=bt2', 'preset=6,mf=bt3', 'preset=9,dict=4KiB,nice=273'],
]

describeWith(['xz'], 'any content through xz', () => {
  // Levels 7 and 8 differ from 6 and 9 in the dictionary alone, which is larger than any content here.
  const presets = [...levels(0, 6), '-9', '-0e', '-3e', '-6e', '-9e']

  it.each([
    ...presets,
    ...LZMA_OPTIONS.map((options) => `--lzma2=${options}`),
    ...['none', 'crc32', 'crc64', 'sha256'].flatMap((check) => [
      `-1 --check=${check} --block-size=5000`,
      `-1 --check=${check} --block-size=5000 -T2`,
    ]),
    ...'x86 powerpc ia64 arm armthumb sparc arm64 delta=dist=4 delta=dist=256'
      .split(' ')
      .map((filter) => `--${filter} --lzma2=preset=1`),
    '--x86 --arm --delta=dist=1 --lzma2=preset=1',
  ])('%s', (options) => {
    expectRoundTrip('xz', (content) => [
      { content, stream: mustRun('xz', ['-c', ...options.split(' ')], { input: content }) },
    ])
  })

  it.each([...presets, ...LZMA_OPTIONS.map((options) => `--lzma1=${options}`)])('.lzma, %s', (option) => {
    expectRoundTrip('lzma', (content) => {
      const stream = mustRun('xz', ['-c', '--format=lzma', option], { input: content })
      const sized = Buffer.from(stream)
      sized.writeBigUInt64LE(BigInt(content.length), 5)
      return [
        { content, stream },
        { content, stream: sized },
      ]
    })
  })
})

describeWith(['lz4'], 'any content through lz4', () => {
  it.each([...levels(1, 12), '--fast=1', '--fast=3', '--fast=99', '-12 --favor-decSpeed'])('%s', (options) => {
    expectRoundTrip('lz4', (content) => {
      const frame = mustRun('lz4', ['-q', '-c', '-B4', '--no-frame-crc', ...options.split(' ')], { input: content })
      const streams: { stream: Uint8Array; content: Uint8Array }[] = []
      // LZ4 frame format: a header of 7 bytes, then blocks of 64 KiB, each behind its size; the highest bit: stored.
      for (let [offset, start] = [7, 0]; frame.readUInt32LE(offset) !== 0; start += 65_536) {
        const word = frame.readUInt32LE(offset)
        const end = offset + 4 + (word % 2 ** 31)
        if (word < 2 ** 31) {
          streams.push({ stream: frame.subarray(offset + 4, end), content: content.subarray(start, start + 65_536) })
        }
        offset = end
      }
      return streams
    })
  })
})

describeWith(['lzop'], 'any content through lzop', () => {
  it.each(levels(1, 9))('%s', (level) => {
    expectRoundTrip('lzo', (content) => {
      const file = mustRun('lzop', ['-q', '-c', '-F', level], { input: content })
      const streams: { stream: Uint8Array; content: Uint8Array }[] = []
      // Magic 9, versions 6, method, level, flags 4 (1: a checksum with each block), mode 4, time 8, name, checksum 4.
      const checksum = (file.readUInt32BE(17) & 1) * 4
      for (let [offset, start] = [34 + file[33]! + 4, 0]; file.readUInt32BE(offset) !== 0; ) {
        const [size, stored] = [file.readUInt32BE(offset), file.readUInt32BE(offset + 4)]
        const end = offset + 8 + checksum + stored
        if (stored < size) {
          streams.push({ stream: file.subarray(end - stored, end), content: content.subarray(start, start + size) })
        }
        start += size
        offset = end
      }
      return streams
    })
  })
})
