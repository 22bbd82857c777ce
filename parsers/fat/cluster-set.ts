/** A set of clusters, a bit each. It has room for the clusters of a table, and no others can be in it. */
export class ClusterSet {
  readonly #bits: Uint8Array

  /** @param count the number of entries of the allocation table */
  constructor(count: number) {
    this.#bits = new Uint8Array((count + 7) >> 3)
  }

  has(cluster: number): boolean {
    return ((this.#bits[Math.floor(cluster / 8)] ?? 0) & (1 << (cluster % 8))) !== 0
  }

  add(cluster: number): void {
    this.#bits[Math.floor(cluster / 8)]! |= 1 << (cluster % 8)
  }
}
