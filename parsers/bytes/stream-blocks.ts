import { grown } from './grown.ts'
import { lastAtOrBefore } from './last-at-or-before.ts'

/**
 * How the bytes of a stream come out of its source, in columns. Block i has the stored bytes [storedStarts[i],
 * storedStarts[i + 1]) of the source, which become the bytes [unpackedStarts[i], unpackedStarts[i + 1]) of the stream.
 * Blocks follow each other without gaps, from the first to the last byte of both.
 */
export interface StreamBlocks {
  readonly count: number
  /** Offsets in the source: one for each block, and the size of the source. */
  readonly storedStarts: Float64Array
  /** Offsets in the stream: one for each block, and the size of the stream. Headers and trailers unpack to nothing. */
  readonly unpackedStarts: Float64Array
  /** 1 for a block whose stored bytes are its unpacked bytes, such as an archive that is not compressed. */
  readonly isStored: Uint8Array
}

/**
 * Blocks with fewer stored bytes than this take the bytes that follow. A hostile stream may have a block for every two
 * bytes, whose places would take eight times its size.
 */
const SMALL = 256

/** Collects the blocks of a stream in order. */
export class StreamBlockList {
  #count = 0
  #storedStarts = new Float64Array(64)
  #unpackedStarts = new Float64Array(64)
  #isStored = new Uint8Array(64)
  /** Bytes of all blocks so far. */
  #stored = 0
  #unpacked = 0

  /** Bytes of the source in all blocks so far. */
  get stored(): number {
    return this.#stored
  }

  /** Bytes of the stream in all blocks so far. */
  get unpacked(): number {
    return this.#unpacked
  }

  /** Adds a block that the decoder unpacked; 0 unpacked bytes for a header or a trailer. */
  add(stored: number, unpacked: number): void {
    if (stored > 0 || unpacked > 0) this.#add(stored, unpacked, 0)
  }

  /** Adds bytes that the stream has as they are. */
  addStored(length: number): void {
    if (length > 0) this.#add(length, length, 1)
  }

  /** Shortens the stream to `unpacked` bytes. Blocks after its end keep their stored bytes, as one block. */
  cutUnpacked(unpacked: number): void {
    let first = this.#count
    while (first > 0 && this.#unpackedStarts[first - 1]! > unpacked) first -= 1
    if (first < this.#count) {
      this.#unpackedStarts[first] = unpacked
      this.#count = first + 1
    }
    this.#unpacked = Math.min(this.#unpacked, unpacked)
  }

  finish(): StreamBlocks {
    const count = this.#count
    const storedStarts = grown(this.#storedStarts.subarray(0, count), new Float64Array(count + 1))
    const unpackedStarts = grown(this.#unpackedStarts.subarray(0, count), new Float64Array(count + 1))
    storedStarts[count] = this.#stored
    unpackedStarts[count] = this.#unpacked
    return { count, storedStarts, unpackedStarts, isStored: this.#isStored.slice(0, count) }
  }

  #add(stored: number, unpacked: number, isStored: number): void {
    if (!this.#joins(unpacked, isStored)) {
      if (this.#count === this.#isStored.length) this.#grow(2 * this.#count)
      this.#storedStarts[this.#count] = this.#stored
      this.#unpackedStarts[this.#count] = this.#unpacked
      this.#isStored[this.#count] = isStored
      this.#count += 1
    }
    this.#stored += stored
    this.#unpacked += unpacked
  }

  /** Whether the next block becomes part of the last one. */
  #joins(unpacked: number, isStored: number): boolean {
    const last = this.#count - 1
    if (last < 0 || this.#isStored[last] !== isStored) return false
    if (isStored === 1) return true
    const lastUnpacked = this.#unpacked - this.#unpackedStarts[last]!
    if (unpacked === 0) return lastUnpacked === 0
    return lastUnpacked > 0 && this.#stored - this.#storedStarts[last]! < SMALL
  }

  #grow(capacity: number): void {
    this.#storedStarts = grown(this.#storedStarts, new Float64Array(capacity))
    this.#unpackedStarts = grown(this.#unpackedStarts, new Float64Array(capacity))
    this.#isStored = grown(this.#isStored, new Uint8Array(capacity))
  }
}

/** The number of the block that has the unpacked byte at `offset`, which the stream must have. */
export function blockAt({ count, unpackedStarts }: StreamBlocks, offset: number): number {
  return lastAtOrBefore(unpackedStarts, offset, count)
}
