import { type FormatError, hex } from '../bytes/errors.ts'
import { formatError } from '../bytes/source.ts'
import type { Inode } from './inode.ts'
import { ADVISE, type MapHeader } from './map-header.ts'

/** Types of logical clusters (erofs_fs.h: Z_EROFS_LCLUSTER_TYPE_PLAIN and so on). */
export const PLAIN = 0
export const HEAD1 = 1
export const NONHEAD = 2
export const HEAD2 = 3

/** The low bits of a NONHEAD count blocks of its pcluster, not clusters (erofs_fs.h: Z_EROFS_LI_D0_CBLKCNT). */
const CBLKCNT = 1 << 11
/** A HEAD of a pcluster of which another file has more (erofs_fs.h: Z_EROFS_LI_PARTIAL_REF). */
const PARTIAL_REF = 1 << 15

/** The index of one logical cluster. */
export interface Lcluster {
  readonly type: number
  /** For a head: where its extent begins in the cluster, in bytes. */
  readonly clusterofs: number
  /** For a head: the first block of its pcluster. */
  readonly blkaddr: number
  /** For the first cluster after a head: the blocks of the pcluster, if they are written there; else 0. */
  readonly cblkcnt: number
  readonly isPartial: boolean
}

/** Where the indexes of a file lie, in bytes of the inode's source. */
export interface IndexArea {
  readonly start: number
  readonly end: number
  readonly count: number
  /** The parts of compact indexes: packs of 2 indexes in 8 bytes, of 16 in 32 bytes, and of 2 again. */
  readonly initial4b: number
  readonly compact2b: number
}

/** @throws {FormatError} TRUNCATED when the indexes leave the source, UNSUPPORTED for clusters that have no compact form */
export function indexAreaOf(inode: Inode, header: MapHeader): IndexArea {
  const { size, layout, source } = inode
  const count = Math.ceil(size / 2 ** header.lclusterbits)
  let area: IndexArea
  if (layout === 'compressed full') {
    // Z_EROFS_FULL_INDEX_START: 8 reserved bytes follow the header.
    const start = header.end + 8
    area = { start, end: start + count * 8, count, initial4b: 0, compact2b: 0 }
  } else {
    if (header.lclusterbits > 14) throw notCompact(inode, header)
    const start = header.end
    // The packs of 32 bytes are aligned to 32 bytes.
    const before = ((32 - (start % 32)) / 4) & 7
    const has2b = (header.advise & ADVISE.compacted2b) !== 0
    if (has2b && header.lclusterbits > 12) throw notCompact(inode, header)
    const initial4b = Math.min(before, count)
    const compact2b = has2b && before < count ? Math.floor((count - before) / 16) * 16 : 0
    const rest = count - initial4b - compact2b
    const end = start + Math.ceil(initial4b / 2) * 8 + compact2b * 2 + Math.ceil(rest / 2) * 8
    area = { start, end, count, initial4b, compact2b }
  }
  if (area.end <= source.size) return area
  throw formatError('TRUNCATED', 'the indexes of its clusters do not lie in the file', source, {
    structure: `inode ${inode.nid}`,
    offset: Math.min(area.start, source.size),
    field: 'i_size',
    found: `${count} clusters`,
    expected: `indexes up to ${source.size}`,
  })
}

function notCompact(inode: Inode, { lclusterbits }: MapHeader): FormatError {
  return formatError('UNSUPPORTED', 'compact indexes have no form for clusters of this size', inode.source, {
    structure: `inode ${inode.nid}`,
    offset: inode.offset,
    field: 'h_clusterbits',
    found: 2 ** lclusterbits,
    expected: 'at most 16384',
  })
}

