import { concat, text } from '../squashfs/writer.ts'

/** A writer of SQLite databases for tests, page by page. It checks nothing. */

export const PAGE = 512

/** A number in big-endian order, of some bytes. */
export function big(bytes: number, value: number | bigint): Uint8Array {
  const rest = BigInt.asUintN(64, BigInt(value))
  return Uint8Array.from({ length: bytes }, (_, index) => Number((rest >> BigInt(8 * (bytes - 1 - index))) & 0xffn))
}

export function varint(value: number | bigint): Uint8Array {
  const bits = BigInt.asUintN(64, BigInt(value))
  if (bits >> 56n !== 0n) {
    const high = bits >> 8n
    const first = Array.from({ length: 8 }, (_, index) => Number((high >> BigInt(7 * (7 - index))) & 0x7fn) | 0x80)
    return Uint8Array.from([...first, Number(bits & 0xffn)])
  }
  const groups = [Number(bits & 0x7fn)]
  for (let rest = bits >> 7n; rest > 0n; rest >>= 7n) groups.unshift(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.from(groups)
}

/** A column: its serial type, and its content. */
export type Column = readonly [type: number | bigint, content: Uint8Array]
export const column = (value: string | Uint8Array | number): Column => {
  if (typeof value === 'number') return [4, big(4, value)]
  if (typeof value === 'string') return [13 + 2 * value.length, text(value)]
  return [12 + 2 * value.length, value]
}

export function record(columns: readonly Column[], headerSize?: number): Uint8Array {
  const types = concat(...columns.map(([type]) => varint(type)))
  return concat(varint(headerSize ?? types.length + 1), types, ...columns.map(([, content]) => content))
}

/** The cell of a row: `size` is what it says of its payload, `overflow` the page where that goes on. */
export function leafCell(
  rowid: number | bigint,
  payload: Uint8Array,
  { size = payload.length, overflow }: { size?: number | bigint; overflow?: number } = {},
): Uint8Array {
  return concat(varint(size), varint(rowid), payload, overflow === undefined ? new Uint8Array(0) : big(4, overflow))
}
export const interiorCell = (child: number, key: number): Uint8Array => concat(big(4, child), varint(key))

export interface PageFields {
  type?: number
  /** How many cells it says that it has. */
  count?: number
  /** Where it says that its cells are. */
  pointers?: readonly number[]
  right?: number
  /** Bytes before the header: 100 in page 1. */
  begin?: number
}

/** A page of a b-tree: header, pointers, and from its end the cells. */
export function btreePage(cells: readonly Uint8Array[], fields: PageFields = {}): Uint8Array {
  const { type = 0x0d, begin = 0, right = 0 } = fields
  const page = new Uint8Array(PAGE)
  let end = PAGE
  const pointers = cells.map((cell) => {
    end -= cell.length
    page.set(cell, end)
    return end
  })
  const header = concat(big(1, type), big(2, 0), big(2, fields.count ?? cells.length), big(2, end), big(1, 0))
  const all = [header, type === 0x05 ? big(4, right) : new Uint8Array(0)]
  page.set(concat(...all, ...(fields.pointers ?? pointers).map((at) => big(2, at))), begin)
  return page
}

export interface DatabaseHeader {
  headerString?: string
  pageSize?: number
  readVersion?: number
  reserved?: number
  pages?: number
  encoding?: number
}

/** A database: page 1 has the table "t", whose root is page 2, if `first` is no other page. */
export function database(
  pages: readonly Uint8Array[],
  header: DatabaseHeader = {},
  first: Uint8Array = schemaPage('t', 2),
): Uint8Array {
  const { headerString = 'SQLite format 3\0', pageSize = PAGE, readVersion = 1, reserved = 0, encoding = 1 } = header
  const whole = concat(first, ...pages)
  whole.set(concat(text(headerString), big(2, pageSize), big(1, 1), big(1, readVersion), big(1, reserved)))
  whole.set(big(4, 7), 24)
  whole.set(big(4, header.pages ?? pages.length + 1), 28)
  whole.set(big(4, encoding), 56)
  whole.set(big(4, 7), 92)
  return whole
}

export function schemaPage(name: string, root: number): Uint8Array {
  const row = record(['table', name, name, root, `CREATE TABLE ${name}(a)`].map(column))
  return btreePage([leafCell(1, row)], { begin: 100 })
}

export interface Frame {
  page: number
  content: Uint8Array
  /** Pages of the database, if it ends a transaction; else 0. */
  commit: number
}

/** A write-ahead log, with its checksums. */
export function log(frames: readonly Frame[], { version = 3_007_000, pageSize = PAGE } = {}): Uint8Array {
  const salts = text('saltSALT')
  let sums = [0n, 0n]
  const summed = (bytes: Uint8Array): Uint8Array => {
    const numbers = Array.from({ length: bytes.length / 4 }, (_, index) => Buffer.from(bytes).readUInt32BE(4 * index))
    for (let index = 0; index < numbers.length; index += 2) {
      const first = (sums[0]! + BigInt(numbers[index]!) + sums[1]!) % 2n ** 32n
      sums = [first, (sums[1]! + BigInt(numbers[index + 1]!) + first) % 2n ** 32n]
    }
    return concat(...sums.map((sum) => big(4, sum)))
  }
  const header = concat(big(4, 0x377f0683), big(4, version), big(4, pageSize), big(4, 0), salts)
  const parts = [header, summed(header)]
  for (const { page, content, commit } of frames) {
    const begin = concat(big(4, page), big(4, commit))
    summed(begin)
    parts.push(begin, salts, summed(content), content)
  }
  return concat(...parts)
}
