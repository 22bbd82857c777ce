import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Problems } from '../../../parsers/bytes/problems.ts'
import { type ByteSource, bytesSource } from '../../../parsers/bytes/source.ts'
import { openDatabase, rowsOf } from '../../../parsers/sqlite/index.ts'
import { localSize } from '../../../parsers/sqlite/payload.ts'
import { varintAt } from '../../../parsers/sqlite/varint.ts'
import { concat, text } from '../squashfs/writer.ts'
import { readTable } from './rows.ts'
import {
  big,
  btreePage,
  type Column,
  column,
  database,
  interiorCell,
  leafCell,
  PAGE,
  record,
  varint,
} from './writer.ts'

const RPMDB = gunzipSync(readFileSync(new URL('../../../fixtures/rpm/rpmdb.sqlite.gz', import.meta.url)))

const one = (columns: readonly Column[]): Uint8Array => database([btreePage([leafCell(1, record(columns))])])

describe('a database of SQLite', () => {
  it('has the rows of a table that rpm wrote, with what is on overflow pages', () => {
    const { rows, warnings } = readTable(RPMDB, 'Packages')
    expect(warnings).toEqual([])
    expect(rows!.map(({ rowid }) => rowid)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n])
    // hnum is the rowid, so the record has NULL for it. Blobs begin with the counts of a header, which give their size.
    for (const { columns } of rows!) {
      const [hnum, blob] = columns
      const view = Buffer.from(blob as Uint8Array)
      expect(hnum).toBe(null)
      expect(view.length).toBe(8 + 16 * view.readUint32BE(0) + view.readUint32BE(4))
    }
    expect(Math.max(...rows!.map(({ columns }) => (columns[1] as Uint8Array).length))).toBeGreaterThan(3 * 4096)
  })

  it('has tables by their names, whatever the case of ASCII letters', () => {
    expect(readTable(RPMDB, 'pACKAGES').rows).toHaveLength(8)
    expect(readTable(RPMDB, 'Name').rows!.map(({ columns }) => columns[0])).toContain('libsmall-compat')
    expect(readTable(RPMDB, 'absent')).toEqual({ rows: undefined, warnings: [] })
  })

  it('has values of all types', () => {
    const columns: readonly Column[] = [
      [0, new Uint8Array(0)],
      [1, big(1, -1)],
      [2, big(2, -32_768)],
      [3, big(3, 8_388_607)],
      [4, big(4, -2_147_483_648)],
      [5, big(6, -(2n ** 47n))],
      [6, big(8, 2n ** 63n - 1n)],
      [7, Uint8Array.of(0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18)],
      [8, new Uint8Array(0)],
      [9, new Uint8Array(0)],
      [12, new Uint8Array(0)],
      [13, new Uint8Array(0)],
      [16, Uint8Array.of(1, 2)],
      [17, text('ab')],
    ]
    const { rows, warnings } = readTable(one(columns), 't')
    expect(warnings).toEqual([])
    expect(rows![0]!.columns).toEqual([
      null,
      -1n,
      -32_768n,
      8_388_607n,
      -(2n ** 31n),
      -(2n ** 47n),
      2n ** 63n - 1n,
      Math.PI,
      0n,
      1n,
      new Uint8Array(0),
      '',
      Uint8Array.of(1, 2),
      'ab',
    ])
  })

  it('has its rows in order, through interior pages', () => {
    const leaf = (rowid: number): Uint8Array => btreePage([leafCell(rowid, record([column(`row ${rowid}`)]))])
    const root = btreePage([interiorCell(3, 1), interiorCell(4, 2)], { type: 0x05, right: 5 })
    const { rows } = readTable(database([root, leaf(1), leaf(2), leaf(-3)]), 't')
    expect(rows!.map(({ rowid, columns }) => [rowid, ...columns])).toEqual([
      [1n, 'row 1'],
      [2n, 'row 2'],
      [-3n, 'row -3'],
    ])
  })

  it('goes on after what is damaged, and says what that is', () => {
    const sound = (rowid: number): Uint8Array => leafCell(rowid, record([column('sound')]))
    const root = btreePage([interiorCell(3, 1), interiorCell(99, 2), interiorCell(2, 3)], { type: 0x05, right: 4 })
    const pages = [
      root,
      btreePage([sound(1), leafCell(2, record([[11, new Uint8Array(0)]])), sound(3)]),
      btreePage([sound(4)]),
    ]
    const { rows, warnings } = readTable(database(pages), 't')
    expect(rows!.map(({ rowid }) => rowid)).toEqual([1n, 3n, 4n])
    expect(warnings).toEqual([
      `db: table b-tree page 3 at 0x${(3 * PAGE - 13).toString(16)}: the record of a row is damaged: a serial type that does not exist`,
      'db: page 99 at 0xc400: there are only 4 pages',
      'db: page 2 at 0x200: it is used twice',
    ])
  })

  it('reads no page for each of many that say of each other what is wrong', () => {
    const wrong = Array.from({ length: 60 }, (_, at) => interiorCell(at % 2 === 0 ? 1_000_000 + at : 3, at))
    const pages = Array.from({ length: 150 }, (_, at) => btreePage(wrong, { type: 0x05, right: at + 3 }))
    const bytes = bytesSource(database([...pages, btreePage([leafCell(7, record([column('last')]))])]), 'db')
    let reads = 0
    const counted: ByteSource = {
      ...bytes,
      read(offset, length) {
        reads += 1
        return bytes.read(offset, length)
      },
    }
    const problems = new Problems(bytes)
    const rows = [...rowsOf(openDatabase(counted, undefined), 't', problems)!]
    expect(rows.map(({ rowid }) => rowid)).toEqual([7n])
    expect(problems.complete).toBe(false)
    // Once for itself, and once for the one that it says a second time.
    expect(reads).toBeLessThan(400)
  })

  it('tells what is wrong with the cells of a page once', () => {
    const leaf = btreePage([], { count: 60, pointers: Array.from({ length: 60 }, (_, at) => PAGE - 4 - 2 * at) })
    const { rows, warnings } = readTable(database([leaf]), 't')
    expect(rows).toEqual([])
    expect(warnings).toHaveLength(1)
  })

  it('is as long as its header says, or as its file if an old SQLite wrote last', () => {
    const root = btreePage([interiorCell(3, 1)], { type: 0x05, right: 4 })
    const leaves = [1, 2].map((rowid) => btreePage([leafCell(rowid, record([column('x')]))]))
    const bytes = database([root, ...leaves], { pages: 3 })
    expect(readTable(bytes, 't').warnings).toEqual(['db: page 4 at 0x600: there are only 3 pages'])
    bytes.set(big(4, 6), 92)
    expect(readTable(bytes, 't').rows).toHaveLength(2)
  })

  it('is refused with a place, if it is none that we read', () => {
    const open = (bytes: Uint8Array) => () => openDatabase(bytesSource(bytes, 'db'), undefined)
    const refusals: readonly (readonly [Uint8Array, string])[] = [
      [
        new Uint8Array(0),
        'db: SQLite database header at 0x0: cut short: it takes bytes [0, 100), and there are only 0',
      ],
      [
        database([], { headerString: 'SQLite format 4\0' }),
        'db: SQLite database header at 0x0: headerString: not that',
      ],
      [database([], { pageSize: 513 }), 'db: SQLite database header at 0x10: pageSize: not a power of 2 from 512'],
      [database([], { pageSize: 256 }), 'db: SQLite database header at 0x10: pageSize: not a power of 2 from 512'],
      [database([], { reserved: 33 }), 'db: SQLite database header at 0x14: reservedSpace: leaves less than 480 bytes'],
      [
        database([], { readVersion: 3 }),
        'db: SQLite database header at 0x13: readVersion: newer than we read; found 3',
      ],
      [database([], { encoding: 2 }), 'db: SQLite database header at 0x38: textEncoding: not UTF-8; found 2'],
    ]
    for (const [bytes, said] of refusals) expect(open(bytes)).toThrow(said)
  })

  it('says that it does not read a table without rowids', () => {
    expect(readTable(database([btreePage([], { type: 0x0a })]), 't').warnings).toEqual([
      'db: table b-tree page 2 at 0x200: a page of an index, which we do not read',
    ])
  })
})

describe('a number of variable length', () => {
  it.each([0n, 1n, 127n, 128n, 16_383n, 16_384n, 2n ** 56n - 1n, 2n ** 56n, 2n ** 63n - 1n, -1n, -(2n ** 63n)])(
    '%s is read as it was written',
    (value) => {
      const bytes = varint(value)
      expect(varintAt(concat(Uint8Array.of(0xff), bytes), 1)).toEqual({ value, end: 1 + bytes.length })
      expect(varintAt(bytes.subarray(0, bytes.length - 1), 0)).toBe(undefined)
    },
  )
})

describe('the part of a payload in a cell', () => {
  // By hand from SQLite file format 1.7, for U = 4096: X = 4061, M = 489.
  it.each([
    [4061, 4061],
    [4062, 489],
    [489 + 4092, 489],
    [489 + 4092 + 3572, 4061],
    [489 + 4092 + 3573, 489],
  ])('%i bytes leave %i', (size, local) => {
    expect(localSize(size, 4096)).toBe(local)
  })
})
