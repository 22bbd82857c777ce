import { byteStringOfText } from '../bytes/byte-string.ts'
import type { Problems } from '../bytes/problems.ts'
import type { Database } from './database.ts'
import { type Row, rowsAt } from './table.ts'

/** The table of all tables begins at page 1 (SQLite file format 2.6): type, name, tbl_name, rootpage, sql. */
const SCHEMA_ROOT = 1

/**
 * The rows of a table, by its name; undefined if there is no such table. A damaged part becomes a problem.
 * @param name as in CREATE TABLE; SQLite ignores the case of ASCII letters
 */
export function rowsOf(database: Database, name: string, problems: Problems): Iterable<Row> | undefined {
  const wanted = byteStringOfText(name).toLowerCase()
  for (const { columns } of rowsAt(database, SCHEMA_ROOT, problems)) {
    const [type, named, , root] = columns
    if (type !== 'table' || typeof named !== 'string' || typeof root !== 'bigint') continue
    // A virtual table has no pages of its own.
    if (named.toLowerCase() === wanted && root > 0n) return rowsAt(database, Number(root), problems)
  }
  return undefined
}
