import type { FileDiffRow } from '../analyses/diff-files.ts'
import type { MetadataChange } from '../analyses/metadata-changes.ts'
import {
  bytes,
  type Cell,
  change,
  INAPPLICABLE,
  joined,
  MISSING,
  name,
  plural,
  text,
  type Words,
  words,
} from './cell.ts'
import { type Choice, chosen } from './choice.ts'
import { type Column, sortKeys } from './column.ts'
import { changeWords, privilegeWords } from './metadata.ts'
import { linesOf, type Section, tableOf } from './section.ts'
import type { View } from './view.ts'

/** What was compared of the files of a store path. */
export interface ComparedFiles {
  readonly rows: readonly FileDiffRow[]
  /** The full names of the store path; null for a side that does not have it. */
  readonly oldPath: string | null
  readonly newPath: string | null
  readonly haveContents: boolean
  /** Whether we know the metadata of both sides. */
  readonly haveMetadata: boolean
}

/** A changed file, or a sum. */
type Row = FileDiffRow | SummedFiles

interface SummedFiles {
  readonly sum: Words
  /** The class of its files, if they have the same. */
  readonly class?: FileDiffRow['class']
  readonly before: number
  readonly after: number
  readonly isTotal?: true
}

/** Which files of a store path changed. */
export function fileDiffView(compared: ComparedFiles, choice: Choice): View<Row> {
  const { rows } = compared
  return {
    sections: () => sectionsOf(compared, choice),
    rows: () => ({ columns: COLUMNS, rows: chosen(rows, COLUMNS, { ...choice, top: 0 }, sizeOf) }),
  }
}

function ofFile(value: (row: FileDiffRow) => Cell): (row: Row) => Cell {
  return (row) => ('sum' in row ? MISSING : value(row))
}

function nameOf(row: Row): Cell {
  if ('sum' in row) return words(...row.sum)
  return row.path === '' ? text('itself') : name(row.path)
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'class',
    heading: 'change',
    isName: true,
    value: (row) => text(row.class),
    sort: (row) => row.class ?? '',
  },
  {
    id: 'name',
    heading: 'file',
    isName: true,
    only: 'people',
    value: nameOf,
    sort: (row) => ('sum' in row ? '' : row.path),
  },
  { id: 'path', heading: 'file', only: 'programs', value: nameOf },
  {
    id: 'delta',
    heading: 'unpacked',
    value: ({ before, after }) => change(after - before),
    sort: ({ before, after }) => Math.abs(after - before),
  },
  {
    id: 'before',
    heading: 'before',
    value: ofFile((row) => (row.class === 'new' ? INAPPLICABLE : bytes(row.before))),
    sort: ({ before }) => before,
  },
  {
    id: 'after',
    heading: 'after',
    value: ofFile((row) => (row.class === 'gone' ? INAPPLICABLE : bytes(row.after))),
    sort: ({ after }) => after,
  },
  { id: 'what', heading: 'what', isName: true, only: 'programs', value: ofFile(({ what }) => text(what)) },
  {
    id: 'metadataChanges',
    heading: 'metadata',
    isName: true,
    only: 'programs',
    value: ofFile(({ metadata }) => ({ kind: 'names', names: metadata.map(({ kind }) => name(kind)) })),
  },
  { id: 'why', heading: 'why', isName: true, remark: 'result', only: 'people', value: ofFile(reason) },
]

/** What the files are sorted by. */
export const FILE_SORT_KEYS: readonly string[] = sortKeys(COLUMNS)

/** What `min` compares: the change of a file's size. A file that changed otherwise has none. */
function sizeOf(row: Row): number {
  const change = Math.abs(row.after - row.before)
  return change === 0 ? Number.POSITIVE_INFINITY : change
}

const WORDS = {
  content: 'other content',
  type: 'another type',
  mode: 'executable or no more',
  target: 'leads elsewhere',
} as const

