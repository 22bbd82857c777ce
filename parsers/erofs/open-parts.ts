import { asFormatError } from '../bytes/errors.ts'
import type { Limits } from '../bytes/limits.ts'
import type { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { Decompressors } from '../codecs/codec.ts'
import { readCompressionCfgs } from './compression-cfgs.ts'
import { readDevices } from './device-table.ts'
import { readPackedInode } from './packed-inode.ts'
import type { ErofsParts } from './parts.ts'
import { blocksOf, hasIncompat, SUPER_OFFSET, type Superblock, superblock, superblockChecksum } from './superblock.ts'
import { readTree } from './tree.ts'
import type { Volume } from './volume.ts'
import { NO_PREFIXES, readXattrPrefixes } from './xattr-prefixes.ts'

/** Reads the parts of an image and its tree. It reports the parts that it cannot read, and leaves them out. */
export function openParts(
  source: ByteSource,
  block: Superblock,
  limits: Limits,
  decompressors: Decompressors,
  problems: Problems,
): ErofsParts {
  const blockSize = 2 ** block.blkszbits
  const size = blocksOf(block) * blockSize
  if (size > source.size) {
    problems.explain(
      formatError('TRUNCATED', 'the file ends before the image does', source, {
        structure: superblock.name,
        offset: SUPER_OFFSET + superblock.offsets.blocks,
        field: 'blocks',
        found: source.size,
        expected: size,
        wholeSize: size,
      }),
    )
  }
  const wrong = superblockChecksum(source, block)?.problem
  if (wrong !== undefined) problems.note(wrong)
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read()
    } catch (error) {
      problems.damage(asFormatError(error))
      return otherwise
    }
  }
  const devices = attempt(() => readDevices(source, block), [])
  const volume: Volume = { source, limits, superblock: block, blockSize, devices }
  const cfgs = attempt(() => readCompressionCfgs(volume), { offset: 0, length: 0 })
  const hasPacked = hasIncompat(block, 'fragments') && block.packedNid > 0
  const packed = hasPacked ? attempt(() => readPackedInode(volume, block.packedNid), undefined) : undefined
  const parts = { volume, packed, decompressors }
  const prefixes = attempt(() => readXattrPrefixes(parts), NO_PREFIXES)
  return { ...parts, cfgs, prefixes, tree: readTree(parts, problems) }
}
