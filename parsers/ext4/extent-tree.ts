import { u16le, u32le } from '../bytes/fields.ts'
import { formatError } from '../bytes/source.ts'
import { type Struct, struct } from '../bytes/struct.ts'
import { I_BLOCK, I_BLOCK_SIZE, type Inode } from './inode.ts'
import { checked, type Mapping, treeBlock, type Volume } from './volume.ts'

const MAGIC = 0xf30a
/** The deepest tree: 5 levels of index blocks reach all block numbers of 32 bits. */
const MAX_DEPTH = 5
/** A length above this means that the extent is not written; the length is what is above it. */
const LONGEST = 32_768

const headerFields = { magic: u16le, entries: u16le, max: u16le, depth: u16le, generation: u32le }
/** The header of a node (kernel: Documentation/filesystems/ext4, "Extent Tree"). */
export const extentHeader: Struct<typeof headerFields> = struct('extent header', headerFields)

const indexFields = { block: u32le, leafLo: u32le, leafHi: u16le, unused: u16le }
const extentIndex: Struct<typeof indexFields> = struct('extent index', indexFields)

const extentFields = { block: u32le, length: u16le, startHi: u16le, startLo: u32le }
const extent: Struct<typeof extentFields> = struct('extent', extentFields)

/** A walk through a tree: how far it has come. The order of extents bounds it, because each must lie after the last. */
interface Progress {
  /** The first block of the file that the next extent may have. */
  next: number
}

/**
 * The extents of an inode. A node below the root has at least one extent, and extents ascend. So no node can be read
 * twice, and the work is bounded by the file.
 */
export function* extentTree(volume: Volume, inode: Inode, visit: (block: number) => void): Generator<Mapping> {
  const { buffer, byteOffset } = inode.view
  const root = new DataView(buffer, byteOffset + I_BLOCK, I_BLOCK_SIZE)
  const { depth } = extentHeader.from(root, 0)
  if (depth > MAX_DEPTH) {
    throw damage(volume, inode, 'the extent tree is deeper than the format allows', depth, `at most ${MAX_DEPTH}`)
  }
  yield* node(volume, inode, visit, root, depth, { next: 0 })
}

/** The extents below a node. The recursion has at most six levels. */
function* node(
  volume: Volume,
  inode: Inode,
  visit: (block: number) => void,
  view: DataView,
  depth: number,
  progress: Progress,
): Generator<Mapping> {
  const header = extentHeader.from(view, 0)
  const room = Math.floor((view.byteLength - extentHeader.size) / extent.size)
  if (header.magic !== MAGIC) {
    throw damage(volume, inode, 'a node of the extent tree has no magic number', header.magic, MAGIC)
  }
  if (header.depth !== depth)
    throw damage(volume, inode, 'a node of the extent tree is at a wrong depth', header.depth, depth)
  if (header.entries > room) {
    throw damage(
      volume,
      inode,
      'a node of the extent tree has more entries than room',
      header.entries,
      `at most ${room}`,
    )
  }
  for (let index = 0; index < header.entries; index += 1) {
    const at = extentHeader.size + index * extent.size
    if (depth === 0) yield checked(volume, inode, leafEntry(volume, inode, view, at, progress))
    else {
      const { leafLo, leafHi } = extentIndex.from(view, at)
      const block = leafLo + leafHi * 2 ** 32
      const below = treeBlock(volume, inode, block)
      visit(block)
      const { next } = progress
      yield* node(volume, inode, visit, below, depth - 1, progress)
      if (progress.next === next) throw damage(volume, inode, 'a node of the extent tree is empty', block, 'extents')
    }
  }
}

function leafEntry(volume: Volume, inode: Inode, view: DataView, at: number, progress: Progress): Mapping {
  const { block: logical, length, startHi, startLo } = extent.from(view, at)
  const unwritten = length > LONGEST
  const count = unwritten ? length - LONGEST : length
  if (count === 0) throw damage(volume, inode, 'an extent has no blocks', 0, `from 1 to ${LONGEST}`)
  if (logical < progress.next) {
    throw damage(volume, inode, 'the extents are out of order', logical, `at least ${progress.next}`)
  }
  progress.next = logical + count
  return { logical, physical: startLo + startHi * 2 ** 32, count, unwritten }
}

function damage({ source }: Volume, inode: Inode, detail: string, found: number, expected: number | string): Error {
  const place = { structure: `inode ${inode.number}`, offset: inode.offset + I_BLOCK, found, expected }
  return formatError('MALFORMED', detail, source, place)
}
