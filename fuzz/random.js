/** Pseudo-random numbers, the same for the same seed (sfc32). */
export class Random {
  #a
  #b
  #c
  #counter = 1

  /** @param {number} seed */
  constructor(seed) {
    this.#a = seed | 0
    this.#b = Math.imul(seed, 0x9e3779b1) | 0
    this.#c = 0x6d2b79f5
    for (let warmUp = 0; warmUp < 16; warmUp += 1) this.word()
  }

  /** 32 bits, not negative. */
  word() {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    this.#c |= 0
    return sum >>> 0
  }

  /** At least 0, less than `limit`; 0 if that is impossible. @param {number} limit */
  below(limit) {
    return limit < 2 ? 0 : Math.floor((this.word() / 2 ** 32) * limit)
  }

  /** True once in `times`. @param {number} times */
  once(times) {
    return this.below(times) === 0
  }

  /** @template Item @param {readonly Item[]} items @returns {Item} */
  pick(items) {
    return /** @type {Item} */ (items[this.below(items.length)])
  }
}
