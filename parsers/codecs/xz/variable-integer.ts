import { failure, malformed } from './failure.ts'

/** The most bytes of a multibyte integer. */
export const VARIABLE_INTEGER_SIZE_LIMIT = 9

/** A number and the offset after it. */
export interface VariableInteger {
  /** Exact up to 2^53 and rounded above. This decoder meets no size above. */
  readonly value: number
  readonly end: number
}

/**
 * Reads a multibyte integer: seven bits a byte, lowest first. All bytes but the last have their highest bit set (xz
 * 1.2: 1.2).
 * @param end the end of the structure that holds it
 */
export function readVariableInteger(
  input: Uint8Array,
  offset: number,
  end: number,
  structure: string,
  field: string,
): VariableInteger {
  let value = 0
  let scale = 1
  for (let index = 0; index < VARIABLE_INTEGER_SIZE_LIMIT; index++) {
    const position = offset + index
    if (position >= end) {
      const code = end === input.length ? 'TRUNCATED' : 'MALFORMED'
      throw failure(code, structure, offset, 'extends past the end of its structure', { field })
    }
    const byte = input[position]!
    if (byte === 0 && index > 0) {
      throw malformed(structure, offset, 'is not encoded with as few bytes as possible', { field })
    }
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return { value, end: position + 1 }
    scale *= 128
  }
  throw malformed(structure, offset, `has more than ${VARIABLE_INTEGER_SIZE_LIMIT} bytes`, { field })
}
