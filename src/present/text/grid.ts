import type { Cell } from '../../views/cell.ts'
import type { ColumnHead } from '../../views/column.ts'
import type { Branch, Table, TableRow, Tree } from '../../views/section.ts'
import { cellText, colored, fittedCell, type TextOptions } from './cell.ts'
import { excerptText } from './excerpt.ts'
import { lineText } from './lines.ts'
import { nameAndRemark, remarkLayout } from './remark.ts'
import { bold, dim, type TextStyle, toned } from './style.ts'
import { type Column, formatTable } from './table.ts'

/** The characters that names should have, if the table says nothing else. */
const ROOM_FOR_NAMES = 44

/**
 * Numbers, and names behind them. If the table is too wide, we first leave columns out that it can do without, and then
 * shorten names.
 */
export function tableText(table: Table, options: TextOptions): string {
  const rows = [...table.rows, ...(table.foot ?? [])]
  if (table.isList !== true) return plainTable({ ...table, rows }, options)
  const { style } = options
  const columns = table.columns.map((column) => ({ ...column, heading: '' }))
  const narrow = { ...options, style: { ...style, width: style.width - LIST_INDENT.length } }
  const text = plainTable({ ...table, columns, rows }, narrow)
  return text.replace(/^/gm, LIST_INDENT)
}

const LIST_INDENT = '  '

