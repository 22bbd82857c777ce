import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { ReportRow } from '../analyses/report-rows.ts'
import { isPackage } from '../owners/names.ts'
import {
  brief,
  bytes,
  type Cell,
  count,
  INAPPLICABLE,
  MISSING,
  type NameCell,
  name,
  optionalBytes,
  optionalCount,
  plural,
  share,
  text,
  type Words,
  words,
} from './cell.ts'
import { type Column, sortKeys } from './column.ts'
import { nounsOfKeys } from './nouns.ts'

/** A sum of rows, or what is left beside them: "[27 more store paths]". */
export interface SumRow {
  readonly kind: 'sum'
  readonly label: Words
  readonly own: number
  readonly unpacked: number
  readonly files: number
}

/** A row of a table of owners. */
export type OwnersRow = ReportRow | SumRow

/** What the columns of owners need to know besides the row. */
export interface OwnersContext {
  /** The bytes of the whole image. */
  readonly size: number
  /** What a row is called: "store path". */
  readonly noun: string
  /** What the owners that refer to one are called in a few words: "paths". By their keys if absent. */
  readonly several?: string
  /** The name of an owner, or of a file. */
  readonly nameOf: (row: Pick<ReportRow, 'key' | 'name' | 'otherNames'>) => NameCell
}

/**
 * The columns of owners of an image's bytes, in every format. Their ids are the keys to sort by, and the words in JSON
 * and CSV.
 */
export function ownerColumns({ size, noun, nameOf, several }: OwnersContext): readonly Column<OwnersRow>[] {
  const owner = (value: (row: ReportRow) => Cell) => (row: OwnersRow) => (row.kind === 'sum' ? MISSING : value(row))
  const number = (key: 'retained' | 'closure') => (row: OwnersRow) => (row.kind === 'sum' ? 0 : (row[key] ?? 0))
  return [
    {
      id: 'kind',
      heading: 'kind',
      only: 'programs',
      value: (row) => text(kindWord(row.kind, row.kind === 'sum' ? undefined : row.key)),
    },
    { id: 'path', heading: 'path', only: 'programs', holds: 'name', value: owner(({ path }) => name(path)) },
    { id: 'pname', heading: 'pname', only: 'programs', value: owner(({ pname }) => text(pname)) },
    { id: 'version', heading: 'version', only: 'programs', value: owner(({ version }) => text(version)) },
    {
      id: 'region',
      heading: 'region',
      holds: 'name',
      only: 'programs',
      value: owner(({ region }) => (region === undefined ? MISSING : name(region))),
    },
    { id: 'own', heading: 'own', holds: 'bytes', value: ({ own }) => bytes(own), sort: ({ own }) => own },
    { id: 'share', heading: '%', only: 'people', value: ({ own }) => share(own, size) },
    {
      id: 'retained',
      heading: 'retained',
      holds: 'bytes',
      value: owner(({ retained }) => optionalBytes(retained)),
      sort: number('retained'),
    },
    {
      id: 'closure',
      heading: 'closure',
      holds: 'bytes',
      value: owner(({ closure }) => optionalBytes(closure)),
      sort: number('closure'),
      dispensable: 2,
    },
    {
      id: 'unpacked',
      heading: 'unpacked',
      holds: 'bytes',
      value: ({ kind, unpacked }) => (kind === 'sum' && unpacked === 0 ? INAPPLICABLE : bytes(unpacked)),
      sort: ({ unpacked }) => unpacked,
    },
    {
      id: 'files',
      heading: 'files',
      holds: 'count',
      value: ({ kind, files }) => (kind === 'sum' && files === 0 ? INAPPLICABLE : count(files)),
      sort: ({ files }) => files,
      dispensable: 1,
    },
    {
      id: 'name',
      heading: noun,
      isName: true,
      only: 'people',
      value: (row) => (row.kind === 'sum' ? words(...row.label) : rowName(row, nameOf)),
      sort: (row) => (row.kind === 'sum' ? '' : row.name),
    },
    {
      id: 'pulledInBy',
      heading: 'pulled in by',
      isName: true,
      only: 'people',
      value: owner((row) => pulledInBy(row, nameOf, several)),
    },
    {
      id: 'referrerCount',
      heading: 'referrers',
      holds: 'count',
      only: 'programs',
      value: owner(({ referrers }) => optionalCount(referrers?.length)),
    },
    {
      id: 'otherNames',
      heading: 'other names',
      only: 'programs',
      value: owner(({ otherNames }) => ({ kind: 'names', names: otherNames.map((other) => name(other)) })),
    },
  ]
}

/** The name of an owner or a file; "glibc 2.42 (3 paths)" for a package that stands for several owners. */
function rowName(row: ReportRow, nameOf: OwnersContext['nameOf']): Cell {
  const { name: its, version, owners } = row
  if (owners === undefined) return nameOf(row)
  return words(
    name(version === undefined ? its : `${its} ${version}`),
    ...[' (', ...plural(owners.length, ...nounsOfKeys(owners).brief), ')'],
  )
}

/** The columns that only an image with references has. */
const OF_REFERENCES: ReadonlySet<string> = new Set(['retained', 'closure', 'pulledInBy'])

/** The columns for people of an image without references. */
export function withoutReferences<Row>(columns: readonly Column<Row>[]): readonly Column<Row>[] {
  return columns.filter(({ id }) => !OF_REFERENCES.has(id))
}

/** What owners are sorted by. */
export const OWNER_SORT_KEYS: readonly string[] = sortKeys(ownerColumns({ size: 0, noun: '', nameOf: () => name('') }))

/** The direct referrers, in a few words. */
function pulledInBy(
  { referrers, reached }: ReportRow,
  nameOf: OwnersContext['nameOf'],
  several: string | undefined,
): Cell {
  if (referrers === undefined) return MISSING
  const [first] = referrers
  if (reached !== true) return words('(nothing)')
  if (first === undefined) return words('(root)')
  if (referrers.length > 2) return words(count(referrers.length), ` ${several ?? nounsOfKeys(referrers).brief[1]}`)
  const named = brief(nameOf({ key: first, name: first, otherNames: [] }))
  return referrers.length === 1 ? named : words(named, ' +1')
}

/** The kind of a row for programs: an owner is a `storePath` or a `package`. */
export function kindWord(kind: string, key: ByteString | undefined): string {
  if (kind !== 'owner') return kind
  return key !== undefined && isPackage(key) ? 'package' : 'storePath'
}

/** A sum of rows under a label. */
export function sumRow(
  label: Words,
  rows: readonly { readonly own: number; readonly unpacked: number; readonly files: number }[],
): SumRow {
  let own = 0
  let unpacked = 0
  let files = 0
  for (const row of rows) {
    own += row.own
    unpacked += row.unpacked
    files += row.files
  }
  return { kind: 'sum', label, own, unpacked, files }
}
