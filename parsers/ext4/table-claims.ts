import type { ExtentMap } from '../bytes/extents.ts'
import { FEATURES } from './features.ts'
import { descriptorBlock, descriptorsPerBlock, firstBlockOf, type Groups, hasSuperblock, isMeta } from './groups.ts'
import { SUPERBLOCK, superblock } from './superblock.ts'
import type { Volume } from './volume.ts'

/**
 * Claims the superblock, the group descriptors, their copies, and the bitmaps; names the inode tables, of whose inodes the
 * entries claim their own (kernel: Documentation/filesystems/ext4, "Layout").
 */
export function claimTables(volume: Volume, groups: Groups, map: ExtentMap): void {
  const { geometry } = volume
  const { block, blockSize, inodeSize } = geometry
  const claim = (first: number, count: number, name: string): void =>
    map.claimStructure(first * blockSize, count * blockSize, name)
  map.claimStructure(SUPERBLOCK, superblock.size, 'superblock')
  // Blocks larger than 1 KiB have the boot loader and the superblock in one block.
  map.addBackground(0, SUPERBLOCK, 'gap', 'boot loader')
  const behind = SUPERBLOCK + superblock.size
  map.addBackground(behind, blockSize - behind, 'gap', 'bytes after the superblock')
  const perBlock = descriptorsPerBlock(geometry)
  const descriptorBlocks = Math.ceil(geometry.groups / perBlock)
  const isMetaBg = isMeta(geometry, block.firstMetaBg)
  // With meta_bg, only the first blocks of descriptors lie behind each superblock, and none are reserved.
  const behindSuperblock = isMetaBg ? Math.min(block.firstMetaBg, descriptorBlocks) : descriptorBlocks
  const hasReserved = (block.featureCompat & FEATURES.compat.resize_inode) !== 0
  const reserved = hasReserved ? block.reservedGdtBlocks : 0
  for (let group = 0; group < groups.count; group += 1) {
    const first = group === 0 ? Math.floor(SUPERBLOCK / blockSize) : firstBlockOf(geometry, group)
    if (hasSuperblock(geometry, group)) {
      if (group > 0) claim(first, 1, 'superblock copies')
      claim(first + 1, behindSuperblock, group === 0 ? 'group descriptors' : 'group descriptor copies')
      claim(first + 1 + behindSuperblock, reserved, 'reserved group descriptors')
    }
    const index = Math.floor(group / perBlock)
    if (isMeta(geometry, index)) {
      // The descriptors are in the first group that they describe; copies are in the second and the last one.
      const within = group - index * perBlock
      if (within === 0) claim(descriptorBlock(geometry, index), 1, 'group descriptors')
      else if (within === 1 || within === perBlock - 1) {
        claim(first + (hasSuperblock(geometry, group) ? 1 : 0), 1, 'group descriptor copies')
      }
    }
    claim(groups.blockBitmaps[group]!, 1, 'block bitmaps')
    claim(groups.inodeBitmaps[group]!, 1, 'inode bitmaps')
    const table = groups.inodeTables[group]! * blockSize
    map.addBackground(table, block.inodesPerGroup * inodeSize, 'structure', 'unused inodes')
  }
  if ((block.featureIncompat & FEATURES.incompat.mmp) !== 0) claim(block.mmpBlock, 1, 'multiple mount protection')
}
