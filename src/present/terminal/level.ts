import type { Column } from '../../views/column.ts'
import { type List, type ListContext, type Row, rowsOf } from './list.ts'
import { type SizeKind, sizeColumn } from './size-columns.ts'

/** The orders of rows, in the order of the key that changes them. */
export const SORTS = ['size', 'name'] as const
export type Sort = (typeof SORTS)[number]

/** A list that is open, and where the cursor is in it. */
export interface Level {
  readonly list: List
  /** The size that it shows. */
  readonly column: Column<Row>
  readonly rows: readonly Row[]
  /** The largest size in it. */
  readonly largest: number
  /** The index of the row at the cursor; 0 in an empty list. */
  readonly at: number
}

/** How rows are shown. */
export interface Order {
  readonly size: SizeKind
  readonly sort: Sort
}

/**
 * Opens a list.
 * @param id of the row to put the cursor on, if the list has it
 */
export function levelOf(list: List, context: ListContext, { size, sort }: Order, id?: string): Level {
  const rows = rowsOf(list, context)
  const column = sizeColumn(list, rows, context.columns, size)
  const sized = rows.map((row) => ({ row, label: row.label, size: sizeOf(column, row) }))
  const byName = (a: { label: string }, b: { label: string }): number =>
    a.label < b.label ? -1 : Number(a.label > b.label)
  sized.sort(sort === 'name' ? byName : (a, b) => b.size - a.size || byName(a, b))
  const ordered = sized.map(({ row }) => row)
  const at = id === undefined ? 0 : ordered.findIndex((row) => row.id === id)
  const largest = sized.reduce((most, one) => Math.max(most, one.size), 0)
  return { list, column, rows: ordered, largest, at: Math.max(at, 0) }
}

/** The number by which a column sorts a row. */
export function sizeOf({ sort }: Column<Row>, row: Row): number {
  return Number(sort?.(row) ?? 0)
}

/** The row at the cursor; undefined in an empty list. */
export function selectedIn({ rows, at }: Level): Row | undefined {
  return rows[at]
}

/** Moves the cursor by some rows, up to the ends of the list. */
export function movedBy(level: Level, rows: number): Level {
  return { ...level, at: Math.max(Math.min(level.at + rows, level.rows.length - 1), 0) }
}
