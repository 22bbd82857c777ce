import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { streamCheck } from '../../../parsers/codecs/stream-check.ts'

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from([...values, ...new Array(32).fill(0)])
const LZ4_FRAME = [0x04, 0x22, 0x4d, 0x18]
const LZOP = [0x89, 0x4c, 0x5a, 0x4f, 0, 0x0d, 0x0a, 0x1a, 0x0a]

// biome-ignore format: one header a line
const HEADERS: readonly (readonly [what: string, header: Uint8Array, check: string | undefined])[] = [
  ['a gzip member', gzipSync('content'), 'CRC-32'],
  ['a zstd frame with a checksum', bytes(0x28, 0xb5, 0x2f, 0xfd, 0x04), 'XXH64'],
  ['a zstd frame without one', bytes(0x28, 0xb5, 0x2f, 0xfd, 0x20), undefined],
  ['a zstd frame after a skippable frame', bytes(0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9, 0x28, 0xb5, 0x2f, 0xfd, 0x04), 'XXH64'],
  ['an xz stream with CRC64', bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4), 'CRC64'],
  ['an xz stream with SHA-256', bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 10), 'SHA-256'],
  ['an xz stream without a check', bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0), undefined],
  ['an LZ4 frame with a content checksum', bytes(...LZ4_FRAME, 0x44), 'XXH32'],
  ['an LZ4 frame with block checksums', bytes(...LZ4_FRAME, 0x50), 'XXH32 of each block'],
  ['an LZ4 frame with neither', bytes(...LZ4_FRAME, 0x40), undefined],
  ['a legacy LZ4 frame', bytes(0x02, 0x21, 0x4c, 0x18, 0x44), undefined],
  ['a bzip2 stream', bytes(0x42, 0x5a, 0x68, 0x39), 'CRC-32'],
  ['lzop with Adler-32', bytes(...LZOP, 0x10, 0x40, 0, 0, 0, 0, 1, 5, 3, 0, 0, 1), 'Adler-32 of each block'],
  ['lzop with CRC-32', bytes(...LZOP, 0x10, 0x40, 0, 0, 0, 0, 1, 5, 3, 0, 1, 0), 'CRC-32 of each block'],
  ['lzop before 0.94, without a level', bytes(...LZOP, 0x09, 0x00, 0, 0, 1, 0, 0, 0, 1), 'Adler-32 of each block'],
  ['what is not compressed', bytes(), undefined],
]

it.each(HEADERS)('%s', (_, header, check) => {
  expect(streamCheck(bytesSource(header, 'header'))).toBe(check)
})
