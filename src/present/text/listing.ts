import type { Cell, NameCell } from '../../views/cell.ts'
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

/**
 * A listing, line by line: a heading, and the rows as they come, with names in the last column. Names have room for
 * MIN_NAME characters at least; columns that can be left out make it. Names are never changed, not even for a locale
 * without their characters, unless we have to shorten them.
 */
export function* listingLines({ columns, rows, names, folder }: Listing, options: TextOptions): Generator<string> {
  const { style } = options
  if (names !== undefined) {
    for (const cell of names) yield cellText(cell, options)
    return
  }
  const places = columns.flatMap(({ isBelow }, at) => (isBelow === true ? [] : [at]))
  const below = columns.flatMap(({ isBelow }, at) => (isBelow === true ? [at] : []))
  const fronts = places.slice(0, -1)
  const last = places.at(-1)!
  const headings = columns.map(({ heading }) => headingText(heading))
  const within = folder !== undefined && style.width < Number.POSITIVE_INFINITY
  const widthsOf = (some: readonly (readonly string[])[]): readonly number[] => {
    const widths = fronts.map((at, index) =>
      some.reduce((most, texts) => Math.max(most, texts[index]!.length), headings[at]!.length),
    )
    const room = (): number => style.width - widths.reduce((sum, each) => sum + (each === 0 ? 0 : each + 1), 0)
    const order = fronts.map((at, index) => ({ index, step: columns[at]!.dispensable ?? 0 }))
    for (const { index, step } of order.sort((a, b) => b.step - a.step)) {
      if (step > 0 && room() < MIN_NAME) widths[index] = 0
    }
    return widths
  }
  const measured = Array.isArray(rows) ? rows.length : MEASURED
  const isText = fronts.map((at) => columns[at]!.isText === true)
  const first: { readonly row: TableRow; readonly texts: readonly string[] }[] = []
  let widths: readonly number[] | undefined
  function* lineOf(
    { cells, isAside }: TableRow,
    texts: readonly string[],
    widths: readonly number[],
  ): Generator<string> {
    const front = asStyled(joined(texts, widths, isText), style)
    const name = nameIn(cells[last]!, Math.max(style.width - front.length, MIN_NAME), within, options)
    yield front + (isAside === true ? dim(name, style) : name)
    for (const at of below) yield* belowLines(cells[at]!, options)
  }
  function* begin(): Generator<string> {
    widths = widthsOf(first.map(({ texts }) => texts))
    if (within) yield dim(asStyled(shortenMiddle(`${printable(folder.short)}/`, style.width), style), style)
    yield dim(
      joined(
        fronts.map((at) => headings[at]!),
        widths,
        isText,
      ) + headings[last]!,
      style,
    )
    for (const { row, texts } of first) yield* lineOf(row, texts, widths)
  }
  for (const row of rows) {
    const texts = fronts.map((at) => cellText(row.cells[at]!, options))
    if (widths !== undefined) yield* lineOf(row, texts, widths)
    else if (first.push({ row, texts }) === measured) yield* begin()
  }
  if (widths === undefined && first.length > 0) yield* begin()
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
