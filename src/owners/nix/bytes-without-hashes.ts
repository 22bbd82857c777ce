import { HASH_LENGTH, isHashDigit } from './reference-scanner.ts'

/** The character after the hash of a store path. */
const DASH = 0x2d

/**
 * Removes the hashes of store paths from content, piece by piece, as `withoutHashes` does for all of it at once. We
 * hold back the last digits of a piece, because the next may begin with the dash that makes them a hash.
 */
export function* bytesWithoutHashes(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let held = new Uint8Array(0)
  /** The number of consecutive digits before the current byte. */
  let digits = 0
  for (const piece of pieces) {
    const kept = new Uint8Array(held.length + piece.length)
    kept.set(held)
    let end = held.length
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at]!
      if (isHashDigit(byte)) digits += 1
      else {
        if (byte === DASH && digits >= HASH_LENGTH) end -= HASH_LENGTH
        digits = 0
      }
      kept[end] = byte
      end += 1
    }
    const open = Math.min(digits, HASH_LENGTH)
    held = kept.slice(end - open, end)
    if (end > open) yield kept.subarray(0, end - open)
  }
  if (held.length > 0) yield held
}
