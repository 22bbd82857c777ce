import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Verification, VerifiedOwner, VerifiedPackage } from '../analyses/verify.ts'
import type { FoundChecksum } from '../inventory/integrity.ts'
import type { ReadFailure } from '../scan/plan-reading.ts'
import {
  type Cell,
  type Line,
  MISSING,
  type NameCell,
  name,
  optionalBytes,
  plural,
  text,
  type Words,
  words,
} from './cell.ts'
import { type Choice, chosen, showsAll } from './choice.ts'
import { type Column, sortKeys } from './column.ts'
import { type Section, tableOf } from './section.ts'
import { ownerProblems, packageProblems } from './verify-problems.ts'
import { mentionsNote, type Total, totalsOf, verdictOf } from './verify-totals.ts'
import type { View } from './view.ts'

/** What was verified: a store path, a package, a file that could not be read, or a checksum. For people, also how many passed. */
type Row =
  | { readonly kind: 'owner'; readonly owner: VerifiedOwner }
  | { readonly kind: 'package'; readonly of: VerifiedPackage }
  | { readonly kind: 'file'; readonly failure: ReadFailure }
  | { readonly kind: 'checksum'; readonly checksum: FoundChecksum }
  | (Total & { readonly kind: 'total' })

export interface VerifyContext {
  readonly nameOf: (key: ByteString) => NameCell
  /** Whether to list what passes, too. */
  readonly verbose: boolean
}

/** Whether the content is what the image says that it should be. */
export function verifyView(verification: Verification, context: VerifyContext, choice: Choice): View<Row> {
  const { owners, packages, files, checksums } = verification
  const rows: readonly Row[] = [
    ...owners.map((owner) => ({ kind: 'owner', owner }) as const),
    ...packages.map((of) => ({ kind: 'package', of }) as const),
    ...files.failures.map((failure) => ({ kind: 'file', failure }) as const),
    ...checksums.map((checksum) => ({ kind: 'checksum', checksum }) as const),
  ]
  const columns = columnsOf(context)
  return {
    sections: () => sectionsOf(verification, rows, columns, context, choice),
    rows: () => ({ columns, rows: chosen(rows, columns, { ...choice, top: 0 }, sizeOf) }),
  }
}

const SIGNS = { pass: 'pass', fail: 'fail', unknown: 'error' } as const

function columnsOf({ nameOf, verbose }: VerifyContext): readonly Column<Row>[] {
  const owner = (value: (owner: VerifiedOwner) => Cell) => (row: Row) =>
    row.kind === 'owner' ? value(row.owner) : MISSING
  return [
    {
      id: 'status',
      heading: 'status',
      isName: true,
      value: (row) => {
        if (row.kind === 'total') return { kind: 'status', sign: row.sign, status: row.sign }
        return { kind: 'status', sign: signOf(row), status: statusOf(row) }
      },
      sort: (row) => (row.kind === 'total' ? '' : statusOf(row)),
    },
    { id: 'kind', heading: 'kind', only: 'programs', value: ({ kind }) => text(kind === 'owner' ? 'storePath' : kind) },
    {
      id: 'name',
      heading: 'what',
      isName: true,
      only: 'people',
      value: (row) => whatOf(row, nameOf),
      sort: (row) => pathOf(row, nameOf).short,
    },
    { id: 'path', heading: 'what', only: 'programs', value: (row) => pathOf(row, nameOf) },
    {
      id: 'structure',
      heading: 'structure',
      only: 'programs',
      value: (row) => (row.kind === 'checksum' ? text(row.checksum.structure) : MISSING),
    },
    { id: 'narHash', heading: 'NAR hash', only: 'programs', value: owner(({ hash }) => text(hash)) },
    {
      id: 'registeredNarHash',
      heading: 'registered NAR hash',
      only: 'programs',
      value: owner(({ registeredHash }) => text(registeredHash)),
    },
    {
      id: 'narSize',
      heading: 'NAR size',
      only: 'programs',
      value: owner(({ size }) => optionalBytes(size)),
      sort: (row) => (row.kind === 'owner' ? (row.owner.size ?? 0) : 0),
    },
    {
      id: 'registeredNarSize',
      heading: 'registered NAR size',
      only: 'programs',
      value: owner(({ registeredSize }) => optionalBytes(registeredSize)),
    },
    {
      id: 'problem',
      heading: 'problem',
      isName: true,
      remark: 'result',
      value: (row) => problemOf(row, nameOf, verbose),
    },
  ]
}

