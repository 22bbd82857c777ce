import type { ScreenSize } from './pen.ts'

/** The smallest screen that we draw on. */
export const SMALLEST: ScreenSize = { columns: 40, rows: 8 }

/** Where things are on a screen, in characters. */
export interface Layout {
  /** Width of each pane. A narrow screen has no side panes. */
  readonly sides: number
  readonly middle: number
  /** Lines of the panes, without their titles and headings. */
  readonly page: number
  readonly hasHeadings: boolean
  /** Lines about the row at the cursor. */
  readonly details: number
}

/** Screens with fewer columns have no side panes. */
const NARROW = 72
/** Screens with fewer lines have nothing but the list. */
const LOW = 12

/** @param size at least `SMALLEST` */
export function layoutOf({ columns, rows }: ScreenSize): Layout {
  const isLow = rows < LOW
  const isNarrow = columns < NARROW
  const sides = isNarrow ? 0 : Math.floor(columns * 0.24)
  const details = isLow ? 1 : isNarrow ? 4 : 2
  // The header, the titles, the line below the panes, and the last line.
  const page = rows - 4 - details - (isLow ? 0 : 1)
  return { sides, middle: isNarrow ? columns : columns - 2 * sides - 2, page, hasHeadings: !isLow, details }
}
