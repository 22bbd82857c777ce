import type { FileDiffRow } from '../analyses/diff-files.ts'
import { bytes, type Cell, change, INAPPLICABLE, MISSING, name, text } from './cell.ts'
import type { Column } from './column.ts'
import { linesOf, tableOf } from './section.ts'
import type { View } from './view.ts'

/** Which files of a store path changed. */
export function fileDiffView(
  rows: readonly FileDiffRow[],
  oldPath: string | null,
  newPath: string | null,
): View<FileDiffRow> {
  const named = (path: string | null): Cell => (path === null ? text('(not in it)') : text(path))
  return {
    sections: () => [
      { title: ['From ', named(oldPath), ' to ', named(newPath)], body: linesOf() },
      { body: rows.length === 0 ? linesOf(['Nothing changed.']) : tableOf(COLUMNS, rows) },
    ],
    rows: () => ({ columns: COLUMNS, rows }),
  }
}

const COLUMNS: readonly Column<FileDiffRow>[] = [
  { id: 'class', heading: 'change', isName: true, value: (row) => text(row.class) },
  { id: 'path', heading: 'file', isName: true, value: ({ path }) => (path === '' ? text('itself') : name(path)) },
  { id: 'delta', heading: 'unpacked', value: ({ before, after }) => change(after - before) },
  { id: 'before', heading: 'before', value: (row) => (row.class === 'new' ? INAPPLICABLE : bytes(row.before)) },
  { id: 'after', heading: 'after', value: (row) => (row.class === 'gone' ? INAPPLICABLE : bytes(row.after)) },
  { id: 'what', heading: 'what', isName: true, value: ({ what }) => (what === undefined ? MISSING : text(what)) },
  {
    id: 'metadata',
    heading: 'metadata',
    isName: true,
    value: ({ metadata }) => ({ kind: 'names', names: metadata.map(({ kind }) => name(kind)) }),
  },
]
