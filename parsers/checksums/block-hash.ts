import type { RunningChecksum } from './running-checksum.ts'

/** Bytes that MD5, SHA-1 and SHA-256 hash at once. */
export const BLOCK_SIZE = 64
/** Bytes after the padding, which hold the length of the message in bits. */
const LENGTH_SIZE = 8

/** What one hash has of its own. */
export interface BlockHash {
  /** The words of the hash at the start. */
  readonly initial: readonly number[]
  /** Hashes a whole number of blocks in `bytes[start, end)` into the words. */
  readonly hashBlocks: (words: Int32Array, bytes: Uint8Array, start: number, end: number) => void
  /** Whether the low byte of a word and of the length comes first. */
  readonly littleEndian: boolean
}

/**
 * A hash of bytes that arrive in pieces, block by block. MD5, SHA-1 and SHA-256 have the same padding, in two byte orders
 * (RFC 1321 3.1 and 3.2, FIPS 180-4 5.1.1).
 */
export class RunningBlockHash implements RunningChecksum<Uint8Array> {
  readonly #kind: BlockHash
  readonly #words: Int32Array
  /** The bytes after the last whole block. */
  readonly #rest = new Uint8Array(BLOCK_SIZE)
  #length = 0

  constructor(kind: BlockHash) {
    this.#kind = kind
    this.#words = Int32Array.from(kind.initial)
  }

  update(bytes: Uint8Array, start: number, end: number): void {
    const { hashBlocks } = this.#kind
    const restLength = this.#length % BLOCK_SIZE
    this.#length += end - start
    let position = start
    if (restLength > 0) {
      position = Math.min(end, start + BLOCK_SIZE - restLength)
      this.#rest.set(bytes.subarray(start, position), restLength)
      if (restLength + position - start < BLOCK_SIZE) return
      hashBlocks(this.#words, this.#rest, 0, BLOCK_SIZE)
    }
    const wholeEnd = end - ((end - position) % BLOCK_SIZE)
    hashBlocks(this.#words, bytes, position, wholeEnd)
    this.#rest.set(bytes.subarray(wholeEnd, end))
  }

  digest(): Uint8Array {
    // A one bit, zero bits, and the length, up to the end of this block or of the next one.
    const { hashBlocks, littleEndian } = this.#kind
    const rest = this.#length % BLOCK_SIZE
    const tail = new Uint8Array(rest + 1 + LENGTH_SIZE <= BLOCK_SIZE ? BLOCK_SIZE : 2 * BLOCK_SIZE)
    tail.set(this.#rest.subarray(0, rest))
    tail[rest] = 0x80
    const [low, high] = littleEndian ? [8, 4] : [4, 8]
    const tailView = new DataView(tail.buffer)
    tailView.setUint32(tail.length - low, (this.#length % 2 ** 29) * 8, littleEndian)
    tailView.setUint32(tail.length - high, Math.floor(this.#length / 2 ** 29), littleEndian)
    const words = this.#words.slice()
    hashBlocks(words, tail, 0, tail.length)

    const digest = new Uint8Array(4 * words.length)
    const digestView = new DataView(digest.buffer)
    for (const [index, word] of words.entries()) digestView.setInt32(4 * index, word, littleEndian)
    return digest
  }
}
