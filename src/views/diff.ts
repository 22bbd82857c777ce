import { type Diff, type DiffRow, isEmptyDiff } from '../analyses/diff.ts'
import { type DiffSummaryOptions, type SummedRows, summariseDiff } from '../analyses/summarise-diff.ts'
import type { ImageSummary } from '../inventory/image-summary.ts'
import { bytes, type Cell, change, count, exactly, type Line, MISSING, plural, text, type Words } from './cell.ts'
import { changeColumns } from './change-columns.ts'
import { type Column, sorted, sortKeys } from './column.ts'
import { namedCompression } from './compression.ts'
import { countsWords, nothingText, remarks } from './diff-remarks.ts'
import { optionLines, rowName, rowReason, sumName } from './diff-rows.ts'
import { entryName, isGain, privilegeWords, sumWords } from './metadata.ts'
import { type Noun, nounsOf, rowNoun } from './nouns.ts'
import { kindWord } from './owners.ts'
import { type Section, type Side, type Table, tableOf } from './section.ts'
import type { View } from './view.ts'

/** The two files of a comparison, as the user named them. */
export interface DiffPaths {
  readonly old: string
  readonly new: string
}

/** Which rows of a diff to show, and in which order. */
export interface DiffChoice extends DiffSummaryOptions {
  /** One of `DIFF_SORT_KEYS`. */
  readonly sort: string
}

/** A change, a sum of some, or the sum of all. */
type Row = DiffRow | SummedRows | Total

interface Total {
  readonly isTotal: true
  readonly delta: number
  readonly unpackedDelta: number
}

/** What the columns depend on. */
type Shown = Pick<Diff, 'by' | 'kind' | 'directories'> & Readonly<Record<'old' | 'new', { readonly owners: number }>>

/** What changed from one image to another. All rows for programs add up to the difference. */
export function diffView(diff: Diff, paths: DiffPaths, choice: DiffChoice): View<Row> {
  return {
    sections: () => sectionsOf(diff, paths, choice),
    rows: () => ({ columns: columnsOf(diff), rows: sorted(diff.rows, columnsOf(diff), choice.sort, 'delta') }),
  }
}

function columnsOf({ by, kind, old, new: now, directories }: Shown): readonly Column<Row>[] {
  const hasOwners = old.owners + now.owners > 0
  const ofChange =
    (value: (row: DiffRow) => Cell) =>
    (row: Row): Cell =>
      'class' in row ? value(row) : MISSING
  const shared = changeColumns((row: Row) => ('class' in row ? { row, directories } : undefined))
  return [
    {
      id: 'class',
      heading: 'change',
      isName: true,
      value: ofChange((row) => text(row.class)),
      sort: (row) => ('class' in row ? row.class : ''),
    },
    {
      id: 'kind',
      heading: 'kind',
      only: 'programs',
      value: ofChange(({ kind, newPath, oldPath }) => text(kindWord(kind, newPath ?? oldPath))),
    },
    { ...shared.name, sort: (row) => ('class' in row ? row.name : '') },
    shared.oldVersions,
    shared.newVersions,
    { ...shared.before, sort: (row) => ('class' in row ? row.before : 0) },
    { ...shared.after, sort: (row) => ('class' in row ? row.after : 0) },
    { id: 'delta', heading: 'on ISO', value: ({ delta }) => change(delta), sort: ({ delta }) => Math.abs(delta) },
    {
      id: 'unpackedDelta',
      heading: 'unpacked',
      dispensable: 1,
      value: ({ unpackedDelta }) => change(unpackedDelta),
      sort: ({ unpackedDelta }) => Math.abs(unpackedDelta),
    },
    { id: 'ownerCount', heading: 'owners', only: 'programs', value: ofChange(({ paths }) => count(paths)) },
    shared.oldPath,
    shared.newPath,
    shared.option,
    {
      id: 'package',
      heading: rowNoun(by === 'path' && !hasOwners ? 'file' : by, kind),
      isName: true,
      only: 'people',
      value: (row) => shownName(row, nounsOf(kind).brief),
    },
    { id: 'why', heading: 'why', isName: true, remark: 'aside', only: 'people', value: ofChange(rowReason) },
  ]
}

/** What the rows of a diff are sorted by. */
export const DIFF_SORT_KEYS: readonly string[] = sortKeys(
  columnsOf({
    ...{ by: 'path', kind: 'nix', directories: { old: '', new: '' } },
    ...{ old: { owners: 0 }, new: { owners: 0 } },
  }),
)

