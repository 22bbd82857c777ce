import type { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import { FEATURES, INCOMPATIBLE } from './features.ts'
import type { Geometry } from './superblock.ts'

/** Bit of a group's flags: its block bitmap is not initialised, and all blocks but those of its tables are free. */
const BLOCK_UNINIT = 2
/** Bytes of a descriptor from which on it has the high halves of its block numbers. */
const WIDE_DESC_SIZE = 64

/** The block groups of a file system, in columns (kernel: Documentation/filesystems/ext4, "Block Group Descriptors"). */
export interface Groups {
  /** The groups whose descriptors we could read. */
  readonly count: number
  /** Block numbers. */
  readonly blockBitmaps: Float64Array
  readonly inodeBitmaps: Float64Array
  readonly inodeTables: Float64Array
  /** 1 for a group whose block bitmap is not initialised. */
  readonly uninitialised: Uint8Array
}

/** Reads the group descriptors. It reports a table that is cut short. */
export function readGroups(source: ByteSource, geometry: Geometry, problems: Problems): Groups {
  const { blockSize, descSize } = geometry
  // Each descriptor lies in the file, so we make room for no more than the file can have.
  const groups = Math.min(geometry.groups, Math.floor(source.size / descSize))
  const blockBitmaps = new Float64Array(groups)
  const inodeBitmaps = new Float64Array(groups)
  const inodeTables = new Float64Array(groups)
  const uninitialised = new Uint8Array(groups)
  const perBlock = blockSize / descSize
  // Without checksums of groups the flags have no meaning (kernel: ext4_has_group_desc_csum).
  const { roCompat } = FEATURES
  const hasFlags = (geometry.block.featureRoCompat & (roCompat.uninit_bg | roCompat.metadata_csum)) !== 0
  let count = 0
  for (let index = 0; count < groups; index += 1) {
    const offset = descriptorBlock(geometry, index) * blockSize
    const length = Math.min(perBlock, groups - count) * descSize
    if (offset + length > source.size) break
    const bytes = source.read(offset, length)
    const view = new DataView(bytes.buffer, bytes.byteOffset, length)
    for (let at = 0; at < length; at += descSize) {
      const blockAt = (low: number, high: number): number =>
        view.getUint32(at + low, true) + (descSize < WIDE_DESC_SIZE ? 0 : view.getUint32(at + high, true) * 2 ** 32)
      blockBitmaps[count] = blockAt(0, 0x20)
      inodeBitmaps[count] = blockAt(4, 0x24)
      inodeTables[count] = blockAt(8, 0x28)
      if (hasFlags && (view.getUint16(at + 0x12, true) & BLOCK_UNINIT) !== 0) uninitialised[count] = 1
      count += 1
    }
  }
  if (count < geometry.groups) {
    problems.lose('TRUNCATED', 'the table of group descriptors is cut short', {
      structure: 'group descriptors',
      offset: descriptorBlock(geometry, 0) * blockSize,
      found: count,
      expected: geometry.groups,
    })
  }
  return { count, blockBitmaps, inodeBitmaps, inodeTables, uninitialised }
}

/** The first block of a group. */
export function firstBlockOf({ block }: Geometry, group: number): number {
  return block.firstDataBlock + group * block.blocksPerGroup
}

/** The groups of one block of descriptors: with `meta_bg` they have their descriptors to themselves. */
export function descriptorsPerBlock({ blockSize, descSize }: Geometry): number {
  return blockSize / descSize
}

/** Whether a block of descriptors lies in its own groups (kernel: "Meta Block Groups"), and not behind the superblock. */
export function isMeta({ block }: Geometry, index: number): boolean {
  return (block.featureIncompat & INCOMPATIBLE.meta_bg) !== 0 && index >= block.firstMetaBg
}

/** The number of a block of group descriptors: behind the superblock, or in the first group that it describes. */
export function descriptorBlock(geometry: Geometry, index: number): number {
  const { block, blockSize } = geometry
  // With blocks of 1 KiB and bigalloc, the superblock is in block 1 and the first group begins at block 0.
  const superblockBlock = Math.floor(1024 / blockSize)
  if (!isMeta(geometry, index)) return superblockBlock + index + 1
  const group = index * descriptorsPerBlock(geometry)
  const behindSuperblock = hasSuperblock(geometry, group) ? 1 : 0
  const behindBoot = blockSize === 1024 && index === 0 && block.firstDataBlock === 0 ? 1 : 0
  return firstBlockOf(geometry, group) + behindSuperblock + behindBoot
}

/** Whether a group begins with a copy of the superblock (kernel: ext4_bg_has_super). */
export function hasSuperblock({ block }: Geometry, group: number): boolean {
  if (group === 0) return true
  if ((block.featureCompat & FEATURES.compat.sparse_super2) !== 0) {
    return group === block.backupGroup1 || group === block.backupGroup2
  }
  if ((block.featureRoCompat & FEATURES.roCompat.sparse_super) === 0 || group === 1) return true
  return group % 2 === 1 && (isPowerOf(group, 3) || isPowerOf(group, 5) || isPowerOf(group, 7))
}

function isPowerOf(value: number, base: number): boolean {
  let power = base
  while (power < value) power *= base
  return power === value
}
