import { type FormatError, hex } from '../bytes/errors.ts'
import { formatError } from '../bytes/source.ts'
import type { Inode } from './inode.ts'
import { holeExtent, type MappedExtent } from './mapped-extent.ts'
import { placeOf, type Volume } from './volume.ts'

/** Bits of the chunk format (erofs_fs.h: EROFS_CHUNK_FORMAT_BLKBITS_MASK and its neighbours). */
const BLKBITS_MASK = 0x1f
const INDEXES = 0x20
const BITS_48 = 0x40
const KNOWN = BLKBITS_MASK | INDEXES | BITS_48

const NULL_LOW = 0xffffffff

/** The list of a file's chunks: its place in the inode's source, and the bytes of content of a chunk. */
export interface ChunkList {
  readonly offset: number
  readonly length: number
  readonly count: number
  readonly chunkSize: number
  /** Bytes of an element: 8 in chunk indexes, 4 in a block map. */
  readonly unit: number
}

/** @throws {FormatError} UNSUPPORTED for unknown formats, TRUNCATED when the list leaves the source */
export function chunkListOf({ blockSize }: Volume, inode: Inode): ChunkList {
  const { chunkFormat, size, dataOffset, source } = inode
  if ((chunkFormat & ~KNOWN) !== 0) {
    throw formatError('UNSUPPORTED', 'a format of chunks that we do not know', source, {
      structure: `inode ${inode.nid}`,
      offset: inode.offset,
      field: 'i_u.c.format',
      found: hex(chunkFormat),
    })
  }
  const unit = (chunkFormat & INDEXES) !== 0 ? 8 : 4
  const offset = Math.ceil(dataOffset / unit) * unit
  const chunkSize = blockSize * 2 ** (chunkFormat & BLKBITS_MASK)
  const count = Math.ceil(size / chunkSize)
  if (offset + count * unit > source.size) throw listTooLong(inode, offset, count, unit)
  return { offset, length: count * unit, count, chunkSize, unit }
}

function listTooLong(inode: Inode, offset: number, count: number, unit: number): FormatError {
  return formatError('TRUNCATED', 'the list of its chunks does not lie in the file', inode.source, {
    structure: `inode ${inode.nid}`,
    offset: Math.min(offset, inode.source.size),
    field: 'i_size',
    found: `${count} chunks`,
    expected: `at most ${Math.max(0, Math.floor((inode.source.size - offset) / unit))}`,
  })
}

/**
 * The extents of a chunk based file, one for each chunk (kernel: erofs_map_blocks). A chunk without a block is a hole.
 * @throws {FormatError} as `chunkListOf`, and MALFORMED for a device that does not exist
 */
export function* chunkExtents(volume: Volume, inode: Inode): Generator<MappedExtent> {
  const { offset, length, count, chunkSize, unit } = chunkListOf(volume, inode)
  if (count === 0) return
  const bytes = inode.source.read(offset, length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const isWide = (inode.chunkFormat & BITS_48) !== 0
  for (let index = 0; index < count; index += 1) {
    const at = index * chunkSize
    const content = Math.min(chunkSize, inode.size - at)
    // A chunk index has the upper bits of the block, a device, and the lower bits; a block map has the latter only.
    const low = view.getUint32(index * unit + unit - 4, true)
    const high = unit === 8 && isWide ? view.getUint16(index * unit, true) : 0
    if (low === NULL_LOW && (unit === 4 || !isWide || high === 0xffff)) {
      yield holeExtent(at, content)
      continue
    }
    const device = unit === 8 ? view.getUint16(index * unit + 2, true) & deviceMask(volume) : 0
    const place = placeOf(volume, device, (low + high * 2 ** 32) * volume.blockSize, content)
    yield { at, length: content, encoding: 'plain', storedLength: content, isPartial: false, ...place }
  }
}

/** Only as many bits of a device's number count as the devices need (kernel: device_id_mask). */
function deviceMask({ superblock: { extraDevices } }: Volume): number {
  let mask = 0
  while (mask < extraDevices) mask = mask * 2 + 1
  return mask
}
