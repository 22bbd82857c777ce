import type { Cell } from '../../../views/cell.ts'
import type { Column, ColumnHead } from '../../../views/column.ts'
import { cellText } from '../../text/cell.ts'
import { PLAIN } from '../../text/style.ts'

/** A column of a table of a page. */
export interface PageColumn<Row> extends ColumnHead {
  readonly text: (row: Row) => string
  /** What rows are sorted by; if absent, they are not. */
  readonly sort?: (row: Row) => number | string
}

/** What the words above columns mean. */
export const MEANINGS: Readonly<Record<string, string>> = {
  own: 'bytes in the image file: compressed blocks, and a share of what several use; all add up to the file',
  retained: 'own bytes that go when nothing refers to it any more; they overlap, so they do not add up',
  closure: 'own bytes of everything that it leads to; they overlap, too',
  unpacked: 'content bytes before compression',
  ratio: 'unpacked bytes for each byte in the image',
}

/**
 * Columns of views as columns of a page: those for people, the name first.
 * @param dataOf what a view calls a row
 */
export function pageColumns<Row, Data>(
  columns: readonly Column<Data>[],
  dataOf: (row: Row) => Data,
): readonly PageColumn<Row>[] {
  const shown = columns.filter(({ only }) => only !== 'programs')
  const made = shown.map(({ value, sort, ...head }): PageColumn<Row> => {
    const text = (row: Row): string => textOf(value(dataOf(row)))
    return { ...head, text, ...(sort === undefined ? {} : { sort: (row: Row) => sort(dataOf(row)) }) }
  })
  const name = made.find(({ id }) => id === 'name')
  return name === undefined ? made : [name, ...made.filter((column) => column !== name)]
}

/** A value as text, safe to show. */
export function textOf(cell: Cell): string {
  return cellText(cell, { style: PLAIN, unit: 'iec', fullPaths: false })
}

/** Rows by a column. Equal ones are in the order of their names, and what is left over stands last. */
export function sorted<Row extends { readonly name: string; readonly isAside?: true }>(
  rows: readonly Row[],
  { sort }: PageColumn<Row>,
  isAscending: boolean,
): readonly Row[] {
  if (sort === undefined) return rows
  const sign = isAscending ? 1 : -1
  return rows
    .map((row) => ({ row, key: sort(row), name: row.name, isAside: row.isAside === true }))
    .sort((a, b) => {
      if (a.isAside !== b.isAside) return a.isAside ? 1 : -1
      if (a.key !== b.key) return a.key < b.key ? -sign : sign
      return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
    })
    .map(({ row }) => row)
}

/** Columns of words, which begin with the first letters; others begin with the largest. */
const FROM_FIRST: ReadonlySet<string> = new Set(['name', 'content', 'word', 'reason'])

/** Whether a column begins with the least when a reader sorts by it. */
export function beginsAscending(id: string): boolean {
  return FROM_FIRST.has(id)
}

/** "Sorted by own, largest first." */
export function orderText<Row>({ heading, id }: PageColumn<Row>, isAscending: boolean): string {
  const [first, last] = FROM_FIRST.has(id) ? ['A to Z', 'Z to A'] : ['smallest first', 'largest first']
  return `Sorted by ${heading}, ${isAscending ? first : last}.`
}

/** Content bytes for each byte in the image; 0 if it has no content. */
export function ratioOf(own: number, unpacked: number): number {
  return own === 0 ? 0 : unpacked / own
}

/** "2.8×"; nothing if there is less content than bytes. */
export function ratioText(own: number, unpacked: number): string {
  const ratio = ratioOf(own, unpacked)
  // Padding that is more than the content says nothing of compression.
  return ratio < 0.95 ? '' : `${ratio.toFixed(1)}×`
}
