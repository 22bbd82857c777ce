import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Random } from '../../../fuzz/random.js'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { type Read, readTable } from '../../parsers/sqlite/rows.ts'
import {
  big,
  btreePage,
  column,
  database,
  interiorCell,
  leafCell,
  log,
  PAGE,
  type PageFields,
  record,
  schemaPage,
  varint,
} from '../../parsers/sqlite/writer.ts'
import { concat } from '../../parsers/squashfs/writer.ts'

/** Seconds of CPU time that no database of these may take. */
const SECONDS = 5

/** Reads a table: rows and warnings, or a refusal. Nothing but a FormatError may be thrown, and no row may hold more than the file. */
function survives(bytes: Uint8Array, table = 't', log?: Uint8Array): Read {
  const started = process.cpuUsage()
  let read: Read
  try {
    read = readTable(bytes, table, log)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    read = { rows: undefined, warnings: [error.message] }
  }
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(SECONDS)
  let held = 0
  for (const { columns } of read.rows ?? []) {
    for (const value of columns) if (value instanceof Uint8Array || typeof value === 'string') held += value.length
  }
  expect(held).toBeLessThanOrEqual(bytes.length + (log?.length ?? 0))
  for (const warning of read.warnings) expect(warning).toMatch(/^db(-wal)?: .* at 0x[0-9a-f]+: /)
  return read
}

const row = (rowid = 1): Uint8Array => leafCell(rowid, record([column('sound')]))
const leaf = (cells: readonly Uint8Array[], fields: PageFields = {}): Uint8Array => database([btreePage(cells, fields)])
/** A root with children. */
const tree = (children: readonly number[], right: number, ...pages: readonly Uint8Array[]): Uint8Array =>
  database([
    btreePage(
      children.map((child, key) => interiorCell(child, key)),
      { type: 0x05, right },
    ),
    ...pages,
  ])
/** A row that goes on in overflow pages, each of which names the next. */
const chain = (size: number, next: readonly number[]): Uint8Array => {
  const local = new Uint8Array(Math.floor(((PAGE - 12) * 32) / 255) - 23).fill(1)
  const pages = next.map((number) => concat(big(4, number), new Uint8Array(PAGE - 4).fill(1)))
  return database([btreePage([leafCell(1, local, { size, overflow: 3 }), row(2)]), ...pages])
}
/** Bytes of a row that need some overflow pages. */
const over = (pages: number): number => Math.floor(((PAGE - 12) * 32) / 255) - 23 + pages * (PAGE - 4)

