import type { Cell, Line, Lines, NameCell, Sign, StatusCell, Tone, Words } from './cell.ts'
import type { Column, ColumnHead } from './column.ts'

/** A part of what a command shows people. */
export interface Section {
  readonly title?: Words
  /** More about the title, behind it. */
  readonly note?: Words
  readonly body: Table | Tree | Listing | Lines | Facts | Sides | Verdict
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
  /** Whether it is a list of results, which a screen shows without headings. */
  readonly isList?: true
  /** What stands below the rows, such as their sum. It stays where there is no room for all rows. */
  readonly foot?: readonly TableRow[]
  /** The row that sums up all rows from one on, for those that have no room. */
  readonly rest?: (from: number) => TableRow
}

export interface TableRow {
  /** One for each column. */
  readonly cells: readonly Cell[]
  /** Whether it is a sum, or what is left: "[27 more store paths]". */
  readonly isAside?: true
  /** Whether it is what the table is about, or heads the rows below it. */
  readonly isStrong?: true
  readonly tone?: Tone
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

/** Rows of which there may be very many: they are drawn as they come. */
export interface Listing {
  readonly kind: 'listing'
  readonly columns: readonly ColumnHead[]
  readonly rows: Iterable<TableRow>
  /** What text has in place of the rows, if the names are all that the user asked for. */
  readonly names?: Iterable<Cell>
  /** The directory that all names are in. Where lines have a width, it is told once, and names as `shorter`. */
  readonly folder?: NameCell
}

/** Values of one thing, each with a word for it: "loses    no man pages". */
export interface Facts {
  readonly kind: 'facts'
  readonly facts: readonly Fact[]
}

export interface Fact {
  readonly label: string
  readonly value: Words
}

/** Two states of something, and what changed on the whole. */
export interface Sides {
  readonly kind: 'sides'
  readonly old: Side
  readonly new: Side
  readonly lines: readonly Line[]
}

export interface Side {
  readonly name: Cell
  /** The most important one first: a narrow screen leaves out the last ones. */
  readonly facts: readonly Words[]
}

/**
 * The answer in one sentence. A document has it in its first heading, with title and hints, which say what was judged. A
 * terminal has it at the end, where its reader looks; what was judged stands in the command line there.
 */
export interface Verdict {
  readonly kind: 'verdict'
  readonly status: StatusCell
  /** A longer word for the status: "NOT VERIFIED". */
  readonly word?: string
  /** The same for a heading: "over the limits", each part with its sign. */
  readonly says: readonly { readonly sign: Sign; readonly text: string }[]
  readonly sentence: Words
}

/** A table of what people see of rows. */
export function tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  isAside: (row: Row) => boolean = () => false,
  toneOf: (row: Row) => Tone | undefined = () => undefined,
): Table {
  const shown = columns.filter(({ only }) => only !== 'programs')
  return {
    kind: 'table',
    columns: shown,
    rows: rows.map((row) => {
      const tone = toneOf(row)
      return {
        cells: shown.map(({ value }) => value(row)),
        ...(isAside(row) ? { isAside: true as const } : {}),
        ...(tone === undefined ? {} : { tone }),
      }
    }),
  }
}

/** Lines of one phrase each. */
export function linesOf(...lines: readonly Words[]): Lines {
  return { kind: 'lines', lines: lines.map((words) => ({ phrases: [words] })) }
}
