import { createInode, type Inode, readInode, seekInode } from './inode.ts'
import { METADATA_SIZE, MetadataCursor, type MetadataTable } from './metadata-table.ts'

/** Bytes up to which we do not count targets and directory indexes. */
const SHORT = 64

/** An inode reference: the position of the block in the inode table times 2^16, plus the offset in the unpacked block. */
export function inodeReference(block: number, offset: number): number {
  return block * 0x10000 + offset
}

/**
 * Reads the inodes that a walk visits. It reads a long inode with many names only once. Inodes do not overlap, so all
 * that it reads of them fits into the table.
 */
export class InodeWalk {
  readonly #cursor: MetadataCursor
  readonly #blockSize: number
  readonly #long = new Map<number, Inode>()
  #room: number
  /** The latest inode. The walk copies what it keeps into the entry. */
  #draft = createInode()

  constructor(inodes: MetadataTable, blockSize: number) {
    this.#cursor = new MetadataCursor(inodes)
    this.#blockSize = blockSize
    this.#room = inodes.positions.length * METADATA_SIZE * 2
  }

  /** The number of the latest block, for messages. */
  get block(): number {
    return this.#cursor.index
  }

  /**
   * The inode with a reference. It is valid until the next call.
   * @throws {FormatError} when it is damaged
   */
  at(reference: number): Inode {
    const known = this.#long.size === 0 ? undefined : this.#long.get(reference)
    if (known !== undefined) return known
    const cursor = seekInode(this.#cursor, reference)
    const inode = readInode(cursor, this.#blockSize, Math.max(this.#room, SHORT), this.#draft)
    const isLong = inode.file === undefined && inode.scanned > SHORT
    if (isLong) this.#room -= inode.scanned
    if (isLong && inode.linkCount > 1) {
      this.#long.set(reference, inode)
      this.#draft = createInode()
    }
    return inode
  }
}
