import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Account } from '../inventory/attribution.ts'
import { packageIdOf, packageOf } from '../owners/names.ts'
import { type DirectoryRow, directoryRowName, directoryRows, pathTree, type SizedPath } from './directory-rows.ts'
import type { Grouping } from './grouping.ts'
import type { Report } from './report.ts'
import { ownerRows, type ReportRow } from './report-rows.ts'

/** The rows of a report that are no single owners. They cover the files of the image, and add up with what is left over. */
export interface ReportGroups {
  readonly by: Exclude<Grouping, 'path'>
  /** @param top how many rows may be shown; 0 for all */
  rows(top: number): readonly ReportRow[]
}

/**
 * A row for each package. It stands for all owners of the package: the outputs and versions of it that an image of Nix has,
 * the architectures of it that a Debian has. What only one owner has is known of packages with one owner alone.
 */
export function packageGroups(report: Report): ReportGroups {
  const groups = new Map<string, ReportRow[]>()
  for (const row of ownerRows(report)) {
    const id = packageIdOf(row.key!)
    const known = groups.get(id)
    if (known === undefined) groups.set(id, [row])
    else known.push(row)
  }
  const rows = Array.from(groups.values(), (owners) => (owners.length === 1 ? owners[0]! : rowOfPackage(owners)))
  return { by: 'package', rows: () => rows }
}

function rowOfPackage(owners: readonly ReportRow[]): ReportRow {
  const { name } = packageOf(owners[0]!.key!)
  const versions = new Set(owners.map(({ key }) => packageOf(key!).version))
  const [version] = versions
  return {
    ...rowOf('package', name, {
      own: owners.reduce((sum, { own }) => sum + own, 0),
      unpacked: owners.reduce((sum, { unpacked }) => sum + unpacked, 0),
      files: owners.reduce((sum, { files }) => sum + files, 0),
    }),
    pname: name,
    version: versions.size === 1 && version !== '' ? version : undefined,
    owners: owners.map(({ key }) => key!),
  }
}

/** Directories that cover some files, as many as there is room for. */
export function directoryGroups(paths: Iterable<SizedPath>): ReportGroups {
  const tree = pathTree(paths)
  return { by: 'directory', rows: (top) => directoryRows(tree, top).map(rowOfDirectory) }
}

/** A row for each file, and for each directory that takes bytes itself. */
export function fileGroups(paths: Iterable<SizedPath>): ReportGroups {
  const rows = Array.from(paths, fileRow).filter(({ own, files }) => own > 0 || files > 0)
  return { by: 'file', rows: () => rows }
}

/** The row of a file, or of a directory that takes bytes itself. */
export function fileRow({ path, otherNames, ...sizes }: SizedPath): ReportRow {
  return rowOf('file', path, sizes, otherNames)
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

function rowOfDirectory(row: DirectoryRow): ReportRow {
  return rowOf(row.isDirectory ? 'directory' : 'file', directoryRowName(row), row, row.otherNames)
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
