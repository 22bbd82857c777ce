import { type List, type ListContext, type Row, rowsOf, sizeKindIn } from './list.ts'
import type { SizeKind } from './size-kinds.ts'

/** The orders of rows, in the order of the key that changes them. */
export const SORTS = ['size', 'name'] as const
export type Sort = (typeof SORTS)[number]

/** A list that is open, and where the cursor is in it. */
export interface Level {
  readonly list: List
  /** The size that it shows. */
  readonly kind: SizeKind
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
  const kind = sizeKindIn(list, rows, size)
  const sizeOf = (row: Row): number => Math.abs(row.sizes[kind] ?? 0)
  const byName = (a: Row, b: Row): number => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
  const sorted = [...rows].sort(sort === 'name' ? byName : (a, b) => sizeOf(b) - sizeOf(a) || byName(a, b))
  const at = id === undefined ? 0 : sorted.findIndex((row) => row.id === id)
  return { list, kind, rows: sorted, at: Math.max(at, 0) }
}

/** The row at the cursor; undefined in an empty list. */
export function selectedIn({ rows, at }: Level): Row | undefined {
  return rows[at]
}

/** Moves the cursor by some rows, up to the ends of the list. */
export function movedBy(level: Level, rows: number): Level {
  return { ...level, at: Math.max(Math.min(level.at + rows, level.rows.length - 1), 0) }
}
