import { grown } from './grown.ts'

/** Pieces of shared blocks, in columns: [starts, starts + lengths) of the unpacked block belongs to the owner. */
export interface Pieces {
  readonly blocks: Uint32Array
  readonly starts: Uint32Array
  readonly lengths: Uint32Array
  readonly owners: Uint32Array
}

/** Collects pieces. There are three for each file of a squashfs: its tail, its inode and its directory entry. */
export class PieceColumns {
  #count = 0
  #blocks = new Uint32Array(0)
  #starts = new Uint32Array(0)
  #lengths = new Uint32Array(0)
  #owners = new Uint32Array(0)
  readonly #capacity: number

  /** @param capacity how many pieces the columns have room for, before they double */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  add(block: number, start: number, length: number, owner: number): void {
    const index = this.#count
    if (index === this.#blocks.length) this.#grow(Math.max(this.#capacity, 2 * index))
    this.#count += 1
    this.#blocks[index] = block
    this.#starts[index] = start
    this.#lengths[index] = length
    this.#owners[index] = owner
  }

  #grow(capacity: number): void {
    this.#blocks = grown(this.#blocks, new Uint32Array(capacity))
    this.#starts = grown(this.#starts, new Uint32Array(capacity))
    this.#lengths = grown(this.#lengths, new Uint32Array(capacity))
    this.#owners = grown(this.#owners, new Uint32Array(capacity))
  }

  /** The pieces so far. A later `add` may move them elsewhere. */
  view(): Pieces {
    return {
      blocks: this.#blocks.subarray(0, this.#count),
      starts: this.#starts.subarray(0, this.#count),
      lengths: this.#lengths.subarray(0, this.#count),
      owners: this.#owners.subarray(0, this.#count),
    }
  }
}
