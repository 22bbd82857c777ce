import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { printable } from '../present/text/printable.ts'

/** How many choices we list. */
export const MAX_LISTED = 20

/** Full paths to choose from, as lines; if there are many, only the first ones. */
export function choicesOf(paths: readonly ByteString[]): readonly string[] {
  const choices = paths.slice(0, MAX_LISTED).map(printable)
  return paths.length > MAX_LISTED ? [...choices, `and ${paths.length - MAX_LISTED} more`] : choices
}
