import { UNSAFE } from '../../../parsers/bytes/byte-string.ts'

/** A value as JSON that is safe to print: what a terminal may act on is escaped, and reads as the same text. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
