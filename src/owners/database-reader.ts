import { type ByteString, byteString, quoted } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, type ErrorCode, type FormatError } from '../../parsers/bytes/errors.ts'
import { atLimit } from '../../parsers/bytes/limits.ts'
import { Problems } from '../../parsers/bytes/problems.ts'
import { type ByteSource, formatError } from '../../parsers/bytes/source.ts'
import type { Entry } from '../../parsers/image.ts'
import { contentSource } from '../images/content-reader.ts'
import type { OpenImage } from '../images/open-image.ts'
import { costOfText } from './name-cost.ts'
import { type EntryFinder, entryFinder, type FoundEntry } from './package-files.ts'
import type { RootFileSystem } from './root-file-system.ts'

/** A file or directory of a root file system. */
export interface DatabaseEntry {
  readonly open: OpenImage
  readonly entry: Entry
}

/**
 * Reads the files of a package manager's database in a root file system. It keeps to the limit `packages`, and collects
 * problems instead of throwing, because what we can read of a damaged database is still true.
 */
export class DatabaseReader {
  readonly #problems: Problems
  readonly #open: OpenImage
  readonly #finder: EntryFinder
  /** The number before the first entry of each layer. */
  readonly #begins = new Map<OpenImage, number>()
  #left: number
  #isOverLimit = false

  constructor(root: RootFileSystem) {
    this.#open = root.layers[0]!.open
    this.#problems = new Problems(this.#open.image.source)
    this.#finder = entryFinder(root)
    this.#left = this.#open.reader.limits.packages
    let begin = 0
    for (const { open } of root.layers) {
      this.#begins.set(open, begin)
      begin += open.image.tree.count
    }
  }

  /** The problems so far: each once, and a few of each kind with their number, because a database may have any number. */
  get problems(): readonly FormatError[] {
    return this.#problems.found().warnings
  }

  /** The entry at a path, through links; undefined if there is none. */
  entryAt(path: ByteString): DatabaseEntry | undefined {
    const found = this.#finder.follow(path)
    return found && entryOf(found)
  }

  /** The entries in a directory, through links to directories; none if there is no such directory. */
  entriesIn(path: ByteString): readonly DatabaseEntry[] {
    return this.#finder.entriesIn(path).map(entryOf)
  }

  /** A number of the entry at a path, the same for all paths that lead to it; undefined if there is none. */
  numberAt(path: ByteString): number | undefined {
    const found = this.#finder.find(path)
    return found && this.#begins.get(found.open)! + found.index
  }

  /** Whether there is a file at a path. */
  hasFile(path: ByteString): boolean {
    return this.entryAt(path)?.entry.type === 'file'
  }

  /** The text of the file at a path; undefined if there is none, or if we cannot read it. */
  textAt(path: ByteString): ByteString | undefined {
    const found = this.entryAt(path)
    return found?.entry.type === 'file' ? this.textOf(found, path) : undefined
  }

  /** The text of a file; undefined if we cannot read it. */
  textOf(found: DatabaseEntry, path: ByteString): ByteString | undefined {
    return this.#read(found, path, (source) => {
      const bytes = source.read(0, source.size)
      this.#spend(costOfText(bytes), path)
      return byteString(bytes)
    })
  }

  /** What a function reads from a file; undefined, and a problem more, if the file is damaged. */
  readAt<Result>(path: ByteString, read: (source: ByteSource) => Result): Result | undefined {
    const found = this.entryAt(path)
    return found?.entry.type === 'file' ? this.#read(found, path, read) : undefined
  }

  /**
   * What a function reads from a file of which it needs a small part only. It has to say how many bytes it takes.
   * @returns undefined, and there is a problem more, if the file is damaged
   */
  partOf<Result>(
    { open, entry }: DatabaseEntry,
    path: ByteString,
    read: (source: ByteSource, spend: (bytes: number) => void) => Result,
  ): Result | undefined {
    if (this.#isOverLimit) return undefined
    try {
      return read(contentSource(open.reader, entry), (bytes) => this.#spend(bytes, path))
    } catch (error) {
      this.#problems.note(asFormatError(error))
      return undefined
    }
  }

  /** Keeps a problem of a file of the database. */
  report(path: ByteString, detail: string): void {
    this.#problems.note(this.problemIn(path, detail, 'MALFORMED'))
  }

  /** A problem of a file of the database. */
  problemIn(path: ByteString, detail: string, code: ErrorCode): FormatError {
    const structure = `package database ${quoted(path)}`
    return formatError(code, detail, this.#open.image.source, { structure, offset: 0 })
  }

  #spend(bytes: number, path: ByteString): void {
    if (bytes > this.#left) throw this.#overLimit(path)
    this.#left -= bytes
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

  #read<Result>(
    { open, entry }: DatabaseEntry,
    path: ByteString,
    read: (source: ByteSource) => Result,
  ): Result | undefined {
    if (this.#isOverLimit) return undefined
    try {
      this.#spend(entry.size, path)
      return read(contentSource(open.reader, entry))
    } catch (error) {
      this.#problems.note(asFormatError(error))
      return undefined
    }
  }
}

function entryOf({ open, index }: FoundEntry): DatabaseEntry {
  return { open, entry: open.image.tree.entry(index) }
}
