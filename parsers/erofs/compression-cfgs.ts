import { checkRange } from '../bytes/source.ts'
import { ALGORITHMS } from './features.ts'
import { hasIncompat, SUPER_OFFSET, superblockSize } from './superblock.ts'
import type { Volume } from './volume.ts'

/** Where the configurations of the algorithms lie: directly behind the superblock. Bytes. */
export interface CompressionCfgs {
  readonly offset: number
  readonly length: number
}

/**
 * Each algorithm has a configuration with its length before it (kernel: z_erofs_parse_cfgs). They are aligned to 4
 * bytes.
 * @throws {FormatError} TRUNCATED when one leaves the source
 */
export function readCompressionCfgs({ superblock, source }: Pick<Volume, 'superblock' | 'source'>): CompressionCfgs {
  const offset = SUPER_OFFSET + superblockSize(superblock)
  let end = offset
  if (!hasIncompat(superblock, 'comprCfgs')) return { offset, length: 0 }
  for (let algorithms = superblock.availableComprAlgs; algorithms !== 0; algorithms &= algorithms - 1) {
    const start = Math.ceil(end / 4) * 4
    checkRange(source, start, 2, 'compression configurations')
    const size = source.read(start, 2)
    end = start + 2 + (size[0]! | (size[1]! << 8))
    checkRange(source, start, end - start, 'compression configurations')
  }
  return { offset, length: end - offset }
}

/** The algorithms of an image, such as "lz4, zstd"; undefined if it does not say. */
export function algorithmsOf({ superblock }: Pick<Volume, 'superblock'>): string | undefined {
  if (hasIncompat(superblock, 'comprCfgs')) {
    const named = ALGORITHMS.filter((_, bit) => (superblock.availableComprAlgs & (1 << bit)) !== 0)
    return named.length === 0 ? undefined : named.join(', ')
  }
  // The first version had only lz4, and nothing else says that there is any.
  return hasIncompat(superblock, 'zeroPadding') ? 'lz4' : undefined
}
