import { grown } from '../bytes/grown.ts'

/** The names that new columns have room for. The columns double when they are full. */
const FIRST_CAPACITY = 256

/**
 * The names that a walk has read and not yet visited, in columns. It is a stack: the names of a directory lie on those of
 * the directories above it.
 */
export class PendingNames {
  length = 0
  /** Inode references in two parts, because as one they are no small integers: position of the block, offset in it. */
  inodeBlocks = new Uint32Array(FIRST_CAPACITY)
  inodeOffsets = new Uint16Array(FIRST_CAPACITY)
  /** Basic inode types, 1 to 7. */
  types = new Uint16Array(FIRST_CAPACITY)
  /** The blocks of the directory table in which the entries start, and their offsets there. */
  blocks = new Uint32Array(FIRST_CAPACITY)
  offsets = new Uint16Array(FIRST_CAPACITY)
  /** Bytes of the names. */
  lengths = new Uint16Array(FIRST_CAPACITY)

  push(inodeBlock: number, inodeOffset: number, type: number, block: number, offset: number, length: number): void {
    const at = this.length
    if (at === this.types.length) this.#grow(2 * at)
    this.length += 1
    this.inodeBlocks[at] = inodeBlock
    this.inodeOffsets[at] = inodeOffset
    this.types[at] = type
    this.blocks[at] = block
    this.offsets[at] = offset
    this.lengths[at] = length
  }

  #grow(capacity: number): void {
    this.inodeBlocks = grown(this.inodeBlocks, new Uint32Array(capacity))
    this.inodeOffsets = grown(this.inodeOffsets, new Uint16Array(capacity))
    this.types = grown(this.types, new Uint16Array(capacity))
    this.blocks = grown(this.blocks, new Uint32Array(capacity))
    this.offsets = grown(this.offsets, new Uint16Array(capacity))
    this.lengths = grown(this.lengths, new Uint16Array(capacity))
  }
}
