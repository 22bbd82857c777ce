import { failure, malformed } from './failure.ts'

/** Bytes. */
export const VARIABLE_INTEGER_SIZE_LIMIT = 9

/** A number and where it ends. */
export interface VariableInteger {
  /** Exact up to 2^53; above, where no size is that this decoder meets, rounded. */
  readonly value: number
  readonly end: number
}

/**
 * A multibyte integer: seven bits a byte, lowest first, all bytes but the last with their highest bit set
 * (xz 1.2: 1.2).
 * @param end of the structure it lies in
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
      throw failure(code, structure, offset, 'runs over the end', { field })
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
