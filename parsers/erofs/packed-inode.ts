import type { FormatError } from '../bytes/errors.ts'
import { atLimit } from '../bytes/limits.ts'
import { formatError } from '../bytes/source.ts'
import { contentMapOf, mappedExtents } from './content-map.ts'
import { type Inode, readInode } from './inode.ts'
import type { MappedExtent } from './mapped-extent.ts'
import type { Volume } from './volume.ts'

/** The inode whose content is the fragments of all files (feature fragments). */
export interface PackedInode {
  readonly inode: Inode
  /** The extents of its content, in order. */
  readonly extents: readonly MappedExtent[]
}

/** @throws {FormatError} when we cannot read it, or its map */
export function readPackedInode(volume: Volume, nid: number): PackedInode {
  const inode = readInode(volume, nid)
  const { elements } = contentMapOf(volume, inode)
  if (elements > volume.limits.blocks) {
    throw formatError('LIMIT', 'the packed inode has too many blocks', volume.source, {
      structure: `inode ${nid}`,
      offset: inode.offset,
      found: elements,
      ...atLimit(volume.limits, 'blocks'),
    })
  }
  const extents = [...mappedExtents(volume, inode)]
  if (extents.some(({ encoding }) => encoding === 'fragment')) {
    throw formatError('MALFORMED', 'the packed inode has a fragment', volume.source, {
      structure: `inode ${nid}`,
      offset: inode.offset,
    })
  }
  return { inode, extents }
}

/** A part of an extent. */
export interface ExtentPart {
  readonly extent: MappedExtent
  /** Bytes to skip at the front of the extent's content. */
  readonly skip: number
  readonly length: number
}

/**
 * The parts of the packed inode that hold a fragment.
 * @throws {FormatError} MALFORMED when the fragment leaves the packed inode
 */
export function* fragmentParts(
  volume: Volume,
  packed: PackedInode | undefined,
  fragment: MappedExtent,
): Generator<ExtentPart> {
  const { offset, length } = fragment
  if (packed === undefined || offset + length > packed.inode.size) throw outside(volume, packed, fragment)
  const { extents } = packed
  let index = extentBefore(extents, offset)
  for (let done = 0; done < length; index += 1) {
    const extent = extents[index]!
    const skip = offset + done - extent.at
    const count = Math.min(length - done, extent.length - skip)
    yield { extent, skip, length: count }
    done += count
  }
}

function outside({ source }: Volume, packed: PackedInode | undefined, { offset, length }: MappedExtent): FormatError {
  const detail =
    packed === undefined ? 'the packed inode cannot be read, and the content lies in it' : 'it leaves the packed inode'
  return formatError('MALFORMED', detail, source, {
    structure: 'fragment',
    offset: packed === undefined ? 0 : Math.min(packed.inode.offset, source.size),
    found: `${length} bytes at ${offset}`,
    ...(packed === undefined ? {} : { expected: `within ${packed.inode.size}` }),
  })
}

/** The index of the last extent that begins at or before an offset. */
function extentBefore(extents: readonly MappedExtent[], offset: number): number {
  let low = 0
  let high = extents.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (extents[middle]!.at <= offset) low = middle + 1
    else high = middle
  }
  return low - 1
}
