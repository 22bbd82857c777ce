import { hex } from '../bytes/errors.ts'
import { bytes, u16le, u32le, u64le } from '../bytes/fields.ts'
import { type ByteSource, checkRange, formatError } from '../bytes/source.ts'
import { type Struct, struct } from '../bytes/struct.ts'
import type { Entry, EntryType } from '../image.ts'
import { deviceOf, typeOfMode } from '../linux-encodings.ts'
import { hasIncompat, s64le } from './superblock.ts'
import type { Volume } from './volume.ts'

/** Bytes of a slot of the metadata area. A nid counts them (kernel: erofs_iloc). */
const SLOT_SIZE = 32

const compactFields = {
  format: u16le,
  xattrIcount: u16le,
  mode: u16le,
  /** The number of links, or, with 48bit, the upper bits of the start block. */
  nb: u16le,
  size: u32le,
  mtime: u32le,
  u: u32le,
  ino: u32le,
  uid: u16le,
  gid: u16le,
  reserved: u32le,
}

/** The short form of an inode (erofs_fs.h: struct erofs_inode_compact). */
export const compactInode: Struct<typeof compactFields> = struct('compact inode', compactFields)

const extendedFields = {
  format: u16le,
  xattrIcount: u16le,
  mode: u16le,
  nb: u16le,
  size: u64le,
  u: u32le,
  ino: u32le,
  uid: u32le,
  gid: u32le,
  mtime: s64le,
  mtimeNsec: u32le,
  nlink: u32le,
  reserved: bytes(16),
}

/** The long form of an inode (erofs_fs.h: struct erofs_inode_extended). */
export const extendedInode: Struct<typeof extendedFields> = struct('extended inode', extendedFields)

/** How an inode's data is laid out (erofs_fs.h: EROFS_INODE_FLAT_PLAIN and so on), by the number in `i_format`. */
export const LAYOUTS = ['flat plain', 'compressed full', 'flat inline', 'compressed compact', 'chunk based'] as const
export type Layout = (typeof LAYOUTS)[number]

/** Bits of `i_format` above which there are none. */
const FORMAT_BITS = 0x1f
const NLINK_1_BIT = 0x10
/** `startblk` of a file without blocks (erofs_fs.h: EROFS_NULL_ADDR). */
const NULL_ADDR_LOW = 0xffffffff

/** An inode, and where its parts lie. Positions are bytes in its source. */
export interface Inode {
  readonly nid: number
  /** Where it lies: in the image, or in the content of the metabox inode. */
  readonly source: ByteSource
  readonly offset: number
  /** Where inline data, or the map of the data, begins: behind the attributes. */
  readonly dataOffset: number
  /** Where the attributes begin, and their bytes; 0 if there are none. */
  readonly xattrOffset: number
  readonly xattrSize: number
  readonly layout: Layout
  readonly type: EntryType
  readonly mode: number
  readonly size: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
  /** The first block of flat data; undefined if the file has none. */
  readonly startBlock: number | undefined
  /** The chunk format of a chunk based file, in its low 16 bits (erofs_fs.h: struct erofs_inode_chunk_info). */
  readonly chunkFormat: number
  readonly device: Entry['device'] | undefined
}

/** The byte at which an inode lies. */
export function inodeOffset({ superblock, blockSize }: Volume, nid: number): number {
  return superblock.metaBlkaddr * blockSize + nid * SLOT_SIZE
}

/** @throws {FormatError} TRUNCATED when it leaves the source, MALFORMED, or UNSUPPORTED for formats of later versions */
export function readInode(volume: Volume, nid: number): Inode {
  const { source } = volume
  const offset = inodeOffset(volume, nid)
  const structure = `inode ${nid > Number.MAX_SAFE_INTEGER ? 'beyond 2^53' : nid}`
  if (offset + compactInode.size > source.size) {
    throw formatError('TRUNCATED', 'it does not lie in the file', source, {
      structure,
      offset: Math.min(offset, source.size),
      field: 'nid',
      found: nid,
      expected: `below ${Math.max(0, Math.floor((source.size - inodeOffset(volume, 0)) / SLOT_SIZE))}`,
    })
  }
  const first = source.read(offset, 2)
  const format = first[0]! | (first[1]! << 8)
  const isExtended = (format & 1) !== 0
  const headerSize = isExtended ? extendedInode.size : compactInode.size
  checkRange(source, offset, headerSize, structure)
  const layout = LAYOUTS[(format >> 1) & 7]
  if (layout === undefined || (format & ~FORMAT_BITS) !== 0) {
    throw formatError('UNSUPPORTED', 'a format of inodes that we do not know', source, {
      structure,
      offset,
      field: 'i_format',
      found: hex(format),
    })
  }
  const raw = isExtended ? extendedInode.read(source, offset) : compactInode.read(source, offset)
  const type = typeOfMode(raw.mode)
  if (type === undefined) {
    throw formatError('MALFORMED', 'its mode has no type of file', source, {
      structure,
      offset: offset + compactInode.offsets.mode,
      field: 'i_mode',
      found: `0${raw.mode.toString(8)}`,
    })
  }
  // erofs_xattr_ibody_size: a header of 12 bytes counts as one.
  const xattrSize = raw.xattrIcount === 0 ? 0 : 12 + 4 * (raw.xattrIcount - 1)
  const isDevice = type === 'charDevice' || type === 'blockDevice'
  const hasContent = type === 'file' || type === 'directory' || type === 'symlink'
  return {
    nid,
    source,
    offset,
    dataOffset: offset + headerSize + xattrSize,
    xattrOffset: offset + headerSize,
    xattrSize,
    layout,
    type,
    mode: raw.mode & 0o7777,
    size: hasContent ? raw.size : 0,
    uid: raw.uid,
    gid: raw.gid,
    mtime: isExtended ? raw.mtime : volume.superblock.epoch + raw.mtime,
    startBlock: startBlockOf(volume, raw, isExtended, type),
    chunkFormat: raw.u & 0xffff,
    device: isDevice ? deviceOf(raw.u) : undefined,
  }
}

function startBlockOf(
  { superblock }: Volume,
  { format, nb, u }: { readonly format: number; readonly nb: number; readonly u: number },
  isExtended: boolean,
  type: EntryType,
): number | undefined {
  const isWide = hasIncompat(superblock, 'bit48')
  // A compact inode has room for the upper bits only where it has one link, or none to count.
  const hasUpper = isWide && (isExtended || (type !== 'directory' && (format & NLINK_1_BIT) !== 0))
  if (u === NULL_ADDR_LOW && (!hasUpper || nb === 0xffff)) return undefined
  return u + (hasUpper ? nb * 2 ** 32 : 0)
}
