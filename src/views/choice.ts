import { type Column, sorted, sortKeys } from './column.ts'

/** Which rows of a table to show. */
export interface Choice {
  /** How many; 0 for all. */
  readonly top: number
  /** The column that they are sorted by. */
  readonly sort: string
  /** The least that they have in the column of `sizes`. */
  readonly min: number
}

/** The rows that a choice shows, in its order. A table without the column that it names keeps the order of its rows. */
export function chosen<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { top, sort, min }: Choice,
  size: (row: Row) => number,
): readonly Row[] {
  const some = min > 0 ? rows.filter((row) => size(row) >= min) : rows
  const large = sortKeys(columns).includes(sort) ? sorted(some, columns, sort) : some
  return top === 0 ? large : large.slice(0, top)
}

/** What to give to see the rows that a choice leaves out: "-n 0 --min 0". */
export function showsAll({ top, min }: Choice, shown: number, large: number, all: number): string {
  const options = [...(top !== 0 && shown < large ? ['-n 0'] : []), ...(min > 0 && large < all ? ['--min 0'] : [])]
  return `${options.join(' ')} shows all`
}
