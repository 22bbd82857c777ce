import { formatError } from '../bytes/source.ts'
import { I_BLOCK, type Inode } from './inode.ts'
import { checked, type Mapping, treeBlock, type Volume } from './volume.ts'

/** The pointers of an inode with a block map: 12 to blocks, then one to a block of pointers, and so on. */
const DIRECT = 12
const DEEPEST = 3

/** The blocks of a block map (kernel: Documentation/filesystems/ext4, "Direct/Indirect Block Addressing"). */
export function blockMap(volume: Volume, inode: Inode, visit: (block: number) => void): Iterable<Mapping> {
  return joined(pointers(volume, inode, visit))
}

function* pointers(volume: Volume, inode: Inode, visit: (block: number) => void): Generator<Mapping> {
  for (let index = 0; index < DIRECT; index += 1) {
    const physical = inode.view.getUint32(I_BLOCK + 4 * index, true)
    if (physical !== 0) yield checked(volume, inode, { logical: index, physical, count: 1, unwritten: false })
  }
  const seen = new Set<number>()
  let logical = DIRECT
  for (let depth = 1; depth <= DEEPEST; depth += 1) {
    const pointer = inode.view.getUint32(I_BLOCK + 4 * (DIRECT + depth - 1), true)
    if (pointer !== 0) yield* indirect(volume, inode, visit, seen, pointer, depth, logical)
    logical += (volume.geometry.blockSize / 4) ** depth
  }
}

/** The blocks below a block of pointers. The recursion has at most three levels. */
function* indirect(
  volume: Volume,
  inode: Inode,
  visit: (block: number) => void,
  seen: Set<number>,
  block: number,
  depth: number,
  first: number,
): Generator<Mapping> {
  const { source, geometry } = volume
  if (seen.has(block)) {
    throw formatError('MALFORMED', 'the block map has a block of pointers twice', source, {
      structure: `inode ${inode.number}`,
      offset: inode.offset + I_BLOCK,
      found: block,
    })
  }
  seen.add(block)
  const view = treeBlock(volume, inode, block)
  visit(block)
  const count = geometry.blockSize / 4
  const span = count ** (depth - 1)
  for (let index = 0; index < count; index += 1) {
    const physical = view.getUint32(4 * index, true)
    if (physical === 0) continue
    const logical = first + index * span
    if (depth > 1) yield* indirect(volume, inode, visit, seen, physical, depth - 1, logical)
    else yield checked(volume, inode, { logical, physical, count: 1, unwritten: false })
  }
}

/** Joins mappings that continue each other: a block map has one for each block. */
function* joined(parts: Iterable<Mapping>): Generator<Mapping> {
  let open: Mapping | undefined
  for (const part of parts) {
    const continues =
      open !== undefined && open.logical + open.count === part.logical && open.physical + open.count === part.physical
    if (open !== undefined && continues) open = { ...open, count: open.count + part.count }
    else {
      if (open !== undefined) yield open
      open = part
    }
  }
  if (open !== undefined) yield open
}
