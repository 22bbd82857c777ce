import { bytes, change, count, text } from '../../../views/cell.ts'
import type { Column } from '../../../views/column.ts'
import { plural } from '../../units.ts'
import type { PageChange, PageHistory, PageHistoryImage, PageHistoryLine } from '../page-data.ts'
import { CHANGE_COLUMNS } from './change-columns.ts'
import { type PageColumn, pageColumns } from './columns.ts'
import type { HistoryTab } from './history-state.ts'

/** A row of a table about a series: a change, an image or a line. */
export interface HistoryRow {
  readonly name: string
  /** The number of the image or of the line; -1 for a change. */
  readonly number: number
  readonly isAside?: true
  readonly change?: PageChange
  readonly image?: PageHistoryImage
  readonly line?: PageHistoryLine
}

export interface HistoryTable {
  readonly label: string
  readonly columns: readonly PageColumn<HistoryRow>[]
  /** In their own order. */
  readonly rows: readonly HistoryRow[]
}

/** The table of a tab. */
export function historyTable(history: PageHistory, tab: HistoryTab, image: number): HistoryTable {
  switch (tab) {
    case 'changes':
      return {
        label: `changes to ${history.images[image]!.name}`,
        columns: pageColumns(CHANGE_COLUMNS, ({ change: its }: HistoryRow) => its!),
        rows: changeRows(history.images[image]!),
      }
    case 'images':
      return {
        label: 'images',
        columns: pageColumns(imageColumns(history), (row: HistoryRow) => row),
        rows: history.images.map((its, number) => ({ name: its.name, number, image: its })),
      }
    case 'lines':
      return {
        label: history.linesOf,
        columns: pageColumns(LINE_COLUMNS, ({ line }: HistoryRow) => line!),
        rows: history.lines.map((line, number): HistoryRow => {
          return { name: line.name, number, line, ...(line.isRest ? { isAside: true } : {}) }
        }),
      }
  }
}

/** The changes of a step. With the sum of those that are not in the page they add up to it. */
function changeRows({ changes, rest }: PageHistoryImage): readonly HistoryRow[] {
  const rows = changes.map((its): HistoryRow => ({ name: its.name, number: -1, change: its }))
  if (rest.changes === 0) return rows
  const name = `[${plural(rest.changes, 'more change')}]`
  // Only their sum is known, and it stands on the side where it leaves no negative size.
  const sizes = { before: Math.max(-rest.delta, 0), after: Math.max(rest.delta, 0) }
  return [
    ...rows,
    { name, number: -1, isAside: true, change: { name, change: 'same size', word: 'sum', reason: '', ...sizes } },
  ]
}

function imageColumns({ images, noun }: PageHistory): readonly Column<HistoryRow>[] {
  const stepOf = ({ number }: HistoryRow): number =>
    number === 0 ? 0 : images[number]!.size - images[number - 1]!.size
  return [
    { id: 'name', heading: 'image', isName: true, value: ({ name }) => text(name), sort: ({ name }) => name },
    { id: 'fileSize', heading: 'size', value: ({ image }) => bytes(image!.size), sort: ({ image }) => image!.size },
    {
      id: 'change',
      heading: 'change',
      value: (row) => (row.number === 0 ? text('') : change(stepOf(row))),
      sort: stepOf,
    },
    {
      id: 'owners',
      heading: noun[1],
      value: ({ image }) => count(image!.owners),
      sort: ({ image }) => image!.owners,
    },
    {
      id: 'reason',
      heading: 'most by',
      isName: true,
      value: ({ image }) => text(image!.causes[0]?.name ?? ''),
      sort: ({ image }) => image!.causes[0]?.name ?? '',
    },
  ]
}

const LINE_COLUMNS: readonly Column<PageHistoryLine>[] = [
  { id: 'name', heading: 'name', isName: true, value: ({ name }) => text(name), sort: ({ name }) => name },
  { id: 'before', heading: 'first', value: ({ own }) => bytes(own[0]!), sort: ({ own }) => own[0]! },
  { id: 'after', heading: 'last', value: ({ own }) => bytes(own.at(-1)!), sort: ({ own }) => own.at(-1)! },
  {
    id: 'change',
    heading: 'change',
    value: ({ own }) => change(differenceOf(own)),
    sort: ({ own }) => differenceOf(own),
  },
  { id: 'most', heading: 'most', value: ({ own }) => bytes(mostOf(own)), sort: ({ own }) => mostOf(own) },
]

function differenceOf(own: readonly number[]): number {
  return own.at(-1)! - own[0]!
}

function mostOf(own: readonly number[]): number {
  return own.reduce((a, b) => Math.max(a, b), 0)
}