function reason({ what, metadata, privileges }: FileDiffRow): Cell {
  const isMode = metadata.some(({ kind }) => kind === 'mode')
  const reasons: Words[] = [
    ...(what === undefined || (what === 'mode' && isMode) ? [] : [[WORDS[what]]]),
    ...metadata.map(changeWords),
    // For a file on both sides, its mode and attributes already say so.
    ...(privileges === undefined || privileges.class === 'changed' ? [] : [privilegeWords(privileges)]),
  ]
  if (reasons.length === 0) return MISSING
  return { kind: 'lines', lines: [{ phrases: [joined(reasons, ', ')], isProse: true }] }
}

function sectionsOf({ rows, oldPath, newPath, haveContents, haveMetadata }: ComparedFiles, choice: Choice): Section[] {
  const sideOf = (path: string | null) => ({ name: text(path ?? '(not in it)'), facts: [] })
  const unknown = [
    ...(haveContents ? [] : ['A saved report has no contents: files of the same size count as equal.']),
    ...(haveMetadata ? [] : ['A report that was saved by an earlier version has no modes, owners and times.']),
  ]
  return [
    {
      title: [...plural(rows.length, 'file'), ' changed'],
      body: { kind: 'sides', old: sideOf(oldPath), new: sideOf(newPath), lines: [] },
    },
    rows.length === 0
      ? { body: linesOf([nothingText(haveContents, haveMetadata)]) }
      : { body: fileTable(rows, choice) },
    ...unknown.map((sentence) => ({ body: linesOf([sentence]) })),
  ]
}

function nothingText(haveContents: boolean, haveMetadata: boolean): string {
  if (haveContents && haveMetadata) return 'Nothing changed.'
  return `Nothing changed, as far as names, sizes${haveMetadata ? ', links and metadata' : ' and links'} tell.`
}

/** If more rows than this changed only in time, we sum them up: a new build may change the time of everything. */
const MOST_TIMES = 5

function fileTable(rows: readonly FileDiffRow[], choice: Choice): Section['body'] {
  const times = rows.filter(isTimeAlone)
  const large = times.length > MOST_TIMES ? rows.filter((row) => !isTimeAlone(row)) : rows
  const shown = chosen(large, COLUMNS, choice, sizeOf)
  const isShown = new Set<Row>(shown)
  const left = large.filter((row) => !isShown.has(row))
  const options = [...(choice.top === 0 ? [] : ['-n 0']), ...(choice.min > 0 ? ['--min 0'] : [])].join(' ')
  const isPrivileged = (row: Row): boolean => !('sum' in row) && row.privileges?.after !== undefined
  const drawn = (some: readonly Row[]) =>
    tableOf<Row>(
      COLUMNS,
      some,
      (row) => 'sum' in row && row.isTotal !== true,
      (row) => (isPrivileged(row) ? 'worse' : undefined),
    )
  return {
    ...drawn(shown),
    foot: drawn([
      ...(left.length === 0
        ? []
        : [sumOf(left, ['[', ...plural(left.length, 'more file'), `; ${options} shows all]`])]),
      ...(large.length === rows.length ? [] : [{ ...sumOf(times, timesName(times)), class: 'changed' as const }]),
      { ...sumOf(rows, ['total']), isTotal: true },
    ]).rows,
  }
}

function sumOf(rows: readonly FileDiffRow[], sum: Words): SummedFiles {
  return {
    sum,
    before: rows.reduce((bytes, { before }) => bytes + before, 0),
    after: rows.reduce((bytes, { after }) => bytes + after, 0),
  }
}

function isTimeAlone({ what, metadata, before, after }: FileDiffRow): boolean {
  return what === undefined && before === after && metadata.length === 1 && metadata[0]!.kind === 'time'
}

/** "[124 entries modified 1970-01-01 00:00:01 → 2026-11-23 19:30:12]". */
function timesName(rows: readonly FileDiffRow[]): Words {
  const changes = rows.map(({ metadata }) => metadata[0] as Extract<MetadataChange, { kind: 'time' }>)
  const [first] = changes
  const isOne = changes.every(({ before, after }) => before === first!.before && after === first!.after)
  return [
    '[',
    ...plural(rows.length, 'entry', 'entries'),
    ' ',
    ...(isOne ? changeWords(first!) : ['of other times']),
    ']',
  ]
}
