import { UNSAFE } from '../../../parsers/bytes/byte-string.ts'

/**
 * A value as JSON that is safe to print: we escape characters that a terminal may act on, without changing the value.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
