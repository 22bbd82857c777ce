import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Verification, VerifiedOwner } from '../analyses/verify.ts'
import type { FoundChecksum } from '../inventory/integrity.ts'
import type { ReadFailure } from '../scan/plan-reading.ts'
import { type Cell, count, MISSING, type NameCell, name, optionalBytes, plural, text } from './cell.ts'
import type { Column } from './column.ts'
import { linesOf, type Section, tableOf } from './section.ts'
import type { View } from './view.ts'

/** What was verified: a store path, a file that could not be read, or a checksum. */
type Row =
  | { readonly kind: 'owner'; readonly owner: VerifiedOwner }
  | { readonly kind: 'file'; readonly failure: ReadFailure }
  | { readonly kind: 'checksum'; readonly checksum: FoundChecksum }

export interface VerifyContext {
  readonly nameOf: (key: ByteString) => NameCell
  /** What is wrong with an owner, in sentences. */
  readonly problemsOf: (owner: VerifiedOwner) => readonly string[]
  /** Whether to list what passes, too. */
  readonly verbose: boolean
}

/** Whether the content is what the image says that it should be. */
export function verifyView(verification: Verification, context: VerifyContext): View<Row> {
  const { owners, files, checksums } = verification
  const rows: readonly Row[] = [
    ...owners.map((owner) => ({ kind: 'owner', owner }) as const),
    ...files.failures.map((failure) => ({ kind: 'file', failure }) as const),
    ...checksums.map((checksum) => ({ kind: 'checksum', checksum }) as const),
  ]
  const columns = columnsOf(context)
  return {
    sections: () => sectionsOf(verification, rows, columns, context),
    rows: () => ({ columns, rows }),
  }
}

function columnsOf({ nameOf, problemsOf }: VerifyContext): readonly Column<Row>[] {
  const owner = (value: (owner: VerifiedOwner) => Cell) => (row: Row) =>
    row.kind === 'owner' ? value(row.owner) : MISSING
  return [
    { id: 'status', heading: 'status', isName: true, value: (row) => text(statusOf(row)) },
    { id: 'kind', heading: 'kind', only: 'programs', value: ({ kind }) => text(kind === 'owner' ? 'storePath' : kind) },
    {
      id: 'path',
      heading: 'what',
      isName: true,
      value: (row) => {
        if (row.kind === 'owner') return nameOf(row.owner.key)
        return name(row.kind === 'file' ? row.failure.path : row.checksum.path)
      },
    },
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
    { id: 'narSize', heading: 'NAR size', only: 'programs', value: owner(({ size }) => optionalBytes(size)) },
    {
      id: 'registeredNarSize',
      heading: 'registered NAR size',
      only: 'programs',
      value: owner(({ registeredSize }) => optionalBytes(registeredSize)),
    },
    { id: 'problem', heading: 'problem', isName: true, value: (row) => text(problemOf(row, problemsOf)) },
  ]
}

function statusOf(row: Row): VerifiedOwner['status'] {
  if (row.kind === 'owner') return row.owner.status
  if (row.kind === 'file') return 'unknown'
  const { problem } = row.checksum
  return problem === undefined ? 'pass' : problem.code === 'CHECKSUM' ? 'fail' : 'unknown'
}

function problemOf(row: Row, problemsOf: VerifyContext['problemsOf']): string {
  if (row.kind === 'owner') return problemsOf(row.owner).join('; ')
  return (row.kind === 'file' ? row.failure.error : row.checksum.problem)?.message ?? ''
}

const VERDICTS = { pass: 'PASS', fail: 'FAIL', unknown: 'NOT VERIFIED' } as const

function sectionsOf(
  { name: image, verdict, owners, files, checksums }: Verification,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { verbose }: VerifyContext,
): Section[] {
  const listed = verbose ? rows : rows.filter((row) => statusOf(row) !== 'pass')
  const passed = owners.filter(({ status }) => status === 'pass').length
  return [
    {
      title: [text(image)],
      note: [VERDICTS[verdict]],
      body: linesOf(
        [count(passed), ' of ', ...plural(owners.length, 'store path'), ' passed'],
        [count(files.failed), ' of ', ...plural(files.count, 'other file'), ' cannot be read'],
        [
          count(checksums.filter(({ problem }) => problem !== undefined).length),
          ' of ',
          ...plural(checksums.length, 'checksum'),
          ' failed',
        ],
      ),
    },
    ...(listed.length === 0 ? [] : [{ body: tableOf(columns, listed) }]),
  ]
}
