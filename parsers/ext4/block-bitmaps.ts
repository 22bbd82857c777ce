import { firstBlockOf, type Groups } from './groups.ts'
import type { Volume } from './volume.ts'

/** Consecutive blocks that the block bitmaps call free, or allocated. */
export interface BlockRun {
  readonly start: number
  readonly end: number
  readonly isFree: boolean
}

/**
 * The blocks of a file system as its bitmaps have them (kernel: Documentation/filesystems/ext4, "Block and Inode
 * Bitmaps"), ascending. It leaves out groups whose bitmap lies outside the file.
 */
export function* blockRuns({ source, geometry }: Volume, groups: Groups): Generator<BlockRun> {
  const { block, blockSize, blocksCount, clusterBlocks } = geometry
  for (let group = 0; group < groups.count; group += 1) {
    const first = firstBlockOf(geometry, group)
    const end = Math.min(first + block.blocksPerGroup, blocksCount, Math.ceil(source.size / blockSize))
    if (first >= end) return
    // All blocks of such a group but its tables are free.
    if (groups.uninitialised[group] === 1) {
      yield { start: first, end, isFree: true }
      continue
    }
    const offset = groups.blockBitmaps[group]! * blockSize
    if (offset + blockSize > source.size) continue
    const bits = source.read(offset, blockSize)
    const isFree = (cluster: number): boolean => (bits[cluster >> 3]! & (1 << (cluster & 7))) === 0
    const clusters = Math.min(Math.ceil((end - first) / clusterBlocks), blockSize * 8)
    let from = 0
    for (let cluster = 1; cluster <= clusters; cluster += 1) {
      if (cluster < clusters && isFree(cluster) === isFree(from)) continue
      const runEnd = Math.min(first + cluster * clusterBlocks, end)
      yield { start: first + from * clusterBlocks, end: runEnd, isFree: isFree(from) }
      from = cluster
    }
  }
}
