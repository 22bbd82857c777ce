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
  const byName = rows.toSorted((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0))
  const ordered = sort === 'name' ? byName : byName.sort((a, b) => sizeOf(column, b) - sizeOf(column, a))
  const at = id === undefined ? 0 : ordered.findIndex((row) => row.id === id)
  return { list, column, rows: ordered, at: Math.max(at, 0) }
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
