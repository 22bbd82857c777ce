import type { StoredExtents } from './stored-extents.ts'

/**
 * Tells stored files apart. Records with the same list of extents, read in the same way, are the same file, so they are
 * hard links. Inode numbers in PX do not help, because some writers set them all to 0 (go-diskfs).
 */
export class Identities {
  readonly #extents: StoredExtents
  readonly #compressed: { has(record: number): boolean }
  /** The first record that starts at an offset, by the offset of its first extent. */
  readonly #byOffset = new Map<number, number>()
  /** Records that start where another record starts, but differ from it. */
  readonly #others = new Map<string, number>()

  constructor(extents: StoredExtents, compressed: { has(record: number): boolean }) {
    this.#extents = extents
    this.#compressed = compressed
  }

  /** The identity of a record. It is the number of an earlier record of the same file, if there is one. */
  of(record: number, blockSize: number): number {
    const { offsets } = this.#extents
    const first = this.#extents.firstOf(record)
    // A file without bytes has no place, whatever its record points to.
    if (first === this.#extents.firstOf(record + 1)) return ownIdentity(record)
    const offset = offsets[first]!
    const known = this.#byOffset.get(offset)
    if (known === undefined) this.#byOffset.set(offset, record)
    if (known === undefined || this.#same(known, record)) return offset / blockSize
    const key = this.#keyOf(record)
    const other = this.#others.get(key)
    if (other === undefined) this.#others.set(key, record)
    return ownIdentity(other ?? record)
  }

  #same(one: number, other: number): boolean {
    const { offsets, lengths } = this.#extents
    const start = this.#extents.firstOf(one)
    const otherStart = this.#extents.firstOf(other)
    const count = this.#extents.firstOf(one + 1) - start
    if (this.#extents.firstOf(other + 1) - otherStart !== count) return false
    if (this.#compressed.has(one) !== this.#compressed.has(other)) return false
    for (let index = 0; index < count; index += 1) {
      if (offsets[start + index] !== offsets[otherStart + index]) return false
      if (lengths[start + index] !== lengths[otherStart + index]) return false
    }
    return true
  }

  #keyOf(record: number): string {
    const [start, end] = [this.#extents.firstOf(record), this.#extents.firstOf(record + 1)]
    const { offsets, lengths } = this.#extents
    return `${this.#compressed.has(record)} ${offsets.slice(start, end).join()} ${lengths.slice(start, end).join()}`
  }
}

/** The identity of a record that shares its bytes with no other. It is negative, unlike a block number. */
export function ownIdentity(record: number): number {
  return -1 - record
}
