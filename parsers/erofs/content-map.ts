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

/**
 * Where the metadata of an inode ends: behind its attributes and the map of its content. Inline data follows.
 * @throws {FormatError} when the map does not lie in the source
 */
export function metadataEnd(volume: Volume, inode: Inode): number {
  const { layout, size, dataOffset } = inode
  if (size === 0 || layout === 'flat plain' || layout === 'flat inline') return dataOffset
  if (layout === 'chunk based') {
    const { offset, length } = chunkListOf(volume, inode)
    return offset + length
  }
  const header = readMapHeader(volume, inode)
  if (header.isFragment) return header.end
  return header.extentSize > 0 ? extentListOf(inode, header).end : indexAreaOf(inode, header).end
}

/** How much of the image the map of an inode may read: a bound on the elements of all maps together. */
export function mapElements({ layout, size, chunkFormat }: Inode, blockSize: number): number {
  if (layout === 'flat plain' || layout === 'flat inline') return 1
  return Math.ceil(size / (layout === 'chunk based' ? blockSize * 2 ** (chunkFormat & 0x1f) : blockSize))
}
