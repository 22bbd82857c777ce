import { type FormatError, hex } from '../bytes/errors.ts'
import { u8, u16le, u32le } from '../bytes/fields.ts'
import { checkRange, formatError } from '../bytes/source.ts'
import { type Struct, struct } from '../bytes/struct.ts'
import { ALGORITHMS, type Algorithm } from './features.ts'
import type { Inode } from './inode.ts'
import type { Volume } from './volume.ts'

const fields = {
  /** The offset of a fragment. Its upper half is the size of inline data. With extents: their number. */
  fragmentoff: u32le,
  advise: u16le,
  algorithmtype: u8,
  clusterbits: u8,
}

/** The header of the map of compressed data (erofs_fs.h: struct z_erofs_map_header). */
const mapHeader: Struct<typeof fields> = struct('map header', fields)

/** `h_advise` (erofs_fs.h: Z_EROFS_ADVISE_COMPACTED_2B and its neighbours). */
// biome-ignore format: one flag a line
export const ADVISE = {
  compacted2b:        0x01,
  /** The same bit, in the layout `compressed full`. */
  extents:            0x01,
  bigPcluster1:       0x02,
  bigPcluster2:       0x04,
  inlinePcluster:     0x08,
  interlacedPcluster: 0x10,
  fragmentPcluster:   0x20,
} as const

/** The header, read for its inode. */
export interface MapHeader {
  /** Where the header ends, in bytes. */
  readonly end: number
  readonly advise: number
  /** The algorithms of the types HEAD1 and HEAD2. */
  readonly algorithms: readonly [Algorithm, Algorithm]
  /** The bits of an offset in a logical cluster. */
  readonly lclusterbits: number
  /** Bytes of the inline pcluster, if there is one. */
  readonly idataSize: number
  /** The offset of the fragment in the packed inode, or its lower bits. */
  readonly fragmentoff: number
  /** The whole file is a fragment. */
  readonly isFragment: boolean
  /** The map is a list of encoded extents, of as many bytes each; 0 if it has logical clusters. */
  readonly extentSize: number
  /** The number of encoded extents. Extents of 4 or 8 bytes are not counted. */
  readonly extents: number
}

/** @throws {FormatError} TRUNCATED, or UNSUPPORTED for unknown algorithms */
export function readMapHeader({ blockSize }: Volume, inode: Inode): MapHeader {
  const { source } = inode
  const offset = Math.ceil(inode.dataOffset / 8) * 8
  checkRange(source, offset, mapHeader.size, `map header of inode ${inode.nid}`)
  const { fragmentoff, advise, algorithmtype, clusterbits } = mapHeader.read(source, offset)
  const isFragment = (clusterbits & 0x80) !== 0
  const isEncoded = !isFragment && inode.layout === 'compressed full' && (advise & ADVISE.extents) !== 0
  const base = { end: offset + mapHeader.size, advise, isFragment, idataSize: fragmentoff >>> 16 }
  const lclusterbits = Math.log2(blockSize) + (clusterbits & 15)
  const none = { algorithms: ['lz4', 'lz4'], extentSize: 0, extents: 0 } as const
  // All other bits of the header are then the offset (Z_EROFS_FRAGMENT_INODE_BIT).
  if (isFragment) {
    const upper = advise + algorithmtype * 2 ** 16 + (clusterbits & 0x7f) * 2 ** 24
    return {
      ...base,
      ...none,
      advise: ADVISE.fragmentPcluster,
      lclusterbits,
      fragmentoff: fragmentoff + upper * 2 ** 32,
    }
  }
  if (isEncoded) {
    const extents = fragmentoff + (algorithmtype + clusterbits * 2 ** 8) * 2 ** 32
    return { ...base, ...none, lclusterbits, fragmentoff, extentSize: 4 << ((advise >> 1) & 3), extents }
  }
  const algorithms = [ALGORITHMS[algorithmtype & 15], ALGORITHMS[algorithmtype >> 4]] as const
  const [first, second] = algorithms
  if (first === undefined || second === undefined) throw unknownAlgorithm(inode, offset, algorithmtype)
  return { ...base, ...none, algorithms: [first, second], lclusterbits, fragmentoff }
}

function unknownAlgorithm(inode: Inode, offset: number, found: number): FormatError {
  return formatError('UNSUPPORTED', 'a compression algorithm that we do not know', inode.source, {
    structure: `map header of inode ${inode.nid}`,
    offset: offset + mapHeader.offsets.algorithmtype,
    field: 'h_algorithmtype',
    found: hex(found),
    expected: `0 to ${ALGORITHMS.length - 1} in each half`,
  })
}
