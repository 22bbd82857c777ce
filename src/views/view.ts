import type { Column } from './column.ts'
import type { Section } from './section.ts'

/** What a command shows: sections for people, and rows for programs. Each is made when it is asked for. */
export interface View<Row> {
  sections(): readonly Section[]
  rows(): Rows<Row>
}

/** Rows for programs, with columns that read them. */
export interface Rows<Row> {
  readonly columns: readonly Column<Row>[]
  readonly rows: Iterable<Row>
}
