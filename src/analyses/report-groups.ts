import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Account } from '../inventory/attribution.ts'
import { DIRECTORIES, type DirectoryRow, directoryRows, pathTree, type SizedPath } from './directory-rows.ts'
import type { Report } from './report.ts'
import type { ReportRow } from './report-rows.ts'

/** What the rows of a report may be, besides owners. */
export type Grouping = 'directory' | 'file' | 'region'

/** The rows of a report that are no owners. They cover the files of the image, and add up with what is left over. */
export interface ReportGroups {
  readonly by: Grouping
  /** @param top how many rows may be shown; 0 for all */
  rows(top: number): readonly ReportRow[]
}

/** Directories that cover some files, as many as there is room for. */
export function directoryGroups(paths: Iterable<SizedPath>): ReportGroups {
  const tree = pathTree(paths)
  return { by: 'directory', rows: (top) => directoryRows(tree, top).map(rowOfDirectory) }
}

/** A row for each file, and for each directory that takes bytes itself. */
export function fileGroups(paths: Iterable<SizedPath>): ReportGroups {
  const rows = Array.from(paths, ({ path, otherNames, ...sizes }) => rowOf('file', path, sizes, otherNames)).filter(
    ({ own, files }) => own > 0 || files > 0,
  )
  return { by: 'file', rows: () => rows }
}

/** The parts of an image at its top level, with its structures: these rows add up alone. */
export function regionGroups({ regions, accounts }: Report): ReportGroups {
  const files = new Map<ByteString, number>()
  for (const account of accounts) files.set(account.region, (files.get(account.region) ?? 0) + account.files)
  const rows = regions.map(({ name, own, unpacked }) =>
    rowOf('region', name, { own, unpacked, files: files.get(name) ?? 0 }),
  )
  return { by: 'region', rows: () => rows }
}

function rowOfDirectory({ path, isDirectory, more, otherNames, ...sizes }: DirectoryRow): ReportRow {
  if (path === DIRECTORIES) return rowOf('directory', path, sizes)
  const top = path === '/' ? '' : path
  const name = more === undefined ? `${top}${isDirectory ? '/' : ''}` : `${top}/[${more} more]`
  return rowOf(isDirectory ? 'directory' : 'file', name, sizes, otherNames)
}

function rowOf(
  kind: ReportRow['kind'],
  path: ByteString,
  { own, unpacked, files }: Pick<Account, 'own' | 'unpacked' | 'files'>,
  otherNames: readonly ByteString[] = [],
): ReportRow {
  const none = undefined
  const references = { retained: none, closure: none, referrers: none, reached: none }
  return {
    kind,
    key: none,
    name: path,
    path,
    otherNames,
    pname: none,
    version: none,
    region: none,
    own,
    unpacked,
    files,
    ...references,
  }
}
