import { UNSAFE } from '../../../parsers/bytes/byte-string.ts'

/** The items of a list, each in a line of its own: a list may be so long that its text does not fit into memory. */
export function* jsonRows<T>(items: readonly T[], toJson: (item: T) => object): Generator<string> {
  let text = ''
  for (const [index, item] of items.entries()) {
    text += `${index === 0 ? '\n' : ',\n'}${jsonText(toJson(item))}`
    if (text.length > 1 << 16) {
      yield text
      text = ''
    }
  }
  yield text
}

/**
 * A value as JSON that is safe to print: we escape characters that a terminal may act on, without changing the value.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
