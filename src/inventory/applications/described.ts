import { type ByteString, textOf } from '../../../parsers/bytes/byte-string.ts'

/** The longest value that we take from a description. It goes into a heading, so the user cannot change this limit. */
const LONGEST = 256

/** Facts of a description as text. It leaves out those that are missing, empty, too long, or no UTF-8. */
export function described<Key extends string>(
  facts: Readonly<Record<Key, ByteString | undefined>>,
): { readonly [K in Key]?: string } {
  const found: { [K in Key]?: string } = {}
  for (const [key, value] of Object.entries(facts) as [Key, ByteString | undefined][]) {
    const text = value === undefined || value.length > LONGEST ? undefined : textOf(value)
    if (text !== undefined && text.trim() !== '') found[key] = text
  }
  return found
}
