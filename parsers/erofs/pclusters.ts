import type { FormatError } from '../bytes/errors.ts'
import { formatError } from '../bytes/source.ts'
import type { Inode } from './inode.ts'
import { HEAD2, type IndexArea, indexAreaOf, type Lcluster, lclustersOf, NONHEAD, PLAIN } from './lcluster-index.ts'
import { ADVISE, type MapHeader } from './map-header.ts'
import type { Encoding, MappedExtent } from './mapped-extent.ts'
import type { Volume } from './volume.ts'

/** The most bytes of a pcluster, stored and decompressed (erofs_fs.h: Z_EROFS_PCLUSTER_MAX_SIZE, MAX_DSIZE). */
export const PCLUSTER_MAX_SIZE: number = 1 << 20
export const PCLUSTER_MAX_DSIZE: number = 12 << 20

/** A head whose end is not known yet. */
interface Head extends Lcluster {
  readonly at: number
  /** Blocks of its pcluster. */
  blocks: number
}

/**
 * The extents of a file with logical clusters, one for each pcluster. An extent ends where the next one begins
 * (kernel: z_erofs_map_blocks_fo). The last one may be inline, or a fragment.
 * @throws {FormatError} when the indexes are impossible
 */
export function* pclusterExtents(volume: Volume, inode: Inode, header: MapHeader): Generator<MappedExtent> {
  const { lclusterbits, advise } = header
  const area = indexAreaOf(inode, header)
  const clusterSize = 2 ** lclusterbits
  const blocksPerCluster = clusterSize / volume.blockSize
  let head: Head | undefined
  let index = 0
  let follows = false
  for (const lcluster of lclustersOf(inode, header, area)) {
    if (lcluster.type === NONHEAD) {
      if (head === undefined) throw malformed(inode, area, index, 'its first cluster has no head')
      if (follows) head.blocks = blocksOf(inode, area, index, header, head, lcluster, blocksPerCluster)
      follows = false
    } else {
      const at = index * clusterSize + lcluster.clusterofs
      if (head === undefined && at > 0) throw malformed(inode, area, index, 'its first extent does not begin at 0')
      // A writer may mark the end of the file by a head.
      if (at >= inode.size) break
      if (head !== undefined) yield extentOf(volume, inode, header, head, at)
      head = { ...lcluster, at, blocks: blocksPerCluster }
      follows = true
    }
    index += 1
  }
  if (head === undefined) return
  if ((advise & ADVISE.inlinePcluster) !== 0) yield inlineExtent(volume, inode, header, area, head)
  else if ((advise & ADVISE.fragmentPcluster) !== 0) {
    // Full indexes have the upper bits of the offset in place of a block.
    const upper = inode.layout === 'compressed full' ? head.blkaddr * 2 ** 32 : 0
    yield fragmentExtent(head.at, inode.size - head.at, header.fragmentoff + upper)
  } else yield extentOf(volume, inode, header, head, inode.size)
}

/** An extent in the packed inode. */
export function fragmentExtent(at: number, length: number, offset: number): MappedExtent {
  return { at, length, encoding: 'fragment', offset, storedLength: 0, device: 0, isPartial: false }
}

/** The blocks of a pcluster, from the cluster after its head (kernel: z_erofs_get_extent_compressedlen). */
function blocksOf(
  inode: Inode,
  area: IndexArea,
  index: number,
  { advise }: MapHeader,
  head: Head,
  { cblkcnt }: Lcluster,
  blocksPerCluster: number,
): number {
  const isBig = (advise & (head.type === HEAD2 ? ADVISE.bigPcluster2 : ADVISE.bigPcluster1)) !== 0
  if (!isBig && cblkcnt === 0) return blocksPerCluster
  if (!isBig) throw malformed(inode, area, index, 'it has a big pcluster, and its header says that there is none')
  if (cblkcnt === 0) throw malformed(inode, area, index, 'the size of its pcluster is missing')
  return cblkcnt
}

function extentOf(volume: Volume, inode: Inode, header: MapHeader, head: Head, end: number): MappedExtent {
  const { blockSize } = volume
  const storedLength = head.blocks * blockSize
  const length = end - head.at
  const encoding = encodingOf(header, head)
  const isStored = encoding === 'plain' || encoding === 'interlaced'
  const limit = isStored ? storedLength : PCLUSTER_MAX_DSIZE
  if (storedLength > PCLUSTER_MAX_SIZE || length > limit) {
    throw formatError('MALFORMED', 'a pcluster has more content than it can', inode.source, {
      structure: `inode ${inode.nid}`,
      offset: inode.offset,
      found: `${length} bytes in ${storedLength}`,
      expected: `at most ${limit} in ${PCLUSTER_MAX_SIZE}`,
    })
  }
  const { at, blkaddr, isPartial } = head
  return { at, length, encoding, offset: blkaddr * blockSize, storedLength, device: 0, isPartial }
}

function encodingOf({ advise, algorithms }: MapHeader, { type }: Lcluster): Encoding {
  if (type === PLAIN) return (advise & ADVISE.interlacedPcluster) !== 0 ? 'interlaced' : 'plain'
  return algorithms[type === HEAD2 ? 1 : 0]
}

/** The pcluster of a tail, directly behind the indexes (feature ztailpacking). */
function inlineExtent(volume: Volume, inode: Inode, header: MapHeader, area: IndexArea, head: Head): MappedExtent {
  const { blockSize } = volume
  const { source, size, nid } = inode
  const offset = area.end
  const storedLength = header.idataSize
  const length = size - head.at
  const encoding = head.type === PLAIN ? 'plain' : encodingOf(header, head)
  const isTooLong = length > (encoding === 'plain' ? storedLength : PCLUSTER_MAX_DSIZE)
  if (storedLength === 0 || (offset % blockSize) + storedLength > blockSize || isTooLong) {
    throw formatError('MALFORMED', 'the size of its inline pcluster is invalid', source, {
      structure: `inode ${nid}`,
      offset,
      field: 'h_idata_size',
      found: storedLength,
      expected: `1 to ${blockSize - (offset % blockSize)}`,
    })
  }
  const { at, isPartial } = head
  return { at, length, encoding, offset, storedLength, device: 0, isPartial, inlineIn: source }
}

function malformed(inode: Inode, area: IndexArea, index: number, detail: string): FormatError {
  const structure = `inode ${inode.nid}, cluster ${index}`
  return formatError('MALFORMED', detail, inode.source, { structure, offset: area.start })
}
