import { type ByteString, byteString } from '../../parsers/bytes/byte-string.ts'

const BLOCK = 512
/** What describes a package stands at the beginning of its archive, and has some KiB. In bytes. */
const MAX_LOOK = 8 << 20
/** The type of a plain file; old archives have a zero instead (tar(5)). */
const PLAIN_FILE = new Set([0x30, 0])

/**
 * The content of the first file of a tar archive with one of some names, "./" in front or not. It reads no further than
 * that, because packages are large.
 * @returns undefined if the beginning of the archive has no such file, or if it is no archive
 */
export function tarMember(archive: Iterable<Uint8Array>, wanted: ByteString): Uint8Array | undefined {
  const bytes = new Pieces(archive)
  for (let left = MAX_LOOK; left > 0; left -= BLOCK) {
    const header = bytes.take(BLOCK)
    if (header === undefined) return undefined
    // A block of zeros ends the archive. It tells no size.
    const size = Number.parseInt(textIn(header, 124, 136), 8)
    if (!Number.isSafeInteger(size) || size < 0 || size > left) return undefined
    const isWanted = textIn(header, 0, 100).replace(/^\.\//, '') === wanted
    if (isWanted && PLAIN_FILE.has(header[156]!)) return bytes.take(size)
    const padded = Math.ceil(size / BLOCK) * BLOCK
    if (!bytes.skip(padded)) return undefined
    left -= padded
  }
  return undefined
}

/** The text of a field, up to a zero. */
function textIn(header: Uint8Array, start: number, end: number): ByteString {
  const [text] = byteString(header, start, end).split('\0')
  return text!
}

/** Bytes that come in pieces, each of which is valid until the next one comes. */
class Pieces {
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
