import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../parsers/index.ts'
import { everyDecoder } from './every-decoder.ts'
import { decompressed, decompressGuarded, sameBytes } from './guarded.ts'

const FOLDER = fileURLToPath(new URL('../../../fixtures/codecs/', import.meta.url))

interface Case {
  /** Small seeds every byte of which is given every other value; the last is the smallest. */
  readonly small: readonly string[]
  /** Whether a checksum covers the content of the seed: what is not refused is right. */
  readonly isChecked: (seed: string) => boolean
  /** What the prefixes of a stream end with; a decoder that cannot tell reads them as a beginning of the content. */
  readonly prefix: readonly string[]
}

/** By their seeds. */
const cases: Readonly<Record<string, Case>> = {
  zstd: {
    small: ['text.sized', 'handmade-0.frame', 'handmade-10.frame', 'handmade-8.frame'],
    isChecked: (seed) => !/unchecked|handmade/.test(seed),
    prefix: ['TRUNCATED'],
  },
  xz: {
    small: ['text.crc32', 'zeros.none', 'empty.sha256'],
    isChecked: (seed) => /crc32|crc64|sha256/.test(seed),
    prefix: ['TRUNCATED'],
  },
  lzma: {
    small: ['zeros.0', 'zeros.lp'],
    isChecked: () => false,
    prefix: ['TRUNCATED', 'MALFORMED', 'the beginning'],
  },
  lzo: { small: ['text.9', 'zeros.1'], isChecked: () => false, prefix: ['TRUNCATED'] },
  lz4: { small: ['text.9'], isChecked: () => false, prefix: ['TRUNCATED', 'the beginning'] },
  zlib: { small: ['text.default', 'zeros.rle'], isChecked: () => true, prefix: ['TRUNCATED'] },
  gzip: { small: ['zeros.9'], isChecked: () => true, prefix: ['TRUNCATED'] },
  'lz4-frame': {
    small: ['noise.dependent', 'zeros.sized', 'zeros.best'],
    isChecked: (seed) => !/unchecked|legacy/.test(seed),
    // A legacy frame has no end mark.
    prefix: ['TRUNCATED', 'the beginning'],
  },
}

const bytesOf = (path: string) => Uint8Array.from(readFileSync(FOLDER + path))
const contentOf = (seed: string) => bytesOf(`contents/${seed.split('.')[0]}`)

describe.each(everyDecoder)('$name that is given damage', ({ name, seeds: codec, decompress }) => {
  const { small, isChecked, prefix } = cases[codec]!
  // These take many times as long to start: they get fewer.
  const isStream = name !== codec
  const step = isStream ? 7 : 1

  // What has several frames, or padding, has prefixes that are whole.
  const seeds = readdirSync(`${FOLDER}seeds/${codec}`).filter((seed) => !/\.(frames|padded)$/.test(seed))

  it.each(seeds.sort())(
    `is refused, or read as a beginning: ${isStream ? 'prefixes' : 'every prefix'} of %s`,
    (seed) => {
      const content = contentOf(seed)
      const stream = bytesOf(`seeds/${codec}/${seed}`)
      const codes = new Set<string>()
      for (let length = 0; length < stream.length; length += step) {
        const result = decompressGuarded(decompress, stream.subarray(0, length), content.length)
        if (result instanceof FormatError) codes.add(result.code)
        else {
          codes.add('the beginning')
          if (!sameBytes(result, content.subarray(0, result.length))) throw new Error(`wrong bytes at ${length}`)
        }
      }
      expect(prefix).toEqual(expect.arrayContaining([...codes]))
    },
  )

  it.each(isStream ? small.slice(-1) : small)(
    `is refused, or read safely: ${isStream ? 'other values' : 'every other value'} of every byte of %s`,
    (seed) => {
      const content = contentOf(seed)
      const stream = bytesOf(`seeds/${codec}/${seed}`)
      const damaged = Uint8Array.from(stream)
      for (let offset = 0; offset < stream.length; offset++) {
        for (let change = 1; change < 256; change += step) {
          damaged[offset] = stream[offset]! ^ change
          const result = decompressGuarded(decompress, damaged, content.length)
          if (isChecked(seed) && !(result instanceof FormatError) && !sameBytes(result, content)) {
            throw new Error(`byte ${offset} changed by ${change} gives wrong bytes`)
          }
        }
        damaged[offset] = stream[offset]!
      }
      // Nothing of what went wrong is left in the decoder.
      expect(sameBytes(decompressed(decompress, stream, content.length), content)).toBe(true)
    },
  )
})
