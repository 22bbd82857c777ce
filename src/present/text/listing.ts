import type { Cell, NameCell } from '../../views/cell.ts'
import type { ColumnHead } from '../../views/column.ts'
import type { Listing, TableRow } from '../../views/section.ts'
import { cellText, fittedCell, type TextOptions } from './cell.ts'
import { headingText } from './grid.ts'
import { lineText } from './lines.ts'
import { printable, shortenMiddle } from './printable.ts'
import { dim, inAscii, type TextStyle } from './style.ts'

/** How many rows decide the widths of the columns, if we do not have all of them. A longer cell in a later row moves the rest of that row. */
const MEASURED = 1000

/** How many characters of a name we show at least. */
const MIN_NAME = 12

const BELOW = '    '

/** Characters of a piece of text: a step of every generator for each line took a sixth of the time of `ls -R`. */
const PIECE = 1 << 16

/** A listing as text without a newline at its end, in pieces as its rows come. */
export function* listingText(listing: Listing, options: TextOptions): Generator<string> {
  let text = ''
  for (const row of listing.names ?? rowLines(listing, options)) {
    const line = typeof row === 'string' ? row : shortenMiddle(cellText(row, options), options.style.width)
    text += text === '' ? line : `\n${line}`
    if (text.length < PIECE) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}

/**
 * A heading, and a line for each row, with names in the last column and long values below. Names have room for MIN_NAME
 * characters at least; columns that can be left out make it. Names are never changed, not even for a locale without their
 * characters, unless we have to shorten them.
 */
function* rowLines({ columns, rows, folder }: Listing, options: TextOptions): Generator<string> {
  const { style } = options
  const places = columns.flatMap(({ isBelow }, at) => (isBelow === true ? [] : [at]))
  const below = columns.flatMap(({ isBelow }, at) => (isBelow === true ? [at] : []))
  const fronts = places.slice(0, -1)
  const last = places.at(-1)!
  const headings = columns.map(({ heading }) => headingText(heading))
  const within = folder !== undefined && style.width < Number.POSITIVE_INFINITY
  const isText = fronts.map((at) => columns[at]!.isText === true)
  const frontOf = ({ cells }: TableRow): readonly string[] => fronts.map((at) => cellText(cells[at]!, options))
  const lineOf = ({ cells, isAside }: TableRow, front: string): string => {
    const name = nameIn(cells[last]!, Math.max(style.width - front.length, MIN_NAME), within, options)
    let line = front + (isAside === true ? dim(name, style) : name)
    for (const at of below) for (const more of belowLines(cells[at]!, options)) line += `\n${more}`
    return line
  }
  const measured = Array.isArray(rows) ? rows.length : MEASURED
  const first: { readonly row: TableRow; readonly front: readonly string[] }[] = []
  let widths: readonly number[] | undefined
  const styled = (front: readonly string[]): string => asStyled(joined(front, widths!, isText), style)
  function* begin(): Generator<string> {
    widths = widthsOf(
      fronts.map((at) => columns[at]!),
      fronts.map((at, index) =>
        first.reduce((most, { front }) => Math.max(most, front[index]!.length), headings[at]!.length),
      ),
      style.width,
    )
    if (within) yield dim(asStyled(shortenMiddle(`${printable(folder.short)}/`, style.width), style), style)
    yield dim(styled(fronts.map((at) => headings[at]!)) + headings[last]!, style)
    for (const { row, front } of first) yield lineOf(row, styled(front))
  }
  for (const row of rows) {
    const front = frontOf(row)
    if (widths !== undefined) yield lineOf(row, styled(front))
    else if (first.push({ row, front }) === measured) yield* begin()
  }
  if (widths === undefined && first.length > 0) yield* begin()
}

/** The widths of columns; 0 for those without which the names get enough room. */
function widthsOf(columns: readonly ColumnHead[], all: readonly number[], width: number): readonly number[] {
  const widths = [...all]
  const room = (): number => width - widths.reduce((sum, each) => sum + (each === 0 ? 0 : each + 1), 0)
  const order = columns.map(({ dispensable = 0 }, index) => ({ index, dispensable }))
  for (const { index, dispensable } of order.sort((a, b) => b.dispensable - a.dispensable)) {
    if (dispensable > 0 && room() < MIN_NAME) widths[index] = 0
  }
  return widths
}

/** The cells before the name. A column without a width is left out. */
function joined(texts: readonly string[], widths: readonly number[], isText: readonly boolean[]): string {
  let line = ''
  for (const [index, text] of texts.entries()) {
    const width = widths[index]!
    if (width > 0) line += isText[index]! ? `${text.padEnd(width)} ` : `${text.padStart(width)} `
  }
  return line
}

function nameIn(cell: Cell, width: number, within: boolean, options: TextOptions): string {
  const shown = within ? relative(cell) : cell
  const whole = cellText(shown, options)
  return whole.length <= width ? whole : asStyled(fittedCell(shown, width, options), options.style)
}

/** Names as they are told below the path of their directory. */
function relative(cell: Cell): Cell {
  if (cell.kind === 'name') return briefer(cell)
  if (cell.kind !== 'words') return cell
  return { kind: 'words', words: cell.words.map((word) => (typeof word === 'string' ? word : relative(word))) }
}

function briefer({ shorter, ...cell }: NameCell): NameCell {
  return shorter === undefined ? cell : { ...cell, short: shorter }
}

function belowLines(cell: Cell, options: TextOptions): readonly string[] {
  if (cell.kind !== 'lines') return []
  const width = options.style.width - BELOW.length
  return cell.lines.flatMap((line) => lineText(line, width, options)).map((line) => BELOW + line)
}

function asStyled(text: string, { unicode }: TextStyle): string {
  return unicode ? text : inAscii(text)
}
