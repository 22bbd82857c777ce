import { asFormatError, type FormatError } from '../../../parsers/bytes/errors.ts'
import { atLimit, type Limits } from '../../../parsers/bytes/limits.ts'
import { Problems } from '../../../parsers/bytes/problems.ts'
import { type ByteSource, bytesSource, formatError } from '../../../parsers/bytes/source.ts'
import { type Header, readHeader } from '../../../parsers/rpm/header.ts'
import { openDatabase, rowsOf } from '../../../parsers/sqlite/index.ts'
import { DatabaseReader } from '../database-reader.ts'
import type { PackageDatabase } from '../package-database.ts'
import type { RootFileSystem } from '../root-file-system.ts'
import { packageOf } from './package.ts'
import { providingPaths } from './required-paths.ts'

/** Where distributions keep the database: rpm's default, Fedora, and systems that ostree makes. */
const FOLDERS = ['/var/lib/rpm', '/usr/lib/sysimage/rpm', '/usr/share/rpm']
/** The database of rpm 4.16 and later (rpm, lib/backend/sqlite.cc). */
const FILE = 'rpmdb.sqlite'
/** Databases that other versions and distributions have. */
const OTHER_FILES = [
  ['Packages.db', 'an ndb database'],
  ['Packages', 'a Berkeley database'],
] as const

/** Reads the database of rpm; undefined if a system has none. */
export function rpmDatabase(root: RootFileSystem): PackageDatabase | undefined {
  const reader = new DatabaseReader(root)
  const found = readHeaders(root, reader, packageOf)
  if (found === undefined) return otherDatabase(reader)
  return {
    packages: providingPaths(found.read, (file) => reader.numberAt(file)),
    problems: found.problems,
  }
}

/** What a function made of the headers of packages. */
interface ReadHeaders<Result> {
  readonly read: readonly Result[]
  readonly problems: readonly FormatError[]
}

/**
 * What a function reads from the header of each package.
 * @param read returns undefined for a header that is of no package
 * @returns undefined if a system has no database that we read
 */
export function readHeaders<Result>(
  root: RootFileSystem,
  reader: DatabaseReader,
  read: (header: Header, spend: (bytes: number) => void) => Result | undefined,
): ReadHeaders<Result> | undefined {
  const path = FOLDERS.map((folder) => `${folder}/${FILE}`).find((one) => reader.hasFile(one))
  if (path === undefined) return undefined
  const found = reader.readAt(path, (source) => {
    const log = reader.readAt(`${path}-wal`, (one) => one)
    return readRows(source, log, root.layers[0]!.open.reader.limits, read)
  })
  return { read: found?.read ?? [], problems: [...reader.problems, ...(found?.problems ?? [])] }
}

/** A database that we do not read: a problem says so. */
function otherDatabase(reader: DatabaseReader): PackageDatabase | undefined {
  for (const folder of FOLDERS) {
    for (const [name, kind] of OTHER_FILES) {
      if (!reader.hasFile(`${folder}/${name}`)) continue
      const unread = reader.problemIn(
        `${folder}/${name}`,
        `${kind} of rpm; its packages are not known, because only ${FILE} is read`,
        'UNSUPPORTED',
      )
      return { packages: [], problems: reader.problems, unread }
    }
  }
  return undefined
}

function readRows<Result>(
  source: ByteSource,
  log: ByteSource | undefined,
  limits: Limits,
  read: (header: Header, spend: (bytes: number) => void) => Result | undefined,
): ReadHeaders<Result> {
  const problems = new Problems(source)
  const rows = rowsOf(openDatabase(source, log), 'Packages', problems)
  if (rows === undefined) {
    problems.lose('MALFORMED', 'it has no table Packages', { structure: 'rpm database', offset: 0 })
  }
  let left = limits.path
  const spend = (bytes: number): void => {
    left -= bytes
    if (left >= 0) return
    throw formatError(
      'LIMIT',
      'the paths of all packages are too long; those of further packages are ignored',
      source,
      {
        structure: 'rpm database',
        offset: 0,
        ...atLimit(limits, 'path'),
      },
    )
  }
  const results: Result[] = []
  let damaged = 0
  for (const { rowid, columns } of rows ?? []) {
    const [, blob] = columns
    try {
      const found = read(readHeader(headerSource(blob, rowid, source)), spend)
      if (found !== undefined) results.push(found)
    } catch (error) {
      problems.damage(asFormatError(error))
      damaged += 1
      if (damaged < limits.damage) continue
      problems.damage(
        formatError('LIMIT', 'too many damaged packages; the rest is ignored', source, {
          structure: 'rpm database',
          offset: 0,
          ...atLimit(limits, 'damage'),
        }),
      )
      break
    }
  }
  return { read: results, problems: problems.found().warnings }
}

/** The header of a package as a source, so that errors have the place in it. */
function headerSource(blob: unknown, rowid: bigint, { name }: ByteSource): ByteSource {
  return bytesSource(blob instanceof Uint8Array ? blob : new Uint8Array(0), `package ${rowid} of ${name}`)
}
