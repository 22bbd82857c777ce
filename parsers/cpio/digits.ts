import type { Field } from '../bytes/fields.ts'

/** A number as 8 hexadecimal digits; NaN if one of them is none. */
export const hex8: Field<number> = digits(8, 16)

/** A number as octal digits; NaN if one of them is none. */
export function octal(size: number): Field<number> {
  return digits(size, 8)
}

function digits(size: number, base: number): Field<number> {
  return {
    size,
    get(view, offset) {
      let value = 0
      for (let index = 0; index < size; index += 1) {
        const digit = digitOf(view.getUint8(offset + index))
        if (digit >= base) return Number.NaN
        value = value * base + digit
      }
      return value
    },
  }
}

/** The value of a digit by its ASCII code; 16 if it is none. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : 16
}
