import { type ByteString, byteString } from '../bytes/byte-string.ts'

/**
 * The records of an extended header: "LENGTH KEY=VALUE" and a newline, where the length counts all of it (POSIX pax,
 * "pax Extended Header"). We read them up to one that is none.
 */
export function paxRecords(content: Uint8Array): ReadonlyMap<ByteString, ByteString> {
  const records = new Map<ByteString, ByteString>()
  const text = byteString(content)
  for (let at = 0; at < text.length; ) {
    const [, digits = ''] = /^(\d+) /.exec(text.slice(at, at + 20)) ?? []
    const end = at + Number(digits)
    const record = text.slice(at + digits.length + 1, end - 1)
    const equals = record.indexOf('=')
    if (digits === '' || end > text.length || text[end - 1] !== '\n' || equals < 1) break
    records.set(record.slice(0, equals), record.slice(equals + 1))
    at = end
  }
  return records
}
