/** A growing list of unsigned 32-bit numbers: a quarter of the memory of an array of objects, and no garbage. */
export class Uint32Column {
  #values = new Uint32Array(64)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(this.#values.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length] = value
    this.#length += 1
  }

  /** A view of the values so far. A later `push` may move the values elsewhere. */
  view(): Uint32Array {
    return this.#values.subarray(0, this.#length)
  }
}
