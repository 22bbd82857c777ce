import type { ReportTableRow } from '../../analyses/report-rows.ts'
import { jsonText } from '../json/json-text.ts'
import { named, otherNamesJson, textOrBytes } from '../json/named.ts'
import { kindWord } from '../kind-word.ts'
import { printable, printableText } from '../text/printable.ts'

/** Formats with a line for each owner of an image's bytes. */
export type TableFormat = 'ndjson' | 'csv' | 'tsv'

const COLUMNS = [
  'image',
  'kind',
  'path',
  'pname',
  'version',
  'region',
  'own',
  'unpacked',
  'files',
  'retained',
  'closure',
  'referrers',
  'otherNames',
] as const

/** The text before the first line of a table, however many images it covers. */
export function tableHead(format: TableFormat): string {
  if (format === 'ndjson') return ''
  return format === 'csv' ? `${COLUMNS.join(',')}\r\n` : `${COLUMNS.join('\t')}\n`
}

/** A line of a table, with sizes in bytes. */
export function tableLine(image: string, row: ReportTableRow, format: TableFormat): string {
  const { kind, path, otherNames, region, pname, version, ...sizes } = row
  const rest = { kind: kindWord(kind), ...sizes }
  if (format === 'ndjson') {
    const json = {
      image,
      ...rest,
      ...named('path', path),
      ...otherNamesJson(otherNames),
      pname: pname ?? null,
      version: version ?? null,
      region: region === undefined ? null : printable(region),
      retained: rest.retained ?? null,
      closure: rest.closure ?? null,
      referrers: rest.referrers ?? null,
    }
    return `${jsonText(json)}\n`
  }
  const cells: Record<(typeof COLUMNS)[number], string | number | undefined> = {
    ...rest,
    image: printableText(image),
    path: printable(path),
    pname,
    version,
    region: region === undefined ? undefined : printable(region),
    otherNames: otherNames.length === 0 ? undefined : jsonText(otherNames.map(textOrBytes)),
  }
  const texts = COLUMNS.map((column) => cells[column] ?? '')
  return format === 'csv' ? `${texts.map(csvCell).join(',')}\r\n` : `${texts.join('\t')}\n`
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