function plainTable({ columns, rows, roomForNames = ROOM_FOR_NAMES }: Table, options: TextOptions): string {
  const texts = rows.map(({ cells }) => cells.map((cell) => cellText(cell, options)))
  const none = { before: '', after: '' }
  return gridText(
    columns,
    rows,
    texts,
    rows.map(() => none),
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

/** The room that other columns of names get beside a tree at least. */
const MIN_BESIDE = 16
/** The least room for a column of names that can be left out. */
const MIN_DISPENSABLE = 20

/** What stands before the first name of a row, and below it. */
interface Indent {
  readonly before: string
  readonly after: string
}

/** The names of a tree stand behind its branches. */
export function treeText({ columns, roots }: Tree, options: TextOptions): string {
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
  if (rows.length > MOST_ALIGNED) {
    return rows.map((_, at) => unaligned(levels[at]!, texts[at]!)).join('\n')
  }
  const named = columns.findIndex(({ isName }) => isName === true)
  const others = columns.reduce((sum, { heading, isName, isBelow, dispensable }, at) => {
    if (at === named || isBelow === true || (isName === true && dispensable !== undefined)) return sum
    const width = texts.reduce((most, row) => Math.max(most, row[at]!.length), heading.length)
    return sum + (isName === true ? Math.min(width, MIN_BESIDE) : width) + 2
  }, 0)
  const deepest = levels.reduce((most, { above, branch }) => Math.max(most, (above + branch).length), 0)
  const step = others + deepest * WIDE + MIN_NAME <= options.style.width ? WIDE : NARROW
  const branches = levels.map(({ above, branch }): Indent => {
    const before = [...above].map((level) => level.padEnd(step)).join('')
    if (branch === '') return { before, after: before }
    return {
      before: before + branch + (step === WIDE ? '─ ' : ''),
      after: before + (branch === '└' ? ' ' : '│').padEnd(step),
    }
  })
  return gridText(columns, rows, texts, branches, ROOM_FOR_NAMES, options)
}

/** A larger tree is not aligned: the table library takes a third of a millisecond for a row, and nobody reads it as a table. */
const MOST_ALIGNED = 20_000

/** A row of a tree as a line: its branches, and its cells as they are. */
function unaligned(
  { above, branch }: { readonly above: string; readonly branch: string },
  texts: readonly string[],
): string {
  return `${above}${branch}${texts.filter((text) => text !== '').join('  ')}`
}

/**
 * @param texts of all cells, at their full width
 * @param branches what stands before the first name of each row, and below it
 */
function gridText(
  columns: readonly ColumnHead[],
  rows: readonly TableRow[],
  texts: readonly (readonly string[])[],
  branches: readonly Indent[],
  roomForNames: number,
  options: TextOptions,
): string {
  const { style } = options
  const headings = columns.map(({ heading }) => headingText(heading))
  const isShown = ({ isBelow, remark }: ColumnHead): boolean => isBelow !== true && remark === undefined
  const remark = columns.findIndex((column) => column.remark !== undefined)
  const all = columns.flatMap((column, at) => (column.isName === true && isShown(column) ? [at] : []))
  const branchOf = (row: number, at: number): string => (at === all[0] ? branches[row]!.before : '')
  const widths = headings.map((heading, at) =>
    texts.reduce((most, row, index) => Math.max(most, branchOf(index, at).length + row[at]!.length), heading.length),
  )
  let numbers = columns.flatMap((column, at) => (column.isName !== true && isShown(column) ? [at] : []))
  const sumOf = (some: readonly number[]): number => some.reduce((sum, at) => sum + widths[at]! + 2, 0)
  const roomLeft = (): number => style.width - sumOf(numbers)
  const names = all.filter((at) => {
    const room = roomLeft() - sumOf(all.filter((other) => other !== at))
    return columns[at]!.dispensable === undefined || room >= Math.min(widths[at]!, MIN_DISPENSABLE)
  })
  const wanted = sumOf(names) - 2
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
  const deepest = branches.reduce((most, { before }) => Math.max(most, before.length), 0)
  const rooms =
    remark >= 0
      ? roomsBefore(
          names.map((at) => widths[at]!),
          roomLeft(),
        )
      : roomsFor(
          names.map((at, index) => ({
            width: widths[at]!,
            least: Math.max(headings[at]!.length, index === 0 && deepest > 0 ? deepest + MIN_NAME : 0),
          })),
          Math.min(roomLeft(), wanted),
        )
  const layout: Column[] = [
    ...numbers.map(
      (at) => ({ heading: headings[at]!, align: columns[at]!.isText === true ? 'left' : 'right' }) as const,
    ),
    ...names.map((at) => ({ heading: headings[at]!, align: 'left' as const })),
  ]
  const remarked =
    remark < 0
      ? undefined
      : remarkLayout(
          rows.map((row) => ({ name: row.cells[names.at(-1)!]!, remark: row.cells[remark]! })),
          rooms.at(-1)!,
          options,
        )
  const heights: number[] = []
  const cells = rows.flatMap(({ cells: values, isAside, isStrong, tone }, row) => {
    const drawn = names.map((at, index) => {
      const isFirst = at === all[0]
      const { before, after } = branches[row]!
      const room = rooms[index]! - (isFirst ? before.length : 0)
      if (remarked !== undefined && at === names.at(-1)) {
        const { name, beside, below } = nameAndRemark(values[at]!, values[remark]!, remarked, options)
        const isFaint = tone === undefined && columns[remark]!.remark === 'aside'
        const drawn = (text: string): string => (isFaint ? dim(text, style) : toned(text, tone, style))
        const named = isAside === true ? dim(name, style) : toned(name, tone, style)
        return [named + (beside === '' ? '' : drawn(beside)), ...below.map(drawn)]
      }
      const lines = cellLines(values[at]!, isFirst && before !== '' ? Math.max(room, MIN_NAME) : room, options)
      return lines.map((line, height) => {
        const text = nameStyled(line, values[at]!, isAside === true || index > 0, isStrong === true, style)
        return isFirst ? (height === 0 ? before : after) + text : text
      })
    })
    const height = drawn.reduce((most, { length }) => Math.max(most, length), 1)
    heights.push(height)
    const front = numbers.map((at) => colored(texts[row]![at]!, values[at]!, style))
    // A row for each line: the table library takes a hundred times as long for a cell of several lines.
    return Array.from({ length: height }, (_, line) => [
      ...front.map((number) => (line === 0 ? number : '')),
      ...drawn.map((lines) => lines[line] ?? ''),
    ])
  })
  const below = columns.flatMap(({ isBelow }, at) => (isBelow === true ? [at] : []))
  const text = formatTable(layout, cells)
  if (below.length === 0) return text
  const lines = text.split('\n')
  const indent = ' '.repeat(sumOf(numbers))
  let next = lines.length - heights.reduce((sum, height) => sum + height, 0)
  const withBelow = lines.slice(0, next)
  for (const [row, height] of heights.entries()) {
    withBelow.push(...lines.slice(next, next + height))
    next += height
    const before = indent + branches[row]!.after
    for (const at of below) {
      for (const line of belowLines(rows[row]!.cells[at]!, style.width - before.length, options)) {
        withBelow.push(before + line)
      }
    }
  }
  return withBelow.join('\n')
}

/** A value in a column: one line, or as many as a value of phrases needs. */
function cellLines(cell: Cell, width: number, options: TextOptions): readonly string[] {
  if (cell.kind !== 'lines') return [fittedCell(cell, width, options)]
  return cell.lines.flatMap((line) => lineText(line, width, options))
}

/** A value below its row; none if it is missing. */
function belowLines(cell: Cell, width: number, options: TextOptions): readonly string[] {
  if (cell.kind === 'missing') return []
  return cell.kind === 'excerpt' ? [excerptText(cell, width, options.style)] : cellLines(cell, width, options)
}

/** A heading in capitals, but for what stands in parentheses: "STAYS (3 paths)". */
export function headingText(heading: string): string {
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
  const most = free - others.reduce((sum, { least }) => sum + least + 2, -2)
  const width = Math.min(last.width, Math.max(Math.min(Math.floor(free * 0.4), most), left, last.least))
  return [...roomsFor(others, free - width), width]
}

function nameStyled(text: string, cell: Cell, isFaint: boolean, isStrong: boolean, style: TextStyle): string {
  if (cell.kind === 'status') return colored(text, cell, style)
  return isFaint ? dim(text, style) : isStrong ? bold(text, style) : text
}

/** The widths of columns of names before remarks, which have the rest of the room together with the last name. */
function roomsBefore(widths: readonly number[], room: number): number[] {
  const others = widths.slice(0, -1)
  return [...others, room - others.reduce((sum, width) => sum + width + 2, 0)]
}
