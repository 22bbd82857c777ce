import type { ByteString } from '../../../parsers/bytes/byte-string.ts'

/** The values of each field of a file of the database, by the name between its percent signs. */
export type Fields = ReadonlyMap<ByteString, readonly ByteString[]>

/** Reads a file of the local database: a line "%NAME%", values one a line, an empty line (pacman, lib/libalpm/be_local.c). */
export function fieldsIn(text: ByteString): Fields {
  const fields = new Map<ByteString, ByteString[]>()
  let values: ByteString[] | undefined
  for (const line of text.split('\n')) {
    if (line === '') values = undefined
    else if (values !== undefined) values.push(line)
    else if (/^%[^%]+%$/.test(line)) {
      values = []
      fields.set(line.slice(1, -1), values)
    }
  }
  return fields
}
