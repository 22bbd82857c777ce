import { type ByteString, byteString } from '../bytes/byte-string.ts'
import type { Field } from '../bytes/fields.ts'

/** The first bit of a field says that the rest is one binary number (tar(5), "Numeric Extensions"). */
const BINARY = 0x80
/** In such a number that is not negative, the next bit is 0. We know no use of others. */
const NEGATIVE = 0x40

/**
 * A number in octal digits, after spaces and before a space or a NUL (POSIX pax, "ustar Interchange Format"), or a binary
 * one, big-endian. NaN if it is neither.
 */
export function tarNumber(size: number): Field<number> {
  return {
    size,
    get(view, offset) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + offset, size)
      const first = bytes[0]!
      if ((first & BINARY) === 0) return octal(byteString(bytes))
      if ((first & NEGATIVE) !== 0) return Number.NaN
      return bytes.subarray(1).reduce((value, byte) => value * 256 + byte, first & (NEGATIVE - 1))
    },
  }
}

function octal(text: ByteString): number {
  const digits = /^ *([0-7]+)(?:[ \0]|$)/.exec(text)?.[1]
  return digits === undefined ? Number.NaN : Number.parseInt(digits, 8)
}
