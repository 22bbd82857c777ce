import type { Diff, DiffRow } from '../analyses/diff.ts'
import { type DiffSummaryOptions, type SummedRows, summariseDiff } from '../analyses/summarise-diff.ts'
import { fullName } from '../owners/names.ts'
import {
  bytes,
  type Cell,
  change,
  count,
  joined,
  MISSING,
  name,
  plural,
  share,
  text,
  type Words,
  words,
} from './cell.ts'
import type { Column } from './column.ts'
import { fileName } from './file-names.ts'
import { kindWord } from './owners.ts'
import { linesOf, type Section, tableOf } from './section.ts'
import type { View } from './view.ts'

/** What changed from one image to another. All rows for programs add up to the difference. */
export function diffView(
  diff: Diff,
  paths: { readonly old: string; readonly new: string },
  summary: DiffSummaryOptions,
): View<DiffRow> {
  return {
    sections: () => [header(diff, paths), ...(diff.rows.length === 0 ? [] : [table(diff, summary)])],
    rows: () => ({ columns: columnsOf(diff), rows: diff.rows }),
  }
}

/** The columns of the rows of a diff, for programs. */
function columnsOf({ directories }: Diff): readonly Column<DiffRow>[] {
  const versions = (some: readonly string[]): Cell => (some.length === 0 ? MISSING : text(some.join(', ')))
  return [
    { id: 'class', heading: 'class', value: (row) => text(row.class) },
    { id: 'kind', heading: 'kind', value: ({ kind, newPath, oldPath }) => text(kindWord(kind, newPath ?? oldPath)) },
    { id: 'name', heading: 'name', value: ({ name: its }) => name(its) },
    { id: 'oldVersions', heading: 'old versions', value: ({ oldVersions }) => versions(oldVersions) },
    { id: 'newVersions', heading: 'new versions', value: ({ newVersions }) => versions(newVersions) },
    { id: 'before', heading: 'before', value: ({ before }) => bytes(before) },
    { id: 'after', heading: 'after', value: ({ after }) => bytes(after) },
    { id: 'delta', heading: 'delta', value: ({ delta }) => change(delta) },
    { id: 'unpackedDelta', heading: 'unpacked delta', value: ({ unpackedDelta }) => change(unpackedDelta) },
    { id: 'pathCount', heading: 'paths', value: ({ paths }) => count(paths) },
    {
      id: 'oldPath',
      heading: 'old path',
      value: ({ oldPath }) => (oldPath === undefined ? MISSING : name(fullName(directories.old, oldPath))),
    },
    {
      id: 'newPath',
      heading: 'new path',
      value: ({ newPath }) => (newPath === undefined ? MISSING : name(fullName(directories.new, newPath))),
    },
    { id: 'option', heading: 'option', value: ({ option }) => text(option?.name) },
  ]
}

function header({ old, new: now, delta }: Diff, paths: { readonly old: string; readonly new: string }): Section {
  const part: Words = delta === 0 ? [] : [' (', share(delta, old.size), ')']
  return {
    title: ['From ', text(paths.old), ' to ', text(paths.new)],
    note: [bytes(old.size), ' → ', bytes(now.size)],
    body: linesOf([change(delta), ...part]),
  }
}

function table(diff: Diff, summary: DiffSummaryOptions): Section {
  const { shown, sums } = summariseDiff(diff, summary)
  const columns: readonly Column<DiffRow | SummedRows>[] = [
    { id: 'delta', heading: 'on ISO', value: ({ delta }) => change(delta) },
    { id: 'unpackedDelta', heading: 'unpacked', value: ({ unpackedDelta }) => change(unpackedDelta), dispensable: 1 },
    {
      id: 'class',
      heading: 'change',
      isName: true,
      value: (row) => ('class' in row && row.class !== 'same' ? text(row.class) : MISSING),
    },
    { id: 'name', heading: 'package', isName: true, value: (row) => ('class' in row ? rowName(row) : sumName(row)) },
  ]
  return { body: tableOf(columns, [...shown, ...sums], (row) => !('class' in row)) }
}

function rowName({ kind, name: its, otherNames, oldVersions, newVersions, paths }: DiffRow): Cell {
  if (kind === 'packing') return words('[repacking: ', ...plural(paths, 'path'), ']')
  if (kind === 'file') return fileName(its, otherNames)
  const versions = (some: readonly string[]): Words =>
    joined(
      some.map((version) => [name(version)]),
      ', ',
    )
  const [before, after] = [versions(oldVersions), versions(newVersions)]
  const arrow = joined(
    [before, after].filter((part) => part.length > 0),
    ' → ',
  )
  return arrow.length === 0 ? name(its) : words(name(its), ' ', ...arrow)
}

function sumName({ reason, rows }: SummedRows): Cell {
  return words('[', ...plural(rows, `${reason} change`), ']')
}
