import type { Words } from '../../views/cell.ts'
import type { ColumnHead } from '../../views/column.ts'
import type { Branch, Line, Lines, Section, Table, TableRow, Tree } from '../../views/section.ts'
import { cellText, colored, fittedCell, fittedWords, type TextOptions, wordsText } from './cell.ts'
import { bold, dim, inAscii } from './style.ts'
import { type Column, formatTable } from './table.ts'
import { wrap, wrapPhrases } from './wrap.ts'

/** Sections as text that ends in a newline; '' if there are none. */
export function sectionsText(sections: readonly Section[], options: TextOptions): string {
  const shown = sections.filter(({ folded }) => folded !== 'only')
  if (shown.length === 0) return ''
  const text = `${shown.map((section) => sectionText(section, options)).join('\n\n')}\n`
  return options.style.unicode ? text : inAscii(text)
}

/** A section as text, without a newline at its end. */
export function sectionText({ title, note, body, hints = [] }: Section, options: TextOptions): string {
  const parts = [bodyText(body, options)]
  if (title !== undefined) {
    parts.unshift(titleText(title, note, options))
  }
  for (const hint of hints) {
    const text = fittedWords(hint, options.style.width, options)
    for (const line of wrap(text, options.style.width, '  ')) parts.push(dim(line, options.style))
  }
  return parts.filter((part) => part !== '').join('\n')
}

/** A title with its note behind it; the note stands below where it has no room. */
function titleText(title: Words, note: Words | undefined, options: TextOptions): string {
  const { style } = options
  const behind = note === undefined ? '' : `   ${wordsText(note, options)}`
  const whole = wordsText(title, options)
  const fitted = fittedWords(title, style.width - behind.length, options)
  if (fitted.length + behind.length <= style.width) return bold(fitted, style) + behind
  const lines =
    whole.length <= style.width ? [whole] : wrap(fittedWords(title, style.width, options), style.width, '  ')
  const below = behind === '' ? [] : wrap(behind.trimStart(), style.width - 2).map((line) => `  ${line}`)
  return [...lines.map((line) => bold(line, style)), ...below].join('\n')
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
  if (phrases.length === 1) {
    const text = fittedWords(phrases[0]!, width - space.length, options)
    return text.length + space.length <= width ? [space + text] : wrapIndented(text, width, space)
  }
  const texts = phrases.map((words, index) => {
    const text = fittedWords(words, width - space.length - 4, options)
    return index === phrases.length - 1 ? text : text + between
  })
  return wrapPhrases(texts, width - space.length, '  ').map((part) => space + part)
}

/** A sentence that does not fit, in lines. The spaces at its start stay. */
function wrapIndented(text: string, width: number, space: string): readonly string[] {
  const before = space + /^ */.exec(text)![0]
  return wrap(text.trimStart(), width - before.length, '  ').map((line) => before + line)
}

/** The characters that names should have, if the table says nothing else. */
const ROOM_FOR_NAMES = 44

/**
 * Numbers, and names behind them. If the table is too wide, we first leave columns out that it can do without, and then
 * shorten names.
 */
function tableText({ columns, rows, roomForNames = ROOM_FOR_NAMES }: Table, options: TextOptions): string {
  const texts = rows.map(({ cells }) => cells.map((cell) => cellText(cell, options)))
  return gridText(
    columns,
    rows,
    texts,
    rows.map(() => ''),
    roomForNames,
    options,
  )
}

/** The columns of a level, and fewer of them for a tree that is too deep for the width. */
const WIDE = 3
const NARROW = 1
/** How many characters of a name we show at least, however deep it is. */
const MIN_NAME = 12

/** The room of a name for which we leave out numbers that otherwise stay. */
const LEAST_NAME = 10

/** The names of a tree stand behind its branches. */
function treeText({ columns, roots }: Tree, options: TextOptions): string {
  const rows: TableRow[] = []
  const levels: { readonly above: string; readonly branch: '' | '├' | '└' }[] = []
  const add = (row: Branch, above: string, branch: '' | '├' | '└'): void => {
    rows.push(row)
    levels.push({ above, branch })
    const below = branch === '' ? '' : `${above}${branch === '└' ? ' ' : '│'}`
    for (const [at, child] of row.children.entries()) add(child, below, at === row.children.length - 1 ? '└' : '├')
  }
  for (const root of roots) add(root, '', '')
  const texts = rows.map(({ cells }) => cells.map((cell) => cellText(cell, options)))
  const others = columns.reduce((sum, { heading, isName }, at) => {
    return isName === true
      ? sum
      : sum + texts.reduce((most, row) => Math.max(most, row[at]!.length), heading.length) + 2
  }, 0)
  const deepest = levels.reduce((most, { above, branch }) => Math.max(most, (above + branch).length), 0)
  const step = others + deepest * WIDE + MIN_NAME <= options.style.width ? WIDE : NARROW
  const branches = levels.map(({ above, branch }) => {
    const before = [...above].map((level) => level.padEnd(step)).join('')
    return branch === '' ? '' : before + branch + (step === WIDE ? '─ ' : '')
  })
  return gridText(columns, rows, texts, branches, ROOM_FOR_NAMES, options)
}

/**
 * @param texts of all cells, at their full width
 * @param branches what stands before the first name of each row
 */
function gridText(
  columns: readonly ColumnHead[],
  rows: readonly TableRow[],
  texts: readonly (readonly string[])[],
  branches: readonly string[],
  roomForNames: number,
  options: TextOptions,
): string {
  const { style } = options
  const headings = columns.map(({ heading }) => headingText(heading))
  const names = columns.flatMap(({ isName }, at) => (isName === true ? [at] : []))
  const branchOf = (row: number, at: number): string => (at === names[0] ? branches[row]! : '')
  const widths = headings.map((heading, at) =>
    texts.reduce((most, row, index) => Math.max(most, branchOf(index, at).length + row[at]!.length), heading.length),
  )
  let numbers = columns.flatMap(({ isName }, at) => (isName === true ? [] : [at]))
  const wanted = names.reduce((sum, at) => sum + widths[at]! + 2, -2)
  const roomLeft = (): number => style.width - numbers.reduce((sum, at) => sum + widths[at]! + 2, 0)
  const steps = [...new Set(numbers.map((at) => columns[at]!.dispensable ?? 0))].filter((step) => step > 0)
  for (const step of steps.sort((a, b) => b - a)) {
    if (roomLeft() >= Math.min(wanted, roomForNames)) break
    numbers = numbers.filter((at) => (columns[at]!.dispensable ?? 0) < step)
  }
  // On a very narrow screen names need the room of columns that otherwise stay: first of shares, which sizes tell too.
  const least = names.reduce((sum, at) => sum + Math.max(headings[at]!.length, LEAST_NAME) + 2, -2)
  while (numbers.length > 1 && roomLeft() < Math.min(wanted, least)) {
    const share = numbers.find((at) => rows.some(({ cells }) => cells[at]!.kind === 'share'))
    numbers = numbers.filter((at) => at !== (share ?? numbers.at(-1)))
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
      const branch = branchOf(row, at)
      const room = rooms[index]! - branch.length
      const text = fittedCell(values[at]!, branch === '' ? room : Math.max(room, MIN_NAME), options)
      return branch + (isAside === true || index > 0 ? dim(text, style) : text)
    }),
  ])
  return formatTable(layout, cells)
}

/** A heading in capitals, but for what stands in parentheses: "STAYS (3 paths)". */
function headingText(heading: string): string {
  return heading.replace(/^[^(]*/, (words) => words.toUpperCase())
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
