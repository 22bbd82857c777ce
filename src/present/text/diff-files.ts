import type { FileDiffRow } from '../../analyses/diff-files.ts'
import type { MetadataChange } from '../../analyses/metadata-changes.ts'
import { changeText, privilegeText } from '../metadata-words.ts'
import { formatBytes, formatCount, formatDelta, type Unit } from '../units.ts'
import { printable, shortenMiddle } from './printable.ts'
import { dim, inAscii, red, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'
import { nameAndText, wrap } from './wrap.ts'

export interface FileDiffTextOptions {
  readonly style: TextStyle
  readonly unit: Unit
  readonly haveContents: boolean
  /** Whether we know the metadata of both sides. */
  readonly haveMetadata: boolean
}

const WORDS = {
  content: 'other content',
  type: 'another type',
  mode: 'executable or no more',
  target: 'leads elsewhere',
} as const

/** If more rows than this changed only in time, we sum them up: a new build may change the time of everything. */
const MOST_TIMES = 5

/** The changed files of a store path, as text that ends in a newline. */
export function fileDiffText(
  rows: readonly FileDiffRow[],
  oldPath: string | null,
  newPath: string | null,
  { style, unit, haveContents, haveMetadata }: FileDiffTextOptions,
): string {
  const path = (sign: string, text: string | null): string =>
    `${sign} ${shortenMiddle(text ?? '(not in it)', style.width - sign.length - 1)}`
  const lines = [path('---', oldPath), path('+++', newPath), '']
  if (rows.length === 0) lines.push(...wrap(nothingText(haveContents, haveMetadata), style.width, '  '))
  else lines.push(fileTable(rows, style, unit))
  const notes = [
    ...(haveContents ? [] : ['A saved report has no contents: files of the same size count as equal.']),
    ...(haveMetadata ? [] : ['A report that was saved by an earlier version has no modes, owners and times.']),
  ]
  for (const note of notes) lines.push('', ...wrap(note, style.width, '  ').map((line) => dim(line, style)))
  const text = `${lines.join('\n')}\n`
  return style.unicode ? text : inAscii(text)
}

function nothingText(haveContents: boolean, haveMetadata: boolean): string {
  if (haveContents && haveMetadata) return 'Nothing changed.'
  return `Nothing changed, as far as names, sizes${haveMetadata ? ', links and metadata' : ' and links'} tell.`
}

function fileTable(rows: readonly FileDiffRow[], style: TextStyle, unit: Unit): string {
  const columns = [
    { heading: 'UNPACKED', align: 'right' },
    { heading: 'BEFORE', align: 'right' },
    { heading: 'AFTER', align: 'right' },
    { heading: 'CHANGE', align: 'left' },
    { heading: '', align: 'left' },
  ] as const
  const times = rows.filter(isTimeAlone)
  const shown = times.length > MOST_TIMES ? rows.filter((row) => !isTimeAlone(row)) : rows
  const total = rows.reduce((sum, { before, after }) => sum + after - before, 0)
  const sizes = [
    ...shown.map(({ class: kind, before, after }) => [
      formatDelta(after - before, unit),
      kind === 'new' ? '–' : formatBytes(before, unit),
      kind === 'gone' ? '–' : formatBytes(after, unit),
      kind as string,
    ]),
    ...(shown.length < rows.length ? [[formatDelta(0, unit), '', '', 'changed']] : []),
    [formatDelta(total, unit), '', '', ''],
  ]
  const taken = columns
    .slice(0, -1)
    .reduce((sum, { heading }, at) => sum + 2 + Math.max(heading.length, ...sizes.map((cells) => cells[at]!.length)), 0)
  const names = [
    ...shown.map((row) => nameCell(row, style.width - taken, style)),
    ...(shown.length < rows.length
      ? [nameAndText(timesName(times), '   ', '', style.width - taken, '  ').join('\n')]
      : []),
    'total',
  ]
  return formatTable(
    columns,
    sizes.map((cells, index) => [...cells, names[index]!]),
  )
}

function nameCell({ path, what, metadata, privileges }: FileDiffRow, width: number, style: TextStyle): string {
  const isMode = metadata.some(({ kind }) => kind === 'mode')
  const reasons = [
    ...(what === undefined || (what === 'mode' && isMode) ? [] : [WORDS[what]]),
    ...metadata.map(changeText),
    // For a file on both sides, its mode and attributes already say so.
    ...(privileges === undefined || privileges.class === 'changed' ? [] : [privilegeText(privileges)]),
  ]
  const [first, ...rest] = nameAndText(path === '' ? 'itself' : printable(path), '   ', reasons.join(', '), width, '  ')
  const isGain = privileges?.after !== undefined
  return [first!, ...rest].map((line) => (isGain ? red(line, style) : line)).join('\n')
}

function isTimeAlone({ what, metadata, before, after }: FileDiffRow): boolean {
  return what === undefined && before === after && metadata.length === 1 && metadata[0]!.kind === 'time'
}

/** "[124 entries modified 1970-01-01 00:00:01 → 2026-11-23 19:30:12]". */
function timesName(rows: readonly FileDiffRow[]): string {
  const changes = rows.map(({ metadata }) => metadata[0] as Extract<MetadataChange, { kind: 'time' }>)
  const [first] = changes
  const isOne = changes.every(({ before, after }) => before === first!.before && after === first!.after)
  return `[${formatCount(rows.length)} entries ${isOne ? changeText(first!) : 'of other times'}]`
}
