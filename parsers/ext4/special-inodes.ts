import type { Superblock } from './superblock.ts'

/** The inodes that no directory has, with the names of what they hold (kernel: "Special inodes"). */
export function specialInodes(block: Superblock): ReadonlyMap<number, string> {
  const named: [number, string][] = [
    [1, 'bad blocks'],
    [3, 'quota'],
    [4, 'quota'],
    [5, 'boot loader'],
    [RESIZE_INODE, 'reserved group descriptors'],
    [8, 'journal'],
    [block.journalInode, 'journal'],
    [block.projectQuotaInode, 'quota'],
    [block.orphanFileInode, 'orphan file'],
  ]
  return new Map(named.filter(([number]) => number > 0))
}

/** The inode that keeps blocks behind the group descriptors free, for a larger file system. */
export const RESIZE_INODE = 7
