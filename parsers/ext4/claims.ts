import { asFormatError, FormatError } from '../bytes/errors.ts'
import type { ExtentMap } from '../bytes/extents.ts'
import { atLimit, type Limits } from '../bytes/limits.ts'
import type { OwnerSet } from '../bytes/owner-sets.ts'
import type { Problems } from '../bytes/problems.ts'
import { formatError } from '../bytes/source.ts'
import { type FileTree, hardLinksOf } from '../image.ts'
import { blockRuns } from './block-bitmaps.ts'
import { inlineExtents, isFastSymlink, isInline } from './content.ts'
import { FEATURES } from './features.ts'
import type { Groups } from './groups.ts'
import type { Inode, InodeReader } from './inode.ts'
import { mappings } from './mapping.ts'
import { RESIZE_INODE, specialInodes } from './special-inodes.ts'
import type { Geometry } from './superblock.ts'
import { claimTables } from './table-claims.ts'
import type { Volume } from './volume.ts'
import { storedXattrs } from './xattr.ts'

/** The parts of a file system that claims need. */
export interface Ext4Parts extends Volume {
  readonly groups: Groups
  readonly inodes: InodeReader
  readonly tree: FileTree
  readonly limits: Limits
}

/** Claims the blocks of files, and what of a file lies in its inode. */
export function claimContent(parts: Ext4Parts, map: ExtentMap, problems: Problems): void {
  const { source, geometry, tree, limits } = parts
  const { blockSize } = geometry
  const budget = extentBudget(parts)
  for (const [index, owner] of owners(parts, map)) {
    if (tree.typeOf(index) !== 'file') continue
    try {
      const inode = parts.inodes.read(tree.identities[index]!)
      if (inode.type !== 'file') continue
      if (isInline(inode)) {
        for (const { offset, length } of inlineExtents(parts, inode)) map.claimContent(offset, length, owner)
        continue
      }
      for (const { physical, count } of mappings(parts, inode, () => {})) {
        budget.left -= 1
        if (budget.left < 0) {
          const detail = 'block lists that overlap each other, or too many, are left out'
          const place = { structure: `inode ${inode.number}`, offset: inode.offset, ...atLimit(limits, 'blocks') }
          problems.damage(formatError('LIMIT', detail, source, place))
          return
        }
        const [start, length] = clusters(geometry, physical, count)
        map.claimContent(start, length, owner)
        const end = (physical + count) * blockSize
        if (end > source.size) {
          problems.lose('TRUNCATED', 'the file ends before the content of a file in it does', {
            structure: `inode ${inode.number}`,
            offset: inode.offset,
            found: source.size,
            expected: end,
          })
        }
      }
    } catch (error) {
      // If the inode itself is damaged, we reported it when we read the tree.
      problems.damage(asFormatError(error))
    }
  }
}

/**
 * Claims all else: tables, the inodes of entries and the blocks of their trees, directories, targets and attributes. What
 * no entry has is named by the block bitmaps.
 */
export function claimStructures(parts: Ext4Parts, map: ExtentMap, complete: boolean): void {
  const { source, geometry, tree, groups } = parts
  const { blockSize, blocksCount } = geometry
  claimTables(parts, groups, map)
  const budget = extentBudget(parts)
  const values = new Map<number, OwnerSet[]>()
  for (const [index, owner] of owners(parts, map)) {
    attempt(() => {
      const inode = parts.inodes.read(tree.identities[index]!)
      if (inode.type === undefined) return
      map.claimContent(inode.offset, inode.bytes.length, owner)
      claimBlocks(parts, inode, budget, (start, length, isTree) => {
        if (isTree || inode.type !== 'file') map.claimContent(start, length, owner)
      })
    })
    attempt(() => claimXattrs(parts, parts.inodes.read(tree.identities[index]!), map, owner, values))
  }
  claimValues(parts, map, values, budget)
  for (const [number, name] of specialInodes(geometry.block)) {
    attempt(() => {
      const inode = parts.inodes.read(number)
      if (inode.type === undefined && number !== RESIZE_INODE) return
      // The blocks that the resize inode maps are those behind the group descriptors, which are claimed already.
      claimBlocks(parts, inode, budget, (start, length, isTree) => {
        if (isTree || number !== RESIZE_INODE) map.claimStructure(start, length, name)
      })
    })
  }
  const inUse = complete
    ? (['structure', 'allocated, in no file'] as const)
    : (['unreadable', 'ext4 content that cannot be read'] as const)
  const end = blocksCount * blockSize
  // The map joins backgrounds of one name that are added one after the other.
  for (const isFree of [true, false]) {
    for (const run of blockRuns(parts, groups)) {
      if (run.isFree !== isFree) continue
      const [kind, name] = isFree ? (['structure', 'free blocks'] as const) : inUse
      map.addBackground(run.start * blockSize, (run.end - run.start) * blockSize, kind, name)
    }
  }
  if (!complete) map.addBackground(0, end, 'unreadable', 'ext4 content that cannot be read')
  map.addBackground(end, source.size - end, 'gap', 'bytes after the file system')
}

