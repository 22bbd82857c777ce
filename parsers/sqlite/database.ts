import { type ByteSource, checkRange, formatError } from '../bytes/source.ts'
import { readHeader } from './header.ts'
import type { Page } from './page.ts'
import { committedPages } from './write-ahead-log.ts'

/** A database as its pages, those of its write-ahead log among them. */
export interface Database {
  readonly source: ByteSource
  readonly usableSize: number
  /** The most bytes that all pages hold. */
  readonly size: number
  /** Whether it has a page of this number. */
  has(number: number): boolean
  /** @throws {FormatError} if there is no page of this number, or if the file ends before it does */
  page(number: number): Page
}

/**
 * Opens a database of SQLite 3, to be read (SQLite file format 1.3, 4.5).
 * @param log its write-ahead log, if there is one
 * @throws {FormatError} if it is no database that we can read
 */
export function openDatabase(source: ByteSource, log: ByteSource | undefined): Database {
  const { pageSize } = readHeader(source, 0)
  const committed = log === undefined ? undefined : committedPages(log, pageSize)
  const place = (number: number): Pick<Page, 'source' | 'offset'> => {
    const offset = committed?.offsets.get(number)
    return log === undefined || offset === undefined
      ? { source, offset: (number - 1) * pageSize }
      : { source: log, offset }
  }
  const first = place(1)
  const { usableSize, count: known } = readHeader(first.source, first.offset)
  const count = committed?.count ?? known ?? Math.floor(source.size / pageSize)
  const has = (number: number): boolean => number >= 1 && number <= count
  return {
    source,
    usableSize,
    has,
    size: Math.min(count * pageSize, source.size + (log?.size ?? 0)),
    page(number) {
      const structure = `page ${number}`
      const at = place(number)
      if (!has(number)) {
        throw formatError('MALFORMED', `there are only ${count} pages`, source, {
          structure,
          offset: Math.max(0, at.offset),
        })
      }
      checkRange(at.source, at.offset, pageSize, structure)
      return { number, bytes: at.source.read(at.offset, usableSize), ...at }
    },
  }
}
