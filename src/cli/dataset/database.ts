import type { DuckDBConnection } from '@duckdb/node-api'
import { UsageError } from '../exit-codes.ts'
import { isMissingPackage } from '../missing-package.ts'

/** A value of a row. Integers are safe, because we wrote them. */
export type DatabaseValue = string | number | boolean | null

export type DatabaseRow = Readonly<Record<string, DatabaseValue>>

/** Asks questions about files of Parquet. */
export interface Database {
  /**
   * The rows of a query.
   * @param files for `$files`
   * @param values for the other parameters
   */
  rows(
    query: string,
    files: readonly string[],
    values?: Readonly<Record<string, string | null>>,
  ): Promise<readonly DatabaseRow[]>
  close(): void
}

/**
 * Opens a database in memory.
 * @param path what the user wants to read, for the message
 * @throws {UsageError} if DuckDB is not installed
 */
export async function openDatabase(path: string): Promise<Database> {
  const duckdb = await loadDuckDB(path)
  // It would fetch from the network what it takes a path to need.
  const settings = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' }
  const instance = await duckdb.DuckDBInstance.create(':memory:', settings)
  const connection: DuckDBConnection = await instance.connect()
  return {
    async rows(query, files, values = {}) {
      const list = duckdb.listValue(files.map(withoutGlobs))
      const types = { files: duckdb.LIST(duckdb.VARCHAR) }
      const answer = await connection.runAndReadAll(query, { files: list, ...values }, types)
      return answer.getRowObjectsJS().map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => {
            return [name, typeof value === 'bigint' ? Number(value) : (value as DatabaseValue)]
          }),
        ),
      )
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** Loads the package that reads Parquet. It takes 70 MB, so it comes only to those who install it. */
async function loadDuckDB(path: string): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api')
  } catch (error) {
    if (!isMissingPackage(error, '@duckdb/node-api')) throw error
    throw new UsageError(`${path}: Parquet is read by DuckDB, which is not there; npm install @duckdb/node-api`)
  }
}

/** DuckDB takes paths for patterns. */
function withoutGlobs(path: string): string {
  return path.replace(/[*?[]/g, '[$&]')
}
