import type { Cell } from '../../views/cell.ts'
import type { Column } from '../../views/column.ts'
import { jsonText } from '../json/json-text.ts'
import { setNamed, textOrBytes } from '../json/named.ts'
import { cellText } from '../text/cell.ts'
import { printable, printableText } from '../text/printable.ts'
import { PLAIN } from '../text/style.ts'

/** Formats with a line for each row. */
export type RowFormat = 'ndjson' | 'csv' | 'tsv'

/** The line above the rows, of the columns that programs get. */
export function headLine<Row>(columns: readonly Column<Row>[], format: RowFormat): string {
  if (format === 'ndjson') return ''
  const ids = forPrograms(columns).map(({ id }) => id)
  return format === 'csv' ? `${ids.join(',')}\r\n` : `${ids.join('\t')}\n`
}

/** Makes the line of a row, with sizes in bytes and names in full. */
export function rowLine<Row>(columns: readonly Column<Row>[], format: RowFormat): (row: Row) => string {
  const shown = forPrograms(columns)
  switch (format) {
    case 'ndjson':
      return (row) => {
        const json: Record<string, unknown> = {}
        for (const { id, value } of shown) setJson(json, id, value(row))
        return `${jsonText(json)}\n`
      }
    case 'csv':
      return (row) => `${shown.map(({ value }) => csvCell(plainValue(value(row)))).join(',')}\r\n`
    case 'tsv':
      return (row) => `${shown.map(({ value }) => plainValue(value(row))).join('\t')}\n`
  }
}

/** The columns that programs get. */
export function forPrograms<Row>(columns: readonly Column<Row>[]): readonly Column<Row>[] {
  return columns.filter(({ only }) => only !== 'people')
}

/** Adds a value to an object under the name of its column. A list without items is left out. */
export function setJson(json: Record<string, unknown>, id: string, cell: Cell): void {
  if (cell.kind === 'name') setNamed(json, id, cell.full ?? cell.short)
  else if (cell.kind === 'names') {
    if (cell.names.length > 0) json[id] = cell.names.map(({ short, full }) => textOrBytes(full ?? short))
  } else if (cell.kind === 'text') json[id] = cell.text
  else if (cell.kind === 'status') json[id] = cell.status
  else if (cell.kind === 'flag') json[id] = cell.isSet
  else json[id] = numberOf(cell) ?? (isNothing(cell) ? null : plainValue(cell))
}

function numberOf(cell: Cell): number | undefined {
  switch (cell.kind) {
    case 'bytes':
    case 'change':
      return cell.bytes
    case 'count':
      return cell.count
    case 'percent':
      return cell.percent
    case 'share':
    case 'bar':
      return cell.whole === 0 ? 0 : cell.part / cell.whole
    default:
      return undefined
  }
}

function isNothing({ kind }: Cell): boolean {
  return kind === 'missing' || kind === 'inapplicable'
}

/** A value for a cell of CSV or TSV, without tabs and line ends. */
function plainValue(cell: Cell): string | number {
  if (isNothing(cell)) return ''
  switch (cell.kind) {
    case 'name':
      return printable(cell.full ?? cell.short)
    case 'names':
      return cell.names.length === 0 ? '' : jsonText(cell.names.map(({ short, full }) => textOrBytes(full ?? short)))
    case 'text':
      return printableText(cell.text)
    case 'flag':
      return cell.isSet ? 'true' : 'false'
    case 'status':
      return cell.status
    default:
      return numberOf(cell) ?? cellText(cell, { style: PLAIN, unit: 'bytes', fullPaths: true })
  }
}

/**
 * A cell of CSV (RFC 4180 section 2). A spreadsheet evaluates text that begins like a formula, so we put a quote before
 * it.
 */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
