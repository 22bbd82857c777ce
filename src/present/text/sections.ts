import type { ColumnHead } from '../../views/column.ts'
import type { Branch, Line, Lines, Section, Table, TableRow, Tree } from '../../views/section.ts'
import { cellText, colored, fittedCell, fittedWords, type TextOptions, wordsText } from './cell.ts'
import { bold, dim, inAscii } from './style.ts'
import { type Column, formatTable } from './table.ts'
import { wrapPhrases } from './wrap.ts'

/** Sections as text, ending in a newline. */
export function sectionsText(sections: readonly Section[], options: TextOptions): string {
  const text = `${sections.map((section) => sectionText(section, options)).join('\n\n')}\n`
  return options.style.unicode ? text : inAscii(text)
}

function sectionText({ title, note, body, hint }: Section, options: TextOptions): string {
  const parts = [bodyText(body, options)]
  if (title !== undefined) {
    const behind = note === undefined ? '' : `   ${wordsText(note, options)}`
    parts.unshift(bold(fittedWords(title, options.style.width - behind.length, options), options.style) + behind)
  }
  if (hint !== undefined) parts.push(dim(wordsText(hint, options), options.style))
  return parts.filter((part) => part !== '').join('\n')
}

function bodyText(body: Section['body'], options: TextOptions): string {
  switch (body.kind) {
    case 'table':
      return tableText(body, options)
    case 'tree':
      return treeText(body, options)
    case 'lines':
      return linesText(body, options)
  }
}

function linesText({ lines }: Lines, options: TextOptions): string {
  return lines.flatMap((line) => lineText(line, options)).join('\n')
}

function lineText({ phrases, between = ' ·', indent = 0 }: Line, options: TextOptions): readonly string[] {
  const { width } = options.style
  const space = '  '.repeat(indent)
  if (phrases.length === 1) return [space + fittedWords(phrases[0]!, width - space.length, options)]
  const texts = phrases.map((words, index) => {
    const text = fittedWords(words, width - space.length - 4, options)
    return index === phrases.length - 1 ? text : text + between
  })
  return wrapPhrases(texts, width - space.length, '  ').map((part) => space + part)
}

/** The characters that names should have, if the table says nothing else. */
const ROOM_FOR_NAMES = 44

/**
 * Numbers, and names behind them. If the table is too wide, we first leave columns out that it can do without, and then
 * shorten names.
 */
function tableText({ columns, rows, roomForNames = ROOM_FOR_NAMES }: Table, options: TextOptions): string {
  const texts = rows.map(({ cells }) => cells.map((cell) => cellText(cell, options)))
  return gridText(columns, rows, texts, roomForNames, options)
}

function treeText({ columns, roots }: Tree, options: TextOptions): string {
  const named = columns.findIndex(({ isName }) => isName === true)
  const rows: TableRow[] = []
  const texts: string[][] = []
  const add = (row: Branch, before: string, branch: string, below: string): void => {
    const cells = row.cells.map((cell) => cellText(cell, options))
    cells[named] = `${before}${branch}${cells[named]!}`
    rows.push({ ...row, cells: row.cells.map((cell, index) => (index === named ? { kind: 'missing' } : cell)) })
    texts.push(cells)
    for (const [index, child] of row.children.entries()) {
      const isLast = index === row.children.length - 1
      add(child, before + below, isLast ? '└─ ' : '├─ ', isLast ? '   ' : '│  ')
    }
  }
  for (const root of roots) add(root, '', '', '')
  return gridText(columns, rows, texts, ROOM_FOR_NAMES, options)
}

/** @param texts of all cells, at their full width */
function gridText(
  columns: readonly ColumnHead[],
  rows: readonly TableRow[],
  texts: readonly (readonly string[])[],
  roomForNames: number,
  options: TextOptions,
): string {
  const { style } = options
  const headings = columns.map(({ heading }) => heading.toUpperCase())
  const widths = headings.map((heading, at) =>
    texts.reduce((most, row) => Math.max(most, row[at]!.length), heading.length),
  )
  const names = columns.flatMap(({ isName }, at) => (isName === true ? [at] : []))
  let numbers = columns.flatMap(({ isName }, at) => (isName === true ? [] : [at]))
  const wanted = names.reduce((sum, at) => sum + widths[at]! + 2, -2)
  const roomLeft = (): number => style.width - numbers.reduce((sum, at) => sum + widths[at]! + 2, 0)
  const steps = [...new Set(numbers.map((at) => columns[at]!.dispensable ?? 0))].filter((step) => step > 0)
  for (const step of steps.sort((a, b) => b - a)) {
    if (roomLeft() >= Math.min(wanted, roomForNames)) break
    numbers = numbers.filter((at) => (columns[at]!.dispensable ?? 0) < step)
  }
  const rooms = roomsFor(
    names.map((at) => ({ width: widths[at]!, least: headings[at]!.length })),
    Math.min(roomLeft(), wanted),
  )
  const layout: Column[] = [
    ...numbers.map((at) => ({ heading: headings[at]!, align: 'right' as const })),
    ...names.map((at) => ({ heading: headings[at]!, align: 'left' as const })),
  ]
  const cells = rows.map(({ cells: values, isAside }, row) => [
    ...numbers.map((at) => colored(texts[row]![at]!, values[at]!, style)),
    ...names.map((at, index) => {
      const whole = texts[row]![at]!
      const text = whole.length <= rooms[index]! ? whole : fitted(whole, values[at]!, rooms[index]!, options)
      return isAside === true || index > 0 ? dim(text, style) : text
    }),
  ])
  return formatTable(layout, cells)
}

function fitted(whole: string, cell: TableRow['cells'][number], width: number, options: TextOptions): string {
  return fittedCell(cell.kind === 'missing' ? { kind: 'text', text: whole } : cell, width, options)
}

/** The widths of columns of names. The last one gets two fifths of the room, and what the others leave. */
function roomsFor(columns: readonly { readonly width: number; readonly least: number }[], room: number): number[] {
  const last = columns.at(-1)
  if (last === undefined) return []
  if (columns.length === 1) return [room]
  const others = columns.slice(0, -1)
  const free = room - 2
  const left = free - others.reduce((sum, { width }) => sum + width + 2, -2)
  const width = Math.min(last.width, Math.max(Math.floor(free * 0.4), left, last.least))
  return [...roomsFor(others, free - width), width]
}
