/** Bytes that come in pieces, each of which is valid until the next one comes. */
export class BytePieces {
  readonly #pieces: Iterator<Uint8Array>
  /** The rest of the last piece. */
  #rest: Uint8Array = new Uint8Array()

  constructor(pieces: Iterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.iterator]()
  }

  /** A copy of the next bytes; undefined if there are not as many. */
  take(length: number): Uint8Array | undefined {
    const taken = new Uint8Array(length)
    return this.#pass(length, (bytes, at) => taken.set(bytes, at)) ? taken : undefined
  }

  /** Passes over the next bytes. @returns whether there are as many */
  skip(length: number): boolean {
    return this.#pass(length, () => {})
  }

  #pass(length: number, visit: (bytes: Uint8Array, at: number) => void): boolean {
    for (let done = 0; done < length; ) {
      if (this.#rest.length === 0) {
        const { value, done: isEnd } = this.#pieces.next()
        if (isEnd === true) return false
        this.#rest = value
        continue
      }
      const bytes = this.#rest.subarray(0, length - done)
      visit(bytes, done)
      done += bytes.length
      this.#rest = this.#rest.subarray(bytes.length)
    }
    return true
  }
}
