interface Kept<Value> {
  readonly storedLength: number
  readonly size: number
  readonly value: Value
}

/** Values of the blocks that were used last, as many as fit into some bytes. */
export class RecentBlocks<Value> {
  readonly #capacity: number
  readonly #dropped: (value: Value) => void
  /** By offset, the block first that was not used for longest. */
  readonly #kept = new Map<number, Kept<Value>>()
  #size = 0

  /**
   * @param capacity in bytes; the last block is kept, however large it is
   * @param dropped receives each value that is no longer kept
   */
  constructor(capacity: number, dropped: (value: Value) => void = () => {}) {
    this.#capacity = capacity
    this.#dropped = dropped
  }

  /** The value of a block; undefined if it is not kept. A hostile image may have blocks of several lengths at one offset. */
  get(offset: number, storedLength: number): Value | undefined {
    const kept = this.#kept.get(offset)
    if (kept?.storedLength !== storedLength) return undefined
    this.#kept.delete(offset)
    this.#kept.set(offset, kept)
    return kept.value
  }

  /** Keeps a value that takes `size` bytes. */
  add(offset: number, storedLength: number, size: number, value: Value): void {
    this.#drop(offset)
    this.#kept.set(offset, { storedLength, size, value })
    this.#size += size
    for (const oldest of this.#kept.keys()) {
      if (this.#size <= this.#capacity || oldest === offset) break
      this.#drop(oldest)
    }
  }

  #drop(offset: number): void {
    const kept = this.#kept.get(offset)
    if (kept === undefined) return
    this.#kept.delete(offset)
    this.#size -= kept.size
    this.#dropped(kept.value)
  }
}
