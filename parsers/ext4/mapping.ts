import { blockMap } from './block-map.ts'
import { extentTree } from './extent-tree.ts'
import { INODE_FLAGS, type Inode } from './inode.ts'
import type { Mapping, Volume } from './volume.ts'

/**
 * The blocks of an inode, ascending, from its extent tree or its block map.
 * @param visit receives each block that holds a part of the tree or map
 * @throws {FormatError} MALFORMED or TRUNCATED where the tree or map is damaged; what came before is right
 */
export function mappings(volume: Volume, inode: Inode, visit: (block: number) => void): Iterable<Mapping> {
  const isTree = (inode.flags & INODE_FLAGS.extents) !== 0
  return isTree ? extentTree(volume, inode, visit) : blockMap(volume, inode, visit)
}
