import type { ByteString } from '../../../parsers/bytes/byte-string.ts'

/** Characters of the hash in a store path's name. */
export const HASH_LENGTH = 32

/** The digits of Nix's base32: no e, o, t and u. */
export const HASH_DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'

/** 1 for bytes that are digits of a hash. */
const isDigit = new Uint8Array(256)
for (let index = 0; index < HASH_DIGITS.length; index += 1) isDigit[HASH_DIGITS.charCodeAt(index)] = 1

/** Whether a byte is a digit of a hash. */
export function isHashDigit(byte: number): boolean {
  return isDigit[byte] === 1
}

/** Slots that a hash may be in. Real hashes take one or two; an image may be made so that all begin alike. */
const MOST_SLOTS = 16

/** Receives an occurrence: the number of the hash, and the offset of its first character. */
export type FoundHash = (hash: number, offset: number) => void

/**
 * Finds known hashes in bytes, as Nix does when it registers references. A hash counts wherever it stands, inside
 * longer runs of digits too (Nix: src/libstore/references.cc).
 */
export class ReferenceScanner {
  /** The hashes as bytes, one after the other. */
  readonly #hashes: Uint8Array
  /**
   * Numbers of hashes plus 1 by `#slotOf`, in open addressing; 0 is a free slot. At most half of the slots are taken.
   */
  readonly #slots: Int32Array
  readonly #shift: number
  /** The numbers of the hashes that found none of their slots free. */
  readonly #others = new Map<ByteString, number>()

  /** @param hashes distinct, of 32 digits of Nix's base32 each */
  constructor(hashes: readonly ByteString[]) {
    this.#hashes = new Uint8Array(hashes.length * HASH_LENGTH)
    const bits = Math.max(4, Math.ceil(Math.log2(hashes.length * 2 + 1)))
    this.#shift = 32 - bits
    this.#slots = new Int32Array(2 ** bits)
    for (const [number, hash] of hashes.entries()) {
      if (hash.length !== HASH_LENGTH) throw new RangeError(`a hash of ${hash.length} characters`)
      const start = number * HASH_LENGTH
      for (let index = 0; index < HASH_LENGTH; index += 1) this.#hashes[start + index] = hash.charCodeAt(index)
      let slot = this.#slotOf(this.#hashes, start)
      let tried = 1
      while (this.#slots[slot] !== 0 && tried < MOST_SLOTS) {
        slot = (slot + 1) & (this.#slots.length - 1)
        tried += 1
      }
      if (this.#slots[slot] === 0) this.#slots[slot] = number + 1
      else this.#others.set(hash, number)
    }
  }

  /** Reports every known hash that lies completely in bytes [start, end), in the order of their offsets. */
  scan(bytes: Uint8Array, start: number, end: number, found: FoundHash): void {
    let first = findRun(bytes, start, end)
    while (first >= 0) {
      let runEnd = first + HASH_LENGTH
      while (runEnd < end && isDigit[bytes[runEnd]!] === 1) runEnd += 1
      for (let offset = first; offset + HASH_LENGTH <= runEnd; offset += 1) {
        const number = this.#numberAt(bytes, offset)
        if (number >= 0) found(number, offset)
      }
      first = findRun(bytes, runEnd + 1, end)
    }
  }

  /** The number of the hash at an offset; -1 if it is not a known hash. */
  #numberAt(bytes: Uint8Array, offset: number): number {
    const hashes = this.#hashes
    const slots = this.#slots
    let slot = this.#slotOf(bytes, offset)
    for (let tried = 0; tried < MOST_SLOTS; tried += 1) {
      const number = slots[slot]! - 1
      if (number < 0) return -1
      const start = number * HASH_LENGTH
      let index = 0
      while (index < HASH_LENGTH && hashes[start + index] === bytes[offset + index]) index += 1
      if (index === HASH_LENGTH) return number
      slot = (slot + 1) & (slots.length - 1)
    }
    if (this.#others.size === 0) return -1
    return this.#others.get(String.fromCharCode(...bytes.subarray(offset, offset + HASH_LENGTH))) ?? -1
  }

  /** A slot from the first eight characters, 40 bits of the hash. Two known hashes rarely agree in them. */
  #slotOf(bytes: Uint8Array, at: number): number {
    const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    const high = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24)
    // Fibonacci hashing: 2^32 / golden ratio, and another odd number.
    return (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> this.#shift
  }
}

/**
 * The start of the first 32 consecutive digits in bytes [start, end); -1 if there are none.
 *
 * In ordinary content we look at one byte in 32: a run of 32 digits covers one of every 32nd bytes. This is a separate
 * function without calls: as a part of `scan`, V8 compiled it seven times in each thread, at 10 to 20 ms.
 */
function findRun(bytes: Uint8Array, start: number, end: number): number {
  // We have excluded all runs that begin before at - 31.
  let at = start + HASH_LENGTH - 1
  while (at < end) {
    if (isDigit[bytes[at]!] === 0) {
      at += HASH_LENGTH
      while (
        at + 3 * HASH_LENGTH < end &&
        (isDigit[bytes[at]!]! |
          isDigit[bytes[at + HASH_LENGTH]!]! |
          isDigit[bytes[at + 2 * HASH_LENGTH]!]! |
          isDigit[bytes[at + 3 * HASH_LENGTH]!]!) ===
          0
      ) {
        at += 4 * HASH_LENGTH
      }
      continue
    }
    const first = at - HASH_LENGTH + 1
    let before = at - 1
    while (before >= first && isDigit[bytes[before]!] === 1) before -= 1
    if (before < first) return first
    at = before + HASH_LENGTH
  }
  return -1
}

/** Scans content that comes in pieces as if it came in one. It finds hashes across the borders of pieces. */
export class ReferenceStream {
  readonly #scanner: ReferenceScanner
  readonly #found: FoundHash
  /** The last bytes of the earlier pieces, fewer than a hash has, followed by the first bytes of the next piece. */
  readonly #seam = new Uint8Array(2 * (HASH_LENGTH - 1))
  #seamLength = 0
  #position = 0

  /** @param found receives offsets in the whole content, in ascending order */
  constructor(scanner: ReferenceScanner, found: FoundHash) {
    this.#scanner = scanner
    this.#found = found
  }

  push(piece: Uint8Array): void {
    const seam = this.#seam
    const base = this.#position - this.#seamLength
    const joined = Math.min(piece.length, HASH_LENGTH - 1)
    for (let index = 0; index < joined; index += 1) seam[this.#seamLength + index] = piece[index]!
    const seamEnd = this.#seamLength + joined
    // Neither part is as long as a hash, so every hash found here lies across the border.
    if (this.#seamLength > 0) {
      this.#scanner.scan(seam, 0, seamEnd, (hash, offset) => this.#found(hash, base + offset))
    }
    const position = this.#position
    this.#scanner.scan(piece, 0, piece.length, (hash, offset) => this.#found(hash, position + offset))
    this.#position += piece.length
    if (piece.length >= HASH_LENGTH - 1) {
      seam.set(piece.subarray(piece.length - (HASH_LENGTH - 1)))
      this.#seamLength = HASH_LENGTH - 1
    } else {
      const kept = Math.min(seamEnd, HASH_LENGTH - 1)
      seam.copyWithin(0, seamEnd - kept, seamEnd)
      this.#seamLength = kept
    }
  }
}
