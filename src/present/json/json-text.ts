import { UNSAFE } from '../../../parsers/bytes/byte-string.ts'

/** JSON has newlines between values only. */
const UNSAFE_BUT_NEWLINES = new RegExp(`${UNSAFE.source}(?<!\\n)`, 'g')

/** Characters that we look through at a time: for each row alone it took a quarter more time to write half a million. */
const PIECE = 1 << 16

/** The items of a list, each in a line of its own: a list may be so long that its text does not fit into memory. */
export function* jsonRows<T>(items: readonly T[], toJson: (item: T) => object): Generator<string> {
  let text = ''
  for (let index = 0; index < items.length; index += 1) {
    text += index === 0 ? '\n' : ',\n'
    text += JSON.stringify(toJson(items[index]!))
    if (text.length <= PIECE) continue
    yield text.replace(UNSAFE_BUT_NEWLINES, escaped)
    text = ''
  }
  yield text.replace(UNSAFE_BUT_NEWLINES, escaped)
}

/**
 * A value as JSON that is safe to print: we escape characters that a terminal may act on, without changing the value.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
