import type { Cell, Line } from '../../views/cell.ts'
import { cellText, fittedCell, type TextOptions, wordsText } from './cell.ts'
import { lineText } from './lines.ts'

/** How names and the remarks behind them share their room. */
export interface RemarkLayout {
  /** The columns of both. */
  readonly room: number
  /** The width to which names are padded, so that remarks stand below each other. */
  readonly forName: number
}

/** A name with its remark. */
export interface NameAndRemark {
  readonly name: string
  /** What stands behind the name, with the spaces between them; '' if nothing does. */
  readonly beside: string
  readonly below: readonly string[]
}

/** The width that a remark must have beside a name, unless it needs less. */
const MIN_REMARK = 28

/** The layout of all rows of a table. */
export function remarkLayout(
  rows: readonly { readonly name: Cell; readonly remark: Cell }[],
  room: number,
  options: TextOptions,
): RemarkLayout {
  const widest = (texts: readonly string[]): number => texts.reduce((most, { length }) => Math.max(most, length), 0)
  const remarked = rows.filter(({ remark }) => linesOf(remark).filter(({ indent = 0 }) => indent === 0).length === 1)
  const names = widest(remarked.map(({ name }) => cellText(name, options)))
  const remarks = widest(remarked.map(({ remark }) => wholeText(linesOf(remark)[0]!, options)))
  const forRemark = Math.min(remarks, Math.max(Math.floor(room / 2) - 1, room - names - 2))
  return { room, forName: Math.min(names, room - forRemark - 2) }
}

/**
 * A name, and the first line of its remark behind it: below the others if it needs no more room, else right behind the
 * name. If neither is possible, the whole remark stands below.
 */
export function nameAndRemark(
  name: Cell,
  remark: Cell,
  { room, forName }: RemarkLayout,
  options: TextOptions,
): NameAndRemark {
  const lines = linesOf(remark)
  const [first, ...others] = lines
  if (first === undefined) return { name: fittedCell(name, room, options), beside: '', below: [] }
  const below = (some: readonly Line[]): string[] =>
    some.flatMap((line) => lineText(line, room - 2, options)).map((line) => `  ${line}`)
  const whole = cellText(name, options)
  // Lines of one level belong together.
  const isOne = others.every(({ indent = 0 }) => indent > (first.indent ?? 0))
  const beside = isOne ? besideText(first, room - whole.length - 2, options) : undefined
  if (beside === undefined) return { name: fittedCell(name, room, options), beside: '', below: below(lines) }
  const isAligned = whole.length <= forName && besideText(first, room - forName - 2, options) === beside
  return {
    name: whole,
    beside: ' '.repeat(isAligned ? forName - whole.length + 2 : 2) + beside,
    below: below(others.map((line) => ({ ...line, indent: line.indent! - 1 }))),
  }
}

/** The line of a remark, shortened to a width; undefined if it has no room there. */
function besideText(line: Line, width: number, options: TextOptions): string | undefined {
  if (width < Math.min(wholeText(line, options).length, MIN_REMARK)) return undefined
  const drawn = lineText(line, width, options)
  return drawn.length === 1 ? drawn[0] : undefined
}

function linesOf(remark: Cell): readonly Line[] {
  if (remark.kind === 'missing') return []
  return remark.kind === 'lines' ? remark.lines : [{ phrases: [[remark]] }]
}

function wholeText({ phrases, between = ' ·' }: Line, options: TextOptions): string {
  return phrases.map((words) => wordsText(words, options)).join(`${between} `)
}
