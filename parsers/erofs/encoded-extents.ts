import type { FormatError } from '../bytes/errors.ts'
import { formatError } from '../bytes/source.ts'
import { ALGORITHMS } from './features.ts'
import type { Inode } from './inode.ts'
import { ADVISE, type MapHeader } from './map-header.ts'
import { type Encoding, holeExtent, type MappedExtent } from './mapped-extent.ts'
import { fragmentExtent, PCLUSTER_MAX_DSIZE, PCLUSTER_MAX_SIZE } from './pclusters.ts'
import type { Volume } from './volume.ts'

/** Parts of `plen` (erofs_fs.h: Z_EROFS_EXTENT_PLEN_PARTIAL and its neighbours). */
const PLEN_MASK = 2 * PCLUSTER_MAX_SIZE - 1
const PARTIAL = 2 ** 27
const FORMAT_SHIFT = 28

/** Where the list of encoded extents lies, in bytes of the inode's source. */
export interface ExtentList {
  readonly start: number
  readonly end: number
  readonly count: number
}

/** @throws {FormatError} TRUNCATED when the list leaves the source */
export function extentListOf(inode: Inode, { end, extentSize, extents, lclusterbits }: MapHeader): ExtentList {
  const start = Math.ceil(end / extentSize) * extentSize
  // Short records have no place in the file: there is one for each cluster. The shortest follow one physical address.
  const count = extentSize <= 8 ? Math.ceil(inode.size / 2 ** lclusterbits) : extents
  const listEnd = start + (extentSize === 4 ? 8 : 0) + count * extentSize
  if (listEnd <= inode.source.size) return { start, end: listEnd, count }
  throw formatError('TRUNCATED', 'the list of its extents does not lie in the file', inode.source, {
    structure: `inode ${inode.nid}`,
    offset: Math.min(start, inode.source.size),
    field: 'h_extents',
    found: count,
  })
}

/**
 * The extents of a file with a list of encoded extents (kernel: z_erofs_map_blocks_ext; erofs_fs.h: struct
 * z_erofs_extent). The format 48bit has them.
 * @throws {FormatError} when the list is impossible
 */
export function* encodedExtents(volume: Volume, inode: Inode, header: MapHeader): Generator<MappedExtent> {
  const { extentSize, advise, lclusterbits } = header
  const { start, end, count } = extentListOf(inode, header)
  if (inode.size === 0) return
  if (count === 0) yield holeExtent(0, inode.size)
  if (count === 0) return
  const bytes = inode.source.read(start, end - start)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const u32 = (at: number): number => view.getUint32(at, true)
  const first = extentSize === 4 ? 8 : 0
  let physical = first === 0 ? 0 : u32(0) + u32(4) * 2 ** 32
  const logicalOf = (index: number): number => {
    if (index === count) return inode.size
    const at = first + index * extentSize
    if (extentSize <= 8) return index * 2 ** lclusterbits
    return u32(at + 12) + (extentSize > 16 ? u32(at + 16) * 2 ** 32 : 0)
  }
  const before = logicalOf(0)
  if (before > 0) yield holeExtent(0, Math.min(before, inode.size))
  for (let index = 0; index < count; index += 1) {
    const record = first + index * extentSize
    const plen = u32(record)
    const at = logicalOf(index)
    const next = Math.min(logicalOf(index + 1), inode.size)
    if (at >= inode.size) return
    if (next <= at) throw malformed(inode, start, index, 'its extents are out of order')
    if (extentSize > 4) physical = u32(record + 4) + (extentSize > 8 ? u32(record + 8) * 2 ** 32 : 0)
    if (index === count - 1 && (advise & ADVISE.fragmentPcluster) !== 0) {
      // The record of a fragment has its offset in place of the length and the address.
      const upper = extentSize > 4 ? u32(record + 4) * 2 ** 32 : 0
      yield fragmentExtent(at, next - at, plen + upper)
    } else if (plen === 0) yield holeExtent(at, next - at)
    else yield extentOf(volume, inode, header, { start, index, at, length: next - at, plen, physical })
    if (extentSize === 4) physical += plen & PLEN_MASK
  }
}

interface ExtentRecord {
  readonly start: number
  readonly index: number
  readonly at: number
  readonly length: number
  readonly plen: number
  readonly physical: number
}

function extentOf(volume: Volume, inode: Inode, { advise }: MapHeader, record: ExtentRecord): MappedExtent {
  const { start, index, at, length, plen, physical: offset } = record
  const format = plen >>> FORMAT_SHIFT
  const storedLength = plen & PLEN_MASK
  const isInterlaced = (advise & ADVISE.interlacedPcluster) !== 0 && offset % volume.blockSize === 0
  const encoding: Encoding | undefined = format > 0 ? ALGORITHMS[format - 1] : isInterlaced ? 'interlaced' : 'plain'
  if (encoding === undefined) {
    throw formatError('UNSUPPORTED', 'a compression algorithm that we do not know', inode.source, {
      structure: `inode ${inode.nid}, extent ${index}`,
      offset: start,
      field: 'plen',
      found: format,
      expected: `at most ${ALGORITHMS.length}`,
    })
  }
  if (storedLength > PCLUSTER_MAX_SIZE || length > (format === 0 ? storedLength : PCLUSTER_MAX_DSIZE)) {
    throw malformed(inode, start, index, 'it has more content than it can')
  }
  const isPartial = (plen & PARTIAL) !== 0
  return { at, length, encoding, offset, storedLength, device: 0, isPartial }
}

function malformed(inode: Inode, start: number, index: number, detail: string): FormatError {
  return formatError('MALFORMED', detail, inode.source, {
    structure: `inode ${inode.nid}, extent ${index}`,
    offset: start,
  })
}