/** What the rows are sorted by. */
export const VERIFY_SORT_KEYS: readonly string[] = sortKeys(columnsOf({ nameOf: (key) => name(key), verbose: false }))

/** What `min` compares: the size of a store path's archive. Other rows have none. */
function sizeOf(row: Row): number {
  return row.kind === 'owner' ? (row.owner.size ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
}

/** What people read: FAIL only where something differs, and ERROR where we could not tell. */
function signOf(row: Exclude<Row, Total>): Total['sign'] {
  const status = statusOf(row)
  const isUnread =
    row.kind === 'owner' ? !row.owner.differs : row.kind === 'package' ? row.of.flaws.length === 0 : false
  return status === 'fail' && isUnread ? 'error' : SIGNS[status]
}

function statusOf(row: Exclude<Row, Total>): VerifiedOwner['status'] {
  if (row.kind === 'owner') return row.owner.status
  if (row.kind === 'package') return row.of.status
  if (row.kind === 'file') return 'unknown'
  const { problem } = row.checksum
  return problem === undefined ? 'pass' : problem.code === 'CHECKSUM' ? 'fail' : 'unknown'
}

function pathOf(row: Row, nameOf: VerifyContext['nameOf']): NameCell {
  if (row.kind === 'owner') return nameOf(row.owner.key)
  if (row.kind === 'package') return nameOf(row.of.key)
  if (row.kind === 'total') return name('')
  return name(row.kind === 'file' ? row.failure.path : row.checksum.path)
}

/** "GPT header, CRC-32", "boot/initrd: zstd stream, XXH64"; else a path. */
function whatOf(row: Row, nameOf: VerifyContext['nameOf']): Cell {
  if (row.kind === 'total') return words(...row.what)
  if (row.kind !== 'checksum') return pathOf(row, nameOf)
  const { path, structure, algorithm } = row.checksum
  const where: Words = path === '' ? [] : [name(path.replace(/^\//, '')), ': ']
  return words(...where, `${structure}, ${algorithm ?? 'without a checksum'}`)
}

function problemOf(row: Row, nameOf: VerifyContext['nameOf'], verbose: boolean): Cell {
  const lines = problemLines(row, nameOf, verbose)
  return lines.length === 0 ? MISSING : { kind: 'lines', lines }
}

function problemLines(row: Row, nameOf: VerifyContext['nameOf'], verbose: boolean): readonly Line[] {
  const prose = (sentence: Words): Line => ({ phrases: [sentence], isProse: true })
  switch (row.kind) {
    case 'owner':
      return ownerProblems(row.owner, nameOf).map(prose)
    case 'package':
      return packageProblems(row.of, verbose).map(prose)
    case 'file':
      return [prose([text(row.failure.error.message)])]
    case 'checksum':
      return row.checksum.problem === undefined ? [] : [prose([text(row.checksum.problem.message)])]
    case 'total':
      return row.remarks.map(prose)
  }
}

function sectionsOf(
  verification: Verification,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { nameOf, verbose }: VerifyContext,
  choice: Choice,
): Section[] {
  // Without a registration, all store paths are unknown, and without any checksum all packages are.
  const hasSums = verification.packages.some(({ declared }) => declared > 0)
  const isKnown = ({ kind }: Row): boolean =>
    kind === 'owner' ? verification.isRegistered : kind === 'package' ? hasSums : true
  const isListed = (row: Row): boolean => {
    if (row.kind === 'total') return false
    const status = statusOf(row)
    return verbose || status === 'fail' || (status !== 'pass' && isKnown(row))
  }
  const listed = rows.filter(isListed)
  const shown = chosen(listed, columns, choice, sizeOf)
  const large = choice.min > 0 ? listed.filter((row) => sizeOf(row) >= choice.min).length : listed.length
  const hidden = listed.length - shown.length
  const by = showsAll(choice, shown.length, large, listed.length)
  const more: Words = ['[', ...plural(hidden, 'more row'), `] ${by}`]
  const totals = [...totalsOf(verification), ...mentionsNote(verification, nameOf, verbose)]
  const body = tableOf<Row>(columns, [...shown, ...(hidden === 0 ? [] : [total('note', more)])])
  return [
    { title: [text(verification.name)], body: verdictOf(verification, nameOf) },
    {
      body: {
        ...body,
        foot: tableOf<Row>(
          columns,
          totals.map((some) => ({ kind: 'total', ...some })),
        ).rows,
        isList: true,
      },
    },
  ]
}

function total(sign: Total['sign'], what: Words): Row {
  return { kind: 'total', sign, what, remarks: [] }
}
