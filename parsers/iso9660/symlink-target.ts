import { type ByteString, byteString } from '../bytes/byte-string.ts'

/** Component flags (RRIP 4.1.3.1). */
const CONTINUE = 0x01
const CURRENT = 0x02
const PARENT = 0x04
const ROOT = 0x08

/** The target of a symbolic link, which we assemble from the components of its SL entries (RRIP 4.1.3). */
export class SymlinkTarget {
  #text = ''
  /**
   * Whether the next component needs a '/' before it: not at the start, after the root, or inside a continued
   * component.
   */
  #separate = false
  readonly #limit: number
  /** Whether the target is longer than the limit. */
  isCut = false

  /** @param limit the most bytes of the target that we keep */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Adds the SL entry at `at` of `bytes`. */
  add(bytes: Uint8Array, at: number, length: number): void {
    const end = at + length
    for (let component = at + 5; component + 2 <= end && !this.isCut; ) {
      const flags = bytes[component]!
      const contentStart = component + 2
      const contentEnd = Math.min(contentStart + bytes[component + 1]!, end)
      if (this.#separate) this.#text += '/'
      if ((flags & ROOT) !== 0) this.#text += '/'
      else if ((flags & PARENT) !== 0) this.#text += '..'
      else if ((flags & CURRENT) !== 0) this.#text += '.'
      else this.#text += byteString(bytes, contentStart, contentEnd)
      this.#separate = (flags & (CONTINUE | ROOT)) === 0
      component = contentEnd
      this.isCut = this.#text.length > this.#limit
    }
  }

  text(): ByteString {
    return this.#text.slice(0, this.#limit)
  }
}