function shownName(row: Row, noun: Noun): Cell {
  if ('isTotal' in row) return text('total')
  return 'class' in row ? rowName(row, noun) : sumName(row, noun)
}

function sectionsOf(diff: Diff, paths: DiffPaths, choice: DiffChoice): Section[] {
  const { metadata, rows } = diff
  const sentences: readonly (readonly Words[])[] = [isEmptyDiff(diff) ? [[nothingText(diff)]] : [], remarks(diff)]
  return [
    header(diff, paths),
    ...listed(['Setuid, setgid and capabilities'], privileges(diff)),
    ...(rows.length === 0 ? [] : [{ body: diffTable(diff, choice) }]),
    ...listed(['Metadata of what is in both'], metadata?.sums.map((sum) => prose(sumWords(sum), 1)) ?? []),
    ...listed(['NixOS options for what came in'], optionLines(diff), ['(isoscope advise tells more)']),
    ...sentences.filter((some) => some.length > 0).map((some) => linesSection(some.map((words) => prose(words)))),
    ...allRows(diff, choice),
  ]
}

function prose(words: Words, indent = 0): Line {
  return { phrases: [words], isProse: true, indent }
}

function linesSection(lines: readonly Line[]): Section {
  return { body: { kind: 'lines', lines } }
}

function listed(title: Words, lines: readonly Line[], note?: Words): Section[] {
  if (lines.length === 0) return []
  return [{ title, ...(note === undefined ? {} : { note }), ...linesSection(lines) }]
}

function header(diff: Diff, paths: DiffPaths): Section {
  const { old, new: now, compression } = diff
  const counts = old.owners + now.owners === 0 ? [] : [countsWords(diff)]
  const lines = [...counts, ...compression.map(namedCompression)]
  return {
    title: ['Image size: ', bytes(now.size), ' (', ...growth(diff), ')'],
    body: {
      kind: 'sides',
      old: sideOf(old, paths.old),
      new: sideOf(now, paths.new),
      lines: lines.map((words) => prose(words)),
    },
  }
}

/** "+1.0 MiB, +50.0%", "unchanged". */
export function growth({ old, delta }: Diff): Words {
  if (delta === 0) return ['unchanged']
  return [change(delta), ', ', { kind: 'share', part: delta, whole: old.size, isChange: true }]
}

function sideOf({ size, label }: ImageSummary, path: string): Side {
  const exact: Cell = { kind: 'wordings', wordings: [[exactly(size)], [bytes(size)]] }
  return { name: text(path), facts: [[exact], ...(label === null ? [] : [[text(label)]])] }
}

/** Setuid, setgid and capabilities that came, went or changed, each by name, however small the file. */
function privileges({ metadata }: Diff): readonly Line[] {
  return (metadata?.privileges ?? []).map((gained) => ({
    phrases: [[entryName(gained), ':'], privilegeWords(gained)],
    between: '',
    indent: 1,
    tone: isGain(gained) ? 'worse' : 'better',
  }))
}

/** The rows of a diff for people, which add up to the difference. */
export function diffTable(diff: Diff, choice: DiffChoice): Table {
  const columns = columnsOf(diff)
  const rows = sorted(diff.rows, columns, choice.sort, 'delta')
  const { shown, sums } = summariseDiff({ rows }, choice)
  const isAside = ({ kind }: DiffRow): boolean => kind === 'region' || kind === 'packing'
  const changes = shown.filter((row) => !isAside(row))
  const drawn = (some: readonly Row[]): Table => tableOf<Row>(columns, some, (row) => 'reason' in row)
  const sumOf = (some: readonly DiffRow[]) => ({
    delta: some.reduce((sum, { delta }) => sum + delta, 0),
    unpackedDelta: some.reduce((sum, { unpackedDelta }) => sum + unpackedDelta, 0),
  })
  return {
    ...drawn(changes),
    foot: drawn([...sums, ...shown.filter(isAside), { isTotal: true, ...sumOf(diff.rows) }]).rows,
    rest: (from) => {
      const left = changes.slice(from)
      return drawn([{ reason: 'more', rows: left.length, ...sumOf(left) }]).rows[0]!
    },
  }
}

/** All rows, for a document, if some are summed up above. */
function allRows(diff: Diff, choice: DiffChoice): Section[] {
  if (choice.only !== undefined || summariseDiff(diff, choice).sums.length === 0) return []
  const all = { ...choice, min: 0, top: 0, rebuilt: true }
  return [{ title: ['All ', ...plural(diff.rows.length, 'row')], body: diffTable(diff, all), folded: 'only' }]
}
