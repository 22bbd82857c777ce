import { chunkExtents, chunkListOf } from './chunk-indexes.ts'
import { encodedExtents, extentListOf } from './encoded-extents.ts'
import { flatExtents } from './flat-data.ts'
import type { Inode } from './inode.ts'
import { indexAreaOf } from './lcluster-index.ts'
import { readMapHeader } from './map-header.ts'
import type { MappedExtent } from './mapped-extent.ts'
import { fragmentExtent, pclusterExtents } from './pclusters.ts'
import type { Volume } from './volume.ts'

/**
 * The extents of an inode's content, in order. Their lengths add up to the size of the inode.
 * @throws {FormatError} when the map of the content is damaged
 */
export function* mappedExtents(volume: Volume, inode: Inode): Generator<MappedExtent> {
  if (inode.size === 0) return
  switch (inode.layout) {
    case 'flat plain':
    case 'flat inline':
      yield* flatExtents(volume, inode)
      return
    case 'chunk based':
      yield* chunkExtents(volume, inode)
      return
    case 'compressed full':
    case 'compressed compact': {
      const header = readMapHeader(volume, inode)
      if (header.isFragment) yield fragmentExtent(0, inode.size, header.fragmentoff)
      else if (header.extentSize > 0) yield* encodedExtents(volume, inode, header)
      else yield* pclusterExtents(volume, inode, header)
    }
  }
}

/** The map of an inode's content: where it ends, and of how many elements it consists. */
export interface ContentMap {
  /** Where the metadata of the inode ends: behind its attributes and its map. Inline data follows. Bytes. */
  readonly end: number
  readonly elements: number
}

/** @throws {FormatError} when the map does not lie in the source */
export function contentMapOf(volume: Volume, inode: Inode): ContentMap {
  const { layout, size, dataOffset } = inode
  if (size === 0 || layout === 'flat plain' || layout === 'flat inline') return { end: dataOffset, elements: 1 }
  if (layout === 'chunk based') {
    const { offset, length, count } = chunkListOf(volume, inode)
    return { end: offset + length, elements: count }
  }
  const header = readMapHeader(volume, inode)
  if (header.isFragment) return { end: header.end, elements: 1 }
  const { end, count } = header.extentSize > 0 ? extentListOf(inode, header) : indexAreaOf(inode, header)
  return { end, elements: count }
}
