import { big } from '../../parsers/sqlite/writer.ts'
import { concat, text } from '../../parsers/squashfs/writer.ts'

/** One entry of a header: its data, or where that is said to be. */
export interface HeaderEntry {
  tag: number
  type: number
  data: Uint8Array
  count: number
  offset?: number
}

export const strings = (tag: number, ...values: readonly string[]): HeaderEntry => ({
  tag,
  type: 8,
  data: text(values.map((value) => `${value}\0`).join('')),
  count: values.length,
})
export const integers = (tag: number, bytes: 1 | 2 | 4, ...values: readonly number[]): HeaderEntry => ({
  tag,
  type: { 1: 1, 2: 3, 4: 4 }[bytes],
  data: concat(...values.map((value) => big(bytes, value))),
  count: values.length,
})

/** The header of a package as the database has it. It checks nothing, and aligns nothing. */
export function header(
  entries: readonly HeaderEntry[],
  { indexLength = entries.length, dataLength }: { indexLength?: number; dataLength?: number } = {},
): Uint8Array {
  let at = 0
  const index = entries.map(({ tag, type, data, count, offset }) => {
    const entry = concat(big(4, tag), big(4, type), big(4, offset ?? at), big(4, count))
    at += data.length
    return entry
  })
  return concat(big(4, indexLength), big(4, dataLength ?? at), ...index, ...entries.map(({ data }) => data))
}
