import { type ByteSource, formatError } from '../bytes/source.ts'
import type { EntryType } from '../image.ts'
import { deviceOf, typeOfMode } from '../linux-encodings.ts'
import type { Groups } from './groups.ts'
import type { Geometry } from './superblock.ts'

/** Flags of an inode (kernel: Documentation/filesystems/ext4, "Inode Table", i_flags). */
// biome-ignore format: one flag a line
export const INODE_FLAGS = {
  encrypted: 0x0000_0800,
  extents:   0x0008_0000,
  eaInode:   0x0020_0000,
  inline:    0x1000_0000,
} as const

/** Bytes of an inode that all revisions have. */
export const BASE_SIZE = 128
/** Where the 60 bytes of `i_block` begin. */
export const I_BLOCK = 0x28
export const I_BLOCK_SIZE = 60

export interface Inode {
  readonly number: number
  /** Byte offset in the source. */
  readonly offset: number
  /** Its bytes, `inodeSize` of them. */
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Undefined for a mode that is no type of file, such as that of an unused inode. */
  readonly type: EntryType | undefined
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes. */
  readonly size: number
  /** Seconds since 1970. */
  readonly mtime: number
  readonly linkCount: number
  readonly flags: number
  /** The block of its extended attributes; 0 if it has none. */
  readonly xattrBlock: number
  /** Bytes behind the first 128 that have fields. Extended attributes follow. */
  readonly extraSize: number
  readonly device: { readonly major: number; readonly minor: number } | undefined
}

/** Bytes of an inode table that are read at a time. */
const PIECE = 1 << 14

/** Reads inodes. It keeps the piece of the table that it read last, because neighbours are read one after the other. */
export class InodeReader {
  readonly #source: ByteSource
  readonly #geometry: Geometry
  readonly #groups: Groups
  #piece: Uint8Array = new Uint8Array(0)
  #pieceAt = 0

  constructor(source: ByteSource, geometry: Geometry, groups: Groups) {
    this.#source = source
    this.#geometry = geometry
    this.#groups = groups
  }

  /**
   * The byte offset of an inode.
   * @throws {FormatError} MALFORMED for a number that no inode has
   */
  offsetOf(number: number): number {
    const { block, inodeSize, blockSize } = this.#geometry
    const group = Math.floor((number - 1) / block.inodesPerGroup)
    if (number < 1 || number > block.inodesCount || group >= this.#groups.count) {
      throw formatError('MALFORMED', 'there is no inode with this number', this.#source, {
        structure: 'inode table',
        offset: Math.min((this.#groups.inodeTables[0] ?? 0) * blockSize, this.#source.size),
        found: number,
        expected: `from 1 to ${Math.min(block.inodesCount, this.#groups.count * block.inodesPerGroup)}`,
      })
    }
    const index = number - 1 - group * block.inodesPerGroup
    return this.#groups.inodeTables[group]! * blockSize + index * inodeSize
  }

  /** @throws {FormatError} MALFORMED for a number that no inode has, or TRUNCATED */
  read(number: number): Inode {
    const offset = this.offsetOf(number)
    const { inodeSize } = this.#geometry
    if (offset + inodeSize > this.#source.size) {
      throw formatError('TRUNCATED', 'the file ends before the inode does', this.#source, {
        structure: `inode ${number}`,
        offset: Math.min(offset, this.#source.size),
        found: this.#source.size,
        expected: offset + inodeSize,
      })
    }
    if (offset < this.#pieceAt || offset + inodeSize > this.#pieceAt + this.#piece.length) {
      // Inode sizes are powers of two up to the block size, and so are pieces: no inode is cut in two.
      this.#pieceAt = Math.floor(offset / PIECE) * PIECE
      const length = Math.min(Math.max(PIECE, offset - this.#pieceAt + inodeSize), this.#source.size - this.#pieceAt)
      this.#piece = this.#source.read(this.#pieceAt, length)
    }
    return inodeFrom(this.#piece.slice(offset - this.#pieceAt, offset - this.#pieceAt + inodeSize), number, offset)
  }
}

/** The fields of an inode (kernel: struct ext4_inode). */
function inodeFrom(bytes: Uint8Array, number: number, offset: number): Inode {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const u16 = (at: number): number => view.getUint16(at, true)
  const u32 = (at: number): number => view.getUint32(at, true)
  const mode = u16(0)
  const type = typeOfMode(mode)
  const extraSize = bytes.length > BASE_SIZE ? u16(0x80) : 0
  // Bits 0 and 1 of the extra field count periods of 2^32 seconds.
  const epoch = extraSize >= 12 && bytes.length >= 0x8c ? u32(0x88) & 3 : 0
  return {
    number,
    offset,
    bytes,
    view,
    type,
    mode: mode & 0o7777,
    uid: u16(2) + u16(0x78) * 2 ** 16,
    gid: u16(0x18) + u16(0x7a) * 2 ** 16,
    // For other types, the high half is an obsolete access control list.
    size: u32(4) + (type === 'file' ? u32(0x6c) * 2 ** 32 : 0),
    mtime: view.getInt32(0x10, true) + epoch * 2 ** 32,
    linkCount: u16(0x1a),
    flags: u32(0x20),
    xattrBlock: u32(0x68) + u16(0x76) * 2 ** 32,
    extraSize,
    device: type === 'blockDevice' || type === 'charDevice' ? deviceIn(u32(I_BLOCK), u32(I_BLOCK + 4)) : undefined,
  }
}

/** A device in the old encoding, else in the new one (kernel: ext4_iget, old_decode_dev, new_decode_dev). */
function deviceIn(old: number, wide: number): ReturnType<typeof deviceOf> {
  if (old !== 0) return { major: (old >>> 8) & 0xff, minor: old & 0xff }
  return deviceOf(wide)
}
