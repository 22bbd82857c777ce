import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { varintAt } from './varint.ts'

/** A value of a column: NULL, an integer, a real number, a text in UTF-8, or a blob. */
export type Value = null | bigint | number | ByteString | Uint8Array

/** Columns of a table that SQLite can be built for (SQLITE_MAX_COLUMN, Implementation Limits For SQLite 2). */
const MOST_COLUMNS = 32_767

/**
 * The columns of a record (SQLite file format 2.1). A record may have fewer columns than its table.
 * @returns a text that says what is wrong, if it is damaged
 */
export function columnsOf(record: Uint8Array): readonly Value[] | string {
  const header = varintAt(record, 0)
  if (header === undefined || header.value < BigInt(header.end) || header.value > BigInt(record.length)) {
    return 'its header is longer than the record'
  }
  const headerEnd = Number(header.value)
  const columns: Value[] = []
  let at = header.end
  let content = headerEnd
  while (at < headerEnd) {
    const type = varintAt(record, at)
    if (type === undefined || type.end > headerEnd) return 'its header ends inside a serial type'
    const size = sizeOf(type.value)
    if (size === undefined) return 'a serial type that does not exist'
    if (size > BigInt(record.length - content)) return 'a column ends after the record'
    if (columns.length === MOST_COLUMNS) return 'more columns than a table can have'
    const end = content + Number(size)
    columns.push(valueFrom(type.value, record.subarray(content, end)))
    at = type.end
    content = end
  }
  return columns
}

/** Bytes of an integer or a real number, by serial type. 8 and 9 are the integers 0 and 1. */
const SIZES = [0n, 1n, 2n, 3n, 4n, 6n, 8n, 8n, 0n, 0n]
const REAL = 7n
const ZERO = 8n
const FIRST_BLOB = 12n

function sizeOf(type: bigint): bigint | undefined {
  return type >= FIRST_BLOB ? (type - FIRST_BLOB) / 2n : SIZES[Number(type)]
}

function valueFrom(type: bigint, bytes: Uint8Array): Value {
  if (type >= FIRST_BLOB) return type % 2n === 0n ? bytes : byteString(bytes)
  if (type === 0n) return null
  if (type >= ZERO) return type - ZERO
  if (type === REAL) return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0)
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, value)
}