/** What a hostile database does, how many of its rows are read, and what is said of it. */
const CASES: readonly (readonly [name: string, bytes: () => Uint8Array, rows: number, said: RegExp])[] = [
  // 1 Pages: a table that is its own child, all children the same, a page that does not exist, the page of the schema.
  ['a page that is its own child', () => tree([2, 2], 2), 0, /page 2 at 0x200: it is used twice/],
  [
    'a page that all name',
    () =>
      tree(
        Array.from({ length: 60 }, () => 3),
        3,
        btreePage([row()]),
      ),
    1,
    /page 3 .*used twice/,
  ],
  ['a child that is page 0', () => tree([], 0), 0, /page 0 at .*there are only 2 pages/],
  [
    'a child that is page 2^32 - 1',
    () => tree([2 ** 32 - 1], 3, btreePage([row()])),
    1,
    /page 4294967295 at .*there are only 3/,
  ],
  ['a file that ends before its pages', () => database([], { pages: 9 }), 0, /page 2 at 0x200: cut short/],
  ['a root that is the schema', () => database([], {}, schemaPage('t', 1)), 1, /^$/],
  ['a root that is negative', () => database([], {}, schemaPage('t', -1)), 0, /^$/],
  ['a page of no type', () => leaf([], { type: 0 }), 0, /page 2 at 0x200: no page of a table/],
  // 2 Cells: too many, outside, in the header, at the last bytes, all the same.
  ['65,535 cells', () => leaf([row()], { count: 65_535 }), 0, /more cells than the page has room for/],
  ['a cell behind the page', () => leaf([row()], { pointers: [PAGE] }), 0, /a cell is outside the page/],
  ['a cell in the header', () => leaf([row()], { pointers: [0] }), 0, /a cell is outside the page/],
  ['a cell in the last byte', () => leaf([row()], { pointers: [PAGE - 1] }), 0, /a cell is outside the page/],
  [
    'one cell 200 times',
    () => leaf([row()], { count: 200, pointers: Array.from({ length: 200 }, () => PAGE - row().length) }),
    56,
    /cells share bytes/,
  ],
  // 3 Sizes: negative, of the whole file and more, of a varint without an end.
  [
    'a row of -1 bytes',
    () => leaf([leafCell(1, new Uint8Array(9), { size: -1 }), row(2)]),
    1,
    /larger than the database/,
  ],
  [
    'a row of 2^62 bytes',
    () => leaf([leafCell(1, new Uint8Array(9), { size: 2n ** 62n }), row(2)]),
    1,
    /larger than the database/,
  ],
  [
    'a row that ends after its page',
    () => leaf([leafCell(1, new Uint8Array(9), { size: 400 })]),
    0,
    /a cell ends after the page/,
  ],
  ['a size without an end', () => leaf([new Uint8Array(6).fill(0xff)]), 0, /a cell ends after the page/],
  // 4 Overflow: none, a loop, back to the table, behind the file, a chain that two rows share.
  ['an overflow page that is missing', () => chain(over(2), [0, 0]), 1, /overflow pages of a row end before it does/],
  ['an overflow page that is its own next', () => chain(over(2), [3, 3]), 1, /page 3 .*used twice/],
  ['an overflow page that is the table', () => chain(over(2), [2, 2]), 1, /page 2 .*used twice/],
  ['an overflow page behind the file', () => chain(over(2), [99, 0]), 1, /page 99 at .*only 4 pages/],
  ['rows that share an overflow page', shared, 1, /page 3 .*used twice/],
  // 5 Records: headers and columns that are longer than the record, types that do not exist, columns without number.
  [
    'a header of 0 bytes',
    () => leaf([leafCell(1, Uint8Array.of(0, 9)), row(2)]),
    1,
    /its header is longer than the record/,
  ],
  ['a header of 2^56 bytes', () => leaf([leafCell(1, varint(2n ** 56n)), row(2)]), 1, /its header is longer than/],
  [
    'a header without an end',
    () => leaf([leafCell(1, Uint8Array.of(0xff, 0xff)), row(2)]),
    1,
    /its header is longer than/,
  ],
  ['a type without an end', () => leaf([leafCell(1, Uint8Array.of(2, 0xff)), row(2)]), 1, /ends inside a serial type/],
  ['type 10', () => leaf([leafCell(1, Uint8Array.of(2, 10)), row(2)]), 1, /a serial type that does not exist/],
  [
    'type -1',
    () => leaf([leafCell(1, concat(Uint8Array.of(10), varint(-1))), row(2)]),
    1,
    /serial type that does not exist/,
  ],
  [
    'a text of 2^60 bytes',
    () => leaf([leafCell(1, record([[2n ** 61n + 13n, new Uint8Array(0)]])), row(2)]),
    1,
    /a column ends after/,
  ],
  [
    'an integer without bytes',
    () => leaf([leafCell(1, record([[6, new Uint8Array(0)]])), row(2)]),
    1,
    /a column ends after the record/,
  ],
  ['100,000 columns', columns, 0, /more columns than a table can have/],
]

function shared(): Uint8Array {
  const local = new Uint8Array(39).fill(1)
  local.set(concat(varint(3), varint(12 + 2 * (over(1) - 3))))
  const cells = [1, 2].map((rowid) => leafCell(rowid, local.subarray(0, over(0)), { size: over(1), overflow: 3 }))
  return database([btreePage(cells), new Uint8Array(PAGE)])
}

/** A row whose header has 100,000 NULLs. */
function columns(): Uint8Array {
  const header = concat(varint(100_003), new Uint8Array(100_000))
  const pages = Math.ceil((header.length - over(0)) / (PAGE - 4))
  const size = over(pages)
  const payload = concat(header, new Uint8Array(size - header.length))
  return database([
    btreePage([leafCell(1, payload.subarray(0, over(0)), { size, overflow: 3 })]),
    ...Array.from({ length: pages }, (_, index) =>
      concat(big(4, index + 4), payload.subarray(over(index), over(index + 1))),
    ),
  ])
}

