import type { Cell } from './cell.ts'

/**
 * A column of a table, defined once: its heading in tables, its name in JSON, CSV and sort keys, and its values. Numbers
 * stand first in a table for people, and names behind them.
 */
export interface Column<Row> extends ColumnHead {
  readonly value: (row: Row) => Cell
  /** What rows are sorted by: numbers with the largest first, names in byte order. Without it, they are not. */
  readonly sort?: (row: Row) => number | string
}

/** A column without its values. */
export interface ColumnHead {
  /** The word for it in JSON, CSV and sort keys: "own". */
  readonly id: string
  /** The word for it above a table: "own". */
  readonly heading: string
  /** Whether it has names: those stand on the left of their column, and are shortened in the middle. */
  readonly isName?: true
  /** What its values are for formats that have types: names from an image, bytes, counts, flags; text by default. */
  readonly holds?: 'name' | 'bytes' | 'count' | 'flag'
  /** Whether its values are words, which stand on the left of their column as names do. */
  readonly isText?: true
  /** Whether its values are long, so that text has them below their rows. */
  readonly isBelow?: true
  /**
   * Whether it is about the name before it: it stands behind that name, and below it where there is no room. An `aside`
   * explains, and is drawn faintly.
   */
  readonly remark?: 'aside' | 'result'
  /** Who gets it, if not everyone: people read tables, and programs rows. */
  readonly only?: 'people' | 'programs'
  /** How soon a narrow screen leaves it out: the highest number goes first. Without a number it stays. */
  readonly dispensable?: number
}

/** The names of the columns by which rows can be sorted. */
export function sortKeys<Row>(columns: readonly Column<Row>[]): readonly string[] {
  return columns.filter(({ sort }) => sort !== undefined).map(({ id }) => id)
}

/**
 * Rows by a column, largest first or in byte order. Rows that are equal there come by `otherwise`.
 * @param key one of `sortKeys`
 */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  key: string,
  otherwise = 'own',
): readonly Row[] {
  const first = columns.find(({ id }) => id === key)?.sort
  const second = columns.find(({ id }) => id === otherwise)?.sort
  if (first === undefined) throw new Error(`rows are not sorted by ${key}`)
  return rows
    .map((row) => ({ row, first: first(row), second: second?.(row) ?? 0 }))
    .sort((a, b) => order(a.first, b.first) || order(a.second, b.second))
    .map(({ row }) => row)
}

function order(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return b - a
  return a < b ? -1 : a > b ? 1 : 0
}
