import { HASH_DIGITS } from './reference-scanner.ts'

/**
 * The bytes of a number in Nix's base32, in hexadecimal. The first digit holds the highest bits, and the bytes are in
 * little-endian order (Nix: src/libutil/base-nix-32.cc).
 * @param length bytes of the number: 20 for the hash of a store path, 32 for a SHA-256
 * @returns undefined if the text is not a number of this length
 */
export function hexOfBase32(text: string, length: number): string | undefined {
  if (text.length !== Math.ceil((length * 8) / 5)) return undefined
  const bytes = new Uint8Array(length)
  for (let index = 0; index < text.length; index += 1) {
    const digit = HASH_DIGITS.indexOf(text[text.length - 1 - index]!)
    if (digit < 0) return undefined
    const bit = index * 5
    const low = bit >>> 3
    const shifted = digit << (bit & 7)
    bytes[low]! |= shifted & 0xff
    // The upper bits of the digit go into the next byte. After the last byte they must be 0.
    if (low + 1 < length) bytes[low + 1]! |= shifted >>> 8
    else if (shifted >>> 8 !== 0) return undefined
  }
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
