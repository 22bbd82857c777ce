import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { byteString, byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import type { Value } from '../../parsers/sqlite/index.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { readTable } from '../parsers/sqlite/rows.ts'

/** Rows with the values of all types and sizes: columns without a type, so that SQLite stores what it is given. */
const fill = (rows: number): string => `
  CREATE TABLE other(x);
  CREATE TABLE t(id INTEGER PRIMARY KEY, a, b, c);
  CREATE INDEX t_a ON t(a);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
  INSERT INTO t SELECT i * 7,
    CASE i % 12 WHEN 0 THEN NULL WHEN 1 THEN 0 WHEN 2 THEN 1 WHEN 3 THEN -i WHEN 4 THEN i * 300 WHEN 5 THEN i * 70000
      WHEN 6 THEN i * -20000000 WHEN 7 THEN i * 9000000000 WHEN 8 THEN i * 9000000000000000 WHEN 9 THEN i / 3.0
      WHEN 10 THEN 'naïve ' || i ELSE '' END,
    CASE i % 3 WHEN 0 THEN hex(zeroblob(i % 5000)) WHEN 1 THEN zeroblob(i % 7000) ELSE x'00ff' END,
    i FROM n;
  INSERT INTO t VALUES(-9223372036854775808, 9223372036854775807, -9223372036854775808, 'least'),
    (9223372036854775807, 1e300, -0.5, 'most');`

interface Case {
  readonly pageSize: number
  readonly rows: number
  /** Bytes that are reserved in each page. */
  readonly reserved?: number
  readonly more?: string
}
const CASES: Readonly<Record<string, Case>> = {
  'pages of 512 bytes, four levels of them': { pageSize: 512, rows: 6000 },
  'pages of 4 KiB': { pageSize: 4096, rows: 3000 },
  'pages of 64 KiB': { pageSize: 65_536, rows: 3000 },
  'a page without rows': { pageSize: 1024, rows: 10, more: 'DELETE FROM t;' },
  'reserved bytes': { pageSize: 1024, rows: 500, reserved: 32 },
  'the fewest usable bytes': { pageSize: 512, rows: 500, reserved: 32 },
  'rows that were deleted, and others in their place': {
    pageSize: 1024,
    rows: 2000,
    more: "DELETE FROM t WHERE id % 3 = 0; UPDATE t SET b = 'short' WHERE id % 5 = 0; INSERT INTO t SELECT NULL, id, b, c FROM other, t LIMIT 9;",
  },
  'columns that came later': {
    pageSize: 4096,
    rows: 50,
    more: "ALTER TABLE t ADD COLUMN d DEFAULT 5; INSERT INTO t VALUES(2, 'x', 'y', 'z', 6);",
  },
  'pages that are moved': {
    pageSize: 1024,
    rows: 900,
    more: 'PRAGMA auto_vacuum = FULL; VACUUM; DELETE FROM t WHERE id < 3000;',
  },
}

/** A value as `hex()` and `typeof()` of SQLite tell it. */
function told(value: Value): string {
  if (value === null) return 'null:'
  if (typeof value === 'bigint') return `integer:${value}`
  if (typeof value === 'number') return `real:${value}`
  if (typeof value === 'string') return `text:${Buffer.from(value, 'latin1').toString('hex').toUpperCase()}`
  return `blob:${Buffer.from(value).toString('hex').toUpperCase()}`
}

describeWith(['sqlite3'], 'tables of SQLite as sqlite3 tells them', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-sqlite-'))
  })
  afterAll(() => rmSync(work, { recursive: true }))

  const sqlite = (file: string, sql: string): Buffer => mustRun('sqlite3', [file], { input: Buffer.from(sql) })
  /** The rows of t as sqlite3 tells them: rowid, then each column that a record stores. */
  const expected = (file: string, columns: readonly string[]): readonly string[][] => {
    const each = columns.map(
      (name) =>
        `typeof(${name}) || ':' || CASE typeof(${name}) WHEN 'text' THEN hex(${name}) WHEN 'blob' THEN hex(${name}) WHEN 'real' THEN printf('%!.17g', ${name}) WHEN 'null' THEN '' ELSE ${name} END AS ${name}`,
    )
    const json = sqlite(
      file,
      `.mode json\nSELECT printf('%d', id) AS id, ${each.join(', ')} FROM t ORDER BY t.id;`,
    ).toString()
    const rows = json === '' ? [] : (JSON.parse(json) as Record<string, string>[])
    return rows.map((row) => [
      row['id']!,
      ...columns.map((name) => {
        const text = row[name]!
        return text.startsWith('real:') ? `real:${Number(text.slice(5))}` : text
      }),
    ])
  }
  const ours = (bytes: Uint8Array, log?: Uint8Array): readonly string[][] => {
    const { rows, warnings } = readTable(bytes, 't', log)
    expect(warnings).toEqual([])
    return rows!.map(({ rowid, columns: [id, ...others] }) => {
      expect(id).toBe(null)
      return [String(rowid), ...others.map(told)]
    })
  }

  it.each(Object.entries(CASES))('%s', (name, { pageSize, rows, reserved = 0, more = '' }) => {
    const file = join(work, `${name.replaceAll(' ', '-')}.sqlite`)
    const reserve = reserved === 0 ? '' : `.filectrl reserve_bytes ${reserved}\n`
    sqlite(file, `PRAGMA page_size = ${pageSize};\n${reserve}VACUUM;\n${fill(rows)}\n${more}`)
    const bytes = readFileSync(file)
    expect([bytes.readUInt16BE(16) % 65_535, bytes[20]]).toEqual([pageSize === 65_536 ? 1 : pageSize, reserved])
    const told = ours(bytes)
    const columns = ['a', 'b', 'c', ...(more.includes('COLUMN d') ? ['d'] : [])]
    // A record of before the column has no value for it, and sqlite3 tells its default.
    const padded = columns.length === 4 ? told.map((row) => (row.length < 5 ? [...row, 'integer:5'] : row)) : told
    expect(padded).toEqual(expected(file, columns))
    expect(told.length === 0).toBe(more.startsWith('DELETE FROM t;'))
  })

  it('a table among 300, in a schema of many pages', () => {
    const file = join(work, 'schema.sqlite')
    const tables = Array.from(
      { length: 300 },
      (_, index) => `CREATE TABLE "na\u00efve ${index}"(a); INSERT INTO "na\u00efve ${index}" VALUES(${index});`,
    )
    sqlite(file, `PRAGMA page_size = 512; CREATE VIEW v AS SELECT 1; BEGIN; ${tables.join('\n')} COMMIT;`)
    const bytes = readFileSync(file)
    for (const index of [0, 150, 299]) {
      expect(readTable(bytes, `na\u00efve ${index}`)).toMatchObject({
        rows: [{ rowid: 1n, columns: [BigInt(index)] }],
        warnings: [],
      })
    }
    expect(readTable(bytes, 'v').rows).toBe(undefined)
  })

  it('a write-ahead log with commits that are not in the database yet', () => {
    const file = join(work, 'live.sqlite')
    const copy = join(work, 'copy.sqlite')
    // sqlite3 removes the log when it ends, so we copy both files while it runs: after a commit, and in a transaction.
    const sql = `PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; ${fill(300)}
      PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 2;
      DELETE FROM t WHERE id % 2 = 0; INSERT INTO t SELECT id + 100000, 'new', b, c FROM t WHERE id BETWEEN 0 AND 900;
      BEGIN; UPDATE t SET a = 'not committed'; INSERT INTO t SELECT id + 200000, a, b, c FROM t WHERE id BETWEEN 0 AND 900;
      .shell cp ${file} ${copy}
      .shell cp ${file}-wal ${copy}-wal
      ROLLBACK;`
    sqlite(file, sql.replace(/^ +\./gm, '.'))
    expect(existsSync(`${file}-wal`)).toBe(false)
    const [database, log] = [readFileSync(copy), readFileSync(`${copy}-wal`)]
    const pristine = join(work, 'pristine.sqlite')
    copyFileSync(copy, pristine)
    const found = ours(database, log)
    expect(found).toEqual(expected(file, ['a', 'b', 'c']))
    expect(found.map(([, a]) => a)).toContain(`text:${Buffer.from('new').toString('hex').toUpperCase()}`)
    // The log does matter: without it, the database is the one of before. And it has frames that are not committed.
    expect(ours(database)).toEqual(expected(pristine, ['a', 'b', 'c']))
    expect(ours(database)).not.toEqual(found)
    expect(byteString(log)).toContain(byteStringOfText('not committed'))
  })
})
