import { type ByteString, byteString, quoted } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, type ErrorCode, type FormatError } from '../../parsers/bytes/errors.ts'
import { atLimit } from '../../parsers/bytes/limits.ts'
import { type ByteSource, formatError } from '../../parsers/bytes/source.ts'
import type { Entry } from '../../parsers/image.ts'
import { contentSource } from '../images/content-reader.ts'
import type { OpenImage } from '../images/open-image.ts'
import { entryFinder } from './package-files.ts'

/**
 * Reads the files of a package manager's database in one image. It keeps to the limit `packages`, and collects problems
 * instead of throwing, because what we can read of a damaged database is still true.
 */
export class DatabaseReader {
  readonly problems: FormatError[] = []
  readonly #open: OpenImage
  readonly #find: (path: ByteString) => number
  #left: number
  #isOverLimit = false

  constructor(open: OpenImage) {
    this.#open = open
    this.#find = entryFinder(open)
    this.#left = open.reader.limits.packages
  }

  /** The entry at a path, through links to directories; undefined if there is none. */
  entryAt(path: ByteString): Entry | undefined {
    const index = this.#find(path)
    return index < 0 ? undefined : this.#open.image.tree.entry(index)
  }

  /** The text of the file at a path; undefined if there is none, or if we cannot read it. */
  textAt(path: ByteString): ByteString | undefined {
    const entry = this.entryAt(path)
    return entry === undefined || entry.type !== 'file' ? undefined : this.textOf(entry, path)
  }

  /** The text of a file; undefined if we cannot read it. */
  textOf(entry: Entry, path: ByteString): ByteString | undefined {
    return this.#read(entry, path, (source) => byteString(source.read(0, source.size)))
  }

  /** What a function reads from a file; undefined, and a problem more, if the file is damaged. */
  readAt<Result>(path: ByteString, read: (source: ByteSource) => Result): Result | undefined {
    const entry = this.entryAt(path)
    return entry === undefined || entry.type !== 'file' ? undefined : this.#read(entry, path, read)
  }

  /**
   * What a function reads from a file of which it needs a small part only. It has to say how many bytes it takes.
   * @returns undefined, and there is a problem more, if the file is damaged
   */
  partOf<Result>(
    entry: Entry,
    path: ByteString,
    read: (source: ByteSource, spend: (bytes: number) => void) => Result,
  ): Result | undefined {
    if (this.#isOverLimit) return undefined
    const spend = (bytes: number): void => {
      if (bytes > this.#left) throw this.#overLimit(path)
      this.#left -= bytes
    }
    try {
      return read(contentSource(this.#open.reader, entry), spend)
    } catch (error) {
      this.problems.push(asFormatError(error))
      return undefined
    }
  }

  /** Keeps a problem of a file of the database. */
  report(path: ByteString, detail: string, code: ErrorCode = 'MALFORMED'): void {
    this.problems.push(
      formatError(code, detail, this.#open.image.source, {
        structure: `package database ${quoted(path)}`,
        offset: 0,
      }),
    )
  }

  #overLimit(path: ByteString): FormatError {
    const { image, reader } = this.#open
    this.#isOverLimit = true
    return formatError('LIMIT', 'the package database is too large to read; the rest of it is ignored', image.source, {
      structure: `package database ${quoted(path)}`,
      offset: 0,
      ...atLimit(reader.limits, 'packages'),
    })
  }

  #read<Result>(entry: Entry, path: ByteString, read: (source: ByteSource) => Result): Result | undefined {
    if (entry.size > this.#left) {
      if (!this.#isOverLimit) this.problems.push(this.#overLimit(path))
      return undefined
    }
    this.#left -= entry.size
    try {
      return read(contentSource(this.#open.reader, entry))
    } catch (error) {
      this.problems.push(asFormatError(error))
      return undefined
    }
  }
}