/** Mappings that we may still claim. Inodes share no blocks, and a mapping has at least one. */
interface Budget {
  left: number
}

function extentBudget({ source, geometry, limits }: Ext4Parts): Budget {
  // With `shared_blocks`, Android's deduplication, several inodes have one block.
  const isShared = (geometry.block.featureRoCompat & FEATURES.roCompat.shared_blocks) !== 0
  const blocks = Math.ceil(source.size / geometry.blockSize)
  return { left: Math.min(isShared ? 64 * blocks : blocks, limits.blocks) + 1024 }
}

/** The first entry of each inode in the tree, with all entries of that inode as owners. */
function* owners({ tree }: Ext4Parts, map: ExtentMap): Generator<[index: number, owner: OwnerSet]> {
  const links = hardLinksOf(tree)
  for (let index = 0; index < tree.count; index += 1) {
    const names = links.size === 0 ? undefined : links.get(tree.identities[index]!)
    if (names === undefined) yield [index, index]
    else if (names[0] === index) yield [index, map.owners.setOf(names)]
  }
}

/** Gives `claim` the blocks of an inode, and those of its tree or map. Content in the inode has no blocks. */
function claimBlocks(
  parts: Ext4Parts,
  inode: Inode,
  budget: Budget,
  claim: (start: number, length: number, isTree: boolean) => void,
): void {
  const { blockSize } = parts.geometry
  const hasBlocks = inode.type === 'file' || inode.type === 'directory' || inode.type === 'symlink'
  if ((!hasBlocks && inode.number !== RESIZE_INODE) || isInline(inode) || isFastSymlink(inode)) return
  const visit = (block: number): void => claim(block * blockSize, blockSize, true)
  for (const { physical, count } of mappings(parts, inode, visit)) {
    budget.left -= 1
    if (budget.left < 0) return
    claim(...clusters(parts.geometry, physical, count), false)
  }
}

/** Where blocks of a file lie, in bytes, with the rest of their clusters, which no other file can have (`bigalloc`). */
function clusters({ blockSize, clusterBlocks, block }: Geometry, physical: number, count: number): [number, number] {
  const first = block.firstDataBlock
  const start = first + Math.floor((physical - first) / clusterBlocks) * clusterBlocks
  const end = first + Math.ceil((physical + count - first) / clusterBlocks) * clusterBlocks
  return [start * blockSize, (end - start) * blockSize]
}

/** Claims the block of attributes, which several inodes may share, and notes the inodes that hold values. */
function claimXattrs(
  parts: Ext4Parts,
  inode: Inode,
  map: ExtentMap,
  owner: OwnerSet,
  values: Map<number, OwnerSet[]>,
): void {
  const { geometry } = parts
  if (inode.xattrBlock > geometry.block.firstDataBlock && inode.xattrBlock < geometry.blocksCount) {
    map.claimContent(inode.xattrBlock * geometry.blockSize, geometry.blockSize, owner)
  }
  if ((geometry.block.featureIncompat & FEATURES.incompat.ea_inode) === 0) return
  for (const { valueInode } of storedXattrs(parts, inode)) {
    if (valueInode === 0) continue
    const known = values.get(valueInode)
    if (known === undefined) values.set(valueInode, [owner])
    else known.push(owner)
  }
}

/** Claims the inodes that hold values of attributes, and their blocks, for the entries with these attributes. */
function claimValues(
  parts: Ext4Parts,
  map: ExtentMap,
  values: ReadonlyMap<number, readonly OwnerSet[]>,
  budget: Budget,
): void {
  for (const [number, sets] of values) {
    attempt(() => {
      const inode = parts.inodes.read(number)
      const owner = map.owners.setOf([...new Set(sets.flatMap((set) => [...map.owners.members(set)]))])
      map.claimContent(inode.offset, inode.bytes.length, owner)
      claimBlocks(parts, inode, budget, (start, length) => map.claimContent(start, length, owner))
    })
  }
}

/** Does what damage may interrupt. We reported the damage when we read the tree, or claimed contents. */
function attempt(claim: () => void): void {
  try {
    claim()
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
  }
}
