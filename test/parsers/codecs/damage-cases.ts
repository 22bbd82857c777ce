import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const FOLDER = fileURLToPath(new URL('../../../fixtures/codecs/', import.meta.url))

/** What holds of damaged streams of a codec. */
export interface DamageCase {
  /** Small seeds every byte of which is given every other value; the last is the smallest. */
  readonly small: readonly string[]
  /** Whether a checksum covers the content of the seed: what is not refused is right. */
  readonly isChecked: (seed: string) => boolean
  /** What the prefixes of a stream end with; a decoder that cannot tell reads them as a beginning of the content. */
  readonly prefix: readonly string[]
}

/** By their seeds. */
export const damageCases: Readonly<Record<string, DamageCase>> = {
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
  bzip2: { small: ['text.trees', 'zeros.1'], isChecked: () => true, prefix: ['TRUNCATED'] },
  lzop: {
    small: ['zeros.unchecked', 'text.checked', 'zeros.9'],
    isChecked: (seed) => !/unchecked/.test(seed),
    prefix: ['TRUNCATED'],
  },
  'lz4-frame': {
    small: ['noise.dependent', 'zeros.sized', 'zeros.best'],
    isChecked: (seed) => !/unchecked|legacy/.test(seed),
    // A legacy frame has no end mark.
    prefix: ['TRUNCATED', 'the beginning'],
  },
}

export const bytesOf = (path: string): Uint8Array => Uint8Array.from(readFileSync(FOLDER + path))
export const contentOf = (seed: string): Uint8Array => bytesOf(`contents/${seed.split('.')[0]}`)