describe('hostile databases of SQLite', () => {
  it.each(CASES)('%s', (_, make, count, said) => {
    const { rows, warnings } = survives(make())
    expect(warnings.join('\n')).toMatch(said)
    expect(rows?.length ?? 0).toBe(count)
  })

  it('may be as deep as they have pages', () => {
    const inner = Array.from({ length: 20_000 }, (_, index) => btreePage([], { type: 0x05, right: index + 3 }))
    expect(survives(database([...inner, btreePage([row()])])).rows).toHaveLength(1)
  })
})

describe('hostile write-ahead logs', () => {
  const old = database([btreePage([row(1)])])
  const page = btreePage([row(1), row(2)])
  const rowsWith = (bytes: Uint8Array): Read => survives(old, 't', bytes)

  it('count as far as they are committed, and no further', () => {
    const commit = { page: 2, content: page, commit: 2 }
    const later = { page: 2, content: btreePage([]), commit: 0 }
    expect(rowsWith(log([commit])).rows).toHaveLength(2)
    expect(rowsWith(log([commit, later])).rows).toHaveLength(2)
    expect(rowsWith(log([{ ...commit, commit: 0 }])).rows).toHaveLength(1)
    expect(
      rowsWith(
        log([
          { ...commit, commit: 0 },
          { page: 3, content: page, commit: 3 },
        ]),
      ).rows,
    ).toHaveLength(2)
  })

  it('with another salt or checksum are of an earlier use', () => {
    const good = log([{ page: 2, content: page, commit: 2 }])
    for (const at of [0, 3, 8, 16, 24, 31, 32, 36, 40, 48, 56, 300]) {
      const changed = Uint8Array.from(good)
      changed[at]! ^= 4
      expect(rowsWith(changed)).toMatchObject({ rows: [{ rowid: 1n }], warnings: [] })
    }
    for (let cut = 0; cut < good.length; cut += 7) expect(rowsWith(good.subarray(0, cut)).rows).toHaveLength(1)
  })

  it('of another version or page size are refused', () => {
    expect(rowsWith(log([], { version: 3_007_001 })).warnings.join()).toMatch(
      /^db-wal: SQLite WAL header at 0x4: version: /,
    )
    expect(rowsWith(log([], { pageSize: 1024 })).warnings.join()).toMatch(
      /^db-wal: .*pageSize: not that of the database/,
    )
  })

  it('lead nowhere else: to page 0, to pages that do not exist, to a database of 2^32 - 1 pages', () => {
    for (const number of [0, 99, 2 ** 32 - 1]) {
      for (const commit of [1, 2, 2 ** 32 - 1]) survives(old, 't', log([{ page: number, content: page, commit }]))
    }
    const far = btreePage([interiorCell(2 ** 32 - 1, 1)], { type: 0x05, right: 77 })
    const { warnings } = rowsWith(log([{ page: 2, content: far, commit: 2 ** 32 - 1 }]))
    expect(warnings.join('\n')).toMatch(/page 4294967295 at 0x1fffffffc00: cut short/)
  })
})

const RPMDB = gunzipSync(readFileSync(new URL('../../../fixtures/rpm/rpmdb.sqlite.gz', import.meta.url)))

describe('a database that rpm wrote', () => {
  it('is read wherever it is cut, with what is still there', () => {
    let some = 0
    for (let cut = 0; cut < 100; cut += 1) {
      const { rows = [] } = survives(RPMDB.subarray(0, 1 + Math.floor((cut * RPMDB.length) / 100)), 'Packages')
      if (rows.length > 0) some += 1
    }
    expect(some).toBeGreaterThan(10)
  })

  it('is read whatever bytes are changed', () => {
    const random = new Random(19)
    for (let round = 0; round < 1500; round += 1) {
      const changed = Uint8Array.from(RPMDB)
      // Headers of the file and of pages are what leads elsewhere.
      for (let change = 0; change <= round % 8; change += 1) {
        const page = random.below(RPMDB.length / 4096)
        changed[page * 4096 + random.below(round % 2 === 0 ? 130 : 4096)] = random.below(256)
      }
      survives(changed, 'Packages')
    }
  })
})