/** The indexes of a file, in order. @throws {FormatError} MALFORMED for an offset outside its cluster */
export function* lclustersOf(inode: Inode, header: MapHeader, area: IndexArea): Generator<Lcluster> {
  if (area.count === 0) return
  const bytes = inode.source.read(area.start, area.end - area.start)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let index = 0
  const read = inode.layout === 'compressed full' ? fullIndexes(view, area) : compactIndexes(view, area, header)
  for (const lcluster of read) {
    if (lcluster.type !== NONHEAD && lcluster.clusterofs >= 2 ** header.lclusterbits) {
      throw formatError('MALFORMED', 'an extent begins outside its cluster', inode.source, {
        structure: `inode ${inode.nid}, cluster ${index}`,
        offset: area.start,
        field: 'di_clusterofs',
        found: hex(lcluster.clusterofs),
        expected: `below ${hex(2 ** header.lclusterbits)}`,
      })
    }
    yield lcluster
    index += 1
  }
}

/** Indexes of 8 bytes (erofs_fs.h: struct z_erofs_lcluster_index). */
function* fullIndexes(view: DataView, { count }: IndexArea): Generator<Lcluster> {
  for (let index = 0; index < count; index += 1) {
    const advise = view.getUint16(index * 8, true)
    const type = advise & 3
    const delta = view.getUint16(index * 8 + 4, true)
    const isHead = type !== NONHEAD
    yield {
      type,
      clusterofs: isHead ? view.getUint16(index * 8 + 2, true) : 0,
      blkaddr: isHead ? view.getUint32(index * 8 + 4, true) : 0,
      cblkcnt: !isHead && (delta & CBLKCNT) !== 0 ? delta & ~CBLKCNT : 0,
      isPartial: isHead && (advise & PARTIAL_REF) !== 0,
    }
  }
}

function* compactIndexes(view: DataView, area: IndexArea, { lclusterbits, advise }: MapHeader): Generator<Lcluster> {
  const isBig = (advise & ADVISE.bigPcluster1) !== 0
  // An index has room for the flag CBLKCNT, also where clusters are small.
  const lowBits = Math.max(lclusterbits, 12)
  let left = area.count
  let at = 0
  const packs = function* (indexes: number, perPack: number, packSize: number): Generator<Lcluster> {
    for (let done = 0; done < indexes; done += perPack) {
      const inPack = Math.min(perPack, indexes - done)
      yield* packIndexes(view, at, inPack, perPack, packSize, lowBits, isBig)
      at += packSize
      left -= inPack
    }
  }
  yield* packs(area.initial4b, 2, 8)
  yield* packs(area.compact2b, 16, 32)
  yield* packs(left, 2, 8)
}

/**
 * The indexes of one pack: bit fields of equal width, then the block address that the pack counts from, 4 bytes
 * (kernel: unpack_compacted_index). The pclusters of its heads lie one after the other.
 */
function* packIndexes(
  view: DataView,
  start: number,
  count: number,
  perPack: number,
  packSize: number,
  lowBits: number,
  isBig: boolean,
): Generator<Lcluster> {
  const width = ((packSize - 4) * 8) / perPack
  const base = view.getUint32(start + packSize - 4, true)
  const field = (index: number): number => {
    const position = index * width
    // 14 bits lie within 3 bytes, and 16 bits within 2. The 4 bytes read are in the pack, because it ends with 4 more.
    return (view.getUint32(start + (position >> 3), true) >>> (position & 7)) & (2 ** width - 1)
  }
  // Without big pclusters, the address is that of the pcluster before the first head.
  let blocks = isBig ? 0 : 1
  let isAfterHead = false
  for (let index = 0; index < count; index += 1) {
    const word = field(index)
    const type = (word >>> lowBits) & 3
    const low = word & (2 ** lowBits - 1)
    if (type === NONHEAD) {
      const cblkcnt = (low & CBLKCNT) !== 0 ? low & ~CBLKCNT : 0
      // The head before it was counted as one block.
      if (cblkcnt > 0) blocks += cblkcnt - (isAfterHead ? 1 : 0)
      isAfterHead = false
      yield { type, clusterofs: 0, blkaddr: 0, cblkcnt, isPartial: false }
    } else {
      yield { type, clusterofs: low, blkaddr: base + blocks, cblkcnt: 0, isPartial: false }
      blocks += 1
      isAfterHead = true
    }
  }
}
