/** What JSON may hold as it is, and a terminal may act on: DEL, C1 controls, line separators, bidirectional overrides. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** A value as JSON that is safe to print: what a terminal may act on is escaped, and reads as the same text. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
