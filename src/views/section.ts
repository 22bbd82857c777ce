import type { Cell, Words } from './cell.ts'
import type { Column, ColumnHead } from './column.ts'

/** A part of what a command shows people. */
export interface Section {
  readonly title?: Words
  /** More about the title, behind it. */
  readonly note?: Words
  readonly body: Table | Tree | Lines
  /** What stands below the body, a line each: "-n 0 shows all". */
  readonly hints?: readonly Words[]
  /** Whether it is a detail: a comment folds it. `only` if it is left out where it cannot be folded. */
  readonly folded?: 'too' | 'only'
}

export interface Table {
  readonly kind: 'table'
  readonly columns: readonly ColumnHead[]
  readonly rows: readonly TableRow[]
  /** The characters that its names should have. A narrow screen leaves columns out to get them. */
  readonly roomForNames?: number
}

export interface TableRow {
  /** One for each column. */
  readonly cells: readonly Cell[]
  /** Whether it is a sum, or what is left: "[27 more store paths]". */
  readonly isAside?: true
}

export interface Tree {
  readonly kind: 'tree'
  readonly columns: readonly ColumnHead[]
  readonly roots: readonly Branch[]
}

/** A row with rows below it. The first column of names shows the tree. */
export interface Branch extends TableRow {
  readonly children: readonly Branch[]
}

export interface Lines {
  readonly kind: 'lines'
  readonly lines: readonly Line[]
}

/** A line of phrases, which a narrow screen breaks between them. */
export interface Line {
  readonly phrases: readonly Words[]
  /** What ends a phrase that another one follows; " ·" if nothing is said. */
  readonly between?: string
  /** Levels by which it stands below another line. */
  readonly indent?: number
}

/** A table of what people see of rows. */
export function tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  isAside: (row: Row) => boolean = () => false,
): Table {
  const shown = columns.filter(({ only }) => only !== 'programs')
  return {
    kind: 'table',
    columns: shown,
    rows: rows.map((row) => ({
      cells: shown.map(({ value }) => value(row)),
      ...(isAside(row) ? { isAside: true as const } : {}),
    })),
  }
}

/** Lines of one phrase each. */
export function linesOf(...lines: readonly Words[]): Lines {
  return { kind: 'lines', lines: lines.map((words) => ({ phrases: [words] })) }
}
