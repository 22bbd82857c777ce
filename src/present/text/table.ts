import Table from 'cli-table3'

/** A column: its heading and the alignment of its cells. */
export interface Column {
  readonly heading: string
  readonly align: 'left' | 'right'
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** Rows that the table library lays out at once: its time grows with the square of them. */
const CHUNK = 100

/** Aligned columns without lines, two spaces apart. If all headings are empty, it leaves them out. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const headings = columns.map((column) => column.heading)
  const all = headings.some((heading) => heading !== '') ? [headings, ...rows] : rows
  if (all.length <= CHUNK) return formatRows(columns, all)
  // The widest cells stand first in each chunk, so that all chunks have the same columns.
  const first = headings.map((_, at) => widest(all.map((row) => row[at] ?? '')))
  const chunks: string[] = []
  for (let at = 0; at < all.length; at += CHUNK) {
    const text = formatRows(columns, [first, ...all.slice(at, at + CHUNK)])
    chunks.push(text.slice(text.indexOf('\n') + 1))
  }
  return chunks.join('\n')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of styles take no room
const STYLES = /\u001b\[[\d;]*m/g

function widest(texts: readonly string[]): string {
  return texts.reduce((most, text) => (widthOf(text) > widthOf(most) ? text : most), '')
}

function widthOf(text: string): number {
  return text.includes('\u001b') ? text.replace(STYLES, '').length : text.length
}

function formatRows(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    chars: NO_LINES,
    colAligns: columns.map((column) => column.align),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  })
  for (const row of rows) table.push([...row])
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
