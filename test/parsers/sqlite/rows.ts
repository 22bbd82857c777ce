import { Problems } from '../../../parsers/bytes/problems.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { openDatabase, type Row, rowsOf } from '../../../parsers/sqlite/index.ts'

/** The rows of a table, and what was said of the database. */
export interface Read {
  readonly rows: readonly Row[] | undefined
  readonly warnings: readonly string[]
}

/** Reads a table of a database in memory. */
export function readTable(bytes: Uint8Array, table: string, log?: Uint8Array): Read {
  const source = bytesSource(bytes, 'db')
  const problems = new Problems(source)
  const database = openDatabase(source, log === undefined ? undefined : bytesSource(log, 'db-wal'))
  const found = rowsOf(database, table, problems)
  const rows = found === undefined ? undefined : [...found]
  return { rows, warnings: problems.found().warnings.map(({ message }) => message) }
}
