import type { Line, Words } from '../../views/cell.ts'
import type { ColumnHead } from '../../views/column.ts'
import type {
  Branch,
  Fact,
  Listing,
  Section,
  Side,
  Sides,
  Table,
  TableRow,
  Tree,
  Verdict,
} from '../../views/section.ts'
import { wordsText } from '../text/cell.ts'
import { shortenMiddle } from '../text/printable.ts'
import { plural } from '../units.ts'
import {
  cellMarkdown,
  type MarkdownOptions,
  phrasesMarkdown,
  STATUS_SIGNS,
  textOptions,
  wordsMarkdown,
} from './cell.ts'
import { escapeMarkdown } from './escape.ts'

/** Characters in a document. GitHub allows 65,536 in a comment, and whoever posts it adds some. */
const MAX_LENGTH = 60_000
/** The room that a section needs: for its title, and for a word about what does not fit. */
const MIN_ROOM = 1500
/** Characters of a title. A name in it may have thousands. */
const MAX_TITLE = 200

/** Sections as GitHub-flavoured Markdown, for a comment. What does not fit is left out, and we say so. */
export function sectionsMarkdown(sections: readonly Section[], options: MarkdownOptions): string {
  const footer = `<sub>isoscope ${escapeMarkdown(options.version)}</sub>`
  const parts = options.marker === undefined ? [] : [`<!-- ${options.marker} -->`]
  let room = MAX_LENGTH - footer.length - parts.join('').length
  const drawn = new Map<number, string>()
  // A table that knows how to sum up its rows gets the room that other sections leave.
  const isYielding = ({ body, folded }: Section): boolean =>
    folded === undefined && body.kind === 'table' && body.rest !== undefined
  const indexes = [...sections.keys()]
  const order = [
    ...indexes.filter((index) => sections[index]!.folded === undefined && !isYielding(sections[index]!)),
    ...indexes.filter((index) => isYielding(sections[index]!)),
    ...indexes.filter((index) => sections[index]!.folded !== undefined),
  ]
  for (const index of order) {
    if (room < MIN_ROOM) break
    const part = sectionMarkdown(sections[index]!, index === 0, options, room)
    room -= part.length + 2
    drawn.set(index, part)
  }
  parts.push(...indexes.flatMap((index) => drawn.get(index) ?? []))
  const hidden = sections.length - drawn.size
  if (hidden > 0) parts.push(`${plural(hidden, 'more section')} do not fit here.`)
  return `${[...parts, footer].filter((part) => part !== '').join('\n\n')}\n`
}

function sectionMarkdown(
  { title, note, body, hints = [], folded }: Section,
  isFirst: boolean,
  options: MarkdownOptions,
  room: number,
): string {
  const heading = title === undefined ? '' : titleMarkdown(title, options)
  const behind = note === undefined ? '' : wordsMarkdown(note, options)
  const between = behind === '' ? '' : behind.startsWith('\\(') ? ' ' : ': '
  const says = body.kind === 'verdict' ? ` ${saysMarkdown(body)}` : ''
  const below = hints.map((hint) => wordsMarkdown(hint, options))
  const around = heading.length + behind.length + below.join('').length + 100
  const lines = [bodyMarkdown(body, options, room - around)]
  if (folded !== undefined) {
    const summary = `${heading}${between}${behind}`
    return `<details><summary>${asHtml(summary)}</summary>\n\n${[...lines, ...below].join('\n\n')}\n\n</details>`
  }
  if (isFirst && heading !== '') lines.unshift(`### ${heading}${between}${behind}${says}`)
  else if (heading !== '') lines.unshift(`#### ${heading}`, behind)
  return [...lines, ...below].filter((part) => part !== '').join('\n\n')
}

function titleMarkdown(title: Words, options: MarkdownOptions): string {
  const text = wordsText(title, textOptions(options))
  return text.length > MAX_TITLE ? escapeMarkdown(shortenMiddle(text, MAX_TITLE)) : wordsMarkdown(title, options)
}

/** Escapes of Markdown mean nothing in a summary, where entities are enough. */
function asHtml(markdown: string): string {
  return markdown.replace(/\\([\\`*_{}[\]()#+!|~$])/g, (_, sign: string) => `&#${sign.charCodeAt(0)};`)
}

/** A heading that stays, and lines of which as many stay as fit. */
interface BodyLines {
  readonly head: readonly string[]
  readonly lines: readonly string[]
}

function fittingLines({ head, lines }: BodyLines, room: number): string {
  let left = room - head.join('\n').length
  const shown: string[] = []
  for (const line of lines) {
    left -= line.length + 1
    if (left < 0) break
    shown.push(line)
  }
  const hidden = lines.length - shown.length
  const kept = shown.length === 0 ? [] : [...head, ...shown]
  return hidden === 0 ? kept.join('\n') : [...kept, '', `${plural(hidden, 'more row')} do not fit here.`].join('\n')
}

/**
 * A body of at most so many characters. A table that is too long has its first rows, one row for the rest if it knows how
 * to sum them up, and its foot.
 */
function bodyMarkdown(body: Section['body'], options: MarkdownOptions, most: number): string {
  const whole = bodyLines(body, options, most)
  if (body.kind !== 'table' || body.rest === undefined || lengthOf(whole) <= most) return fittingLines(whole, most)
  const { rows, rest, foot = [] } = body
  const upTo = (count: number): BodyLines =>
    tableLines({ ...body, rows: [...rows.slice(0, count), rest(count)], foot }, options)
  let [fits, tooMany] = [0, rows.length]
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2)
    if (lengthOf(upTo(middle)) <= most) fits = middle
    else tooMany = middle
  }
  return fittingLines(upTo(fits), most)
}

function lengthOf({ head, lines }: BodyLines): number {
  return [...head, ...lines].reduce((sum, line) => sum + line.length + 1, 0)
}

/** What the verdict says, with a sign. */
function saysMarkdown({ says }: Verdict): string {
  return says.map(({ sign, text }) => `${STATUS_SIGNS[sign]} ${escapeMarkdown(text)}`.trim()).join(', ')
}

function sidesLines({ old, new: now, lines }: Sides, options: MarkdownOptions): readonly string[] {
  const sideLine = (word: string, { name, facts }: Side): string =>
    `- ${word}: ${[[name], ...facts].map((words) => wordsMarkdown(words, options)).join(' · ')}`
  return [
    sideLine('old', old),
    sideLine('new', now),
    ...lines.map(({ phrases, between = ' ·' }) => `- ${phrasesMarkdown(phrases, between, options)}`),
  ]
}

function bodyLines(body: Section['body'], options: MarkdownOptions, room: number): BodyLines {
  switch (body.kind) {
    case 'table':
      return tableLines(body, options)
    case 'tree':
      return treeLines(body, options)
    case 'listing':
      return listingLines(body, options, room)
    case 'lines':
      return { head: [], lines: listLines(body.lines, options) }
    case 'sides':
      return { head: [], lines: sidesLines(body, options) }
    case 'verdict':
      return { head: [], lines: [`${wordsMarkdown(body.sentence, options)}.`] }
    case 'facts':
      return { head: [], lines: body.facts.map((fact) => factLine(fact, options)) }
  }
}

function listLines(lines: readonly Line[], options: MarkdownOptions): readonly string[] {
  const outermost = Math.min(...lines.map(({ indent = 0 }) => indent))
  return lines.map(({ phrases, between = ' ·', indent = 0 }) => {
    const text = phrasesMarkdown(phrases, between, options)
    return lines.length === 1 ? text : `${'  '.repeat(indent - outermost)}- ${text}`
  })
}

function factLine({ label, value }: Fact, options: MarkdownOptions): string {
  return `- **${escapeMarkdown(label)}** ${wordsMarkdown(value, options)}`
}

function tableLines({ columns, rows: some, foot = [] }: Table, options: MarkdownOptions): BodyLines {
  const rows = [...some, ...foot]
  const order = placesOf(columns, rows)
  return {
    head: headLines(order.map((at) => columns[at]!)),
    lines: rows.map((row) => rowLine(cellsMarkdown(row, columns, order, options))),
  }
}

/** The lines of a listing. We do not draw those that surely do not fit, but count them. */
function listingLines({ columns, rows }: Listing, options: MarkdownOptions, room: number): BodyLines {
  const order = placesOf(columns, [])
  const lines: string[] = []
  let length = 0
  for (const row of rows) {
    const line = length > room ? '' : rowLine(cellsMarkdown(row, columns, order, options))
    length += line.length
    lines.push(line)
  }
  return { head: headLines(order.map((at) => columns[at]!)), lines }
}

function treeLines({ columns, roots }: Tree, options: MarkdownOptions): BodyLines {
  const order = placesOf(columns, roots)
  const lines: string[] = []
  const add = (row: Branch, depth: number): void => {
    lines.push(rowLine(cellsMarkdown(row, columns, order, options, '&emsp;'.repeat(depth))))
    for (const child of row.children) add(child, depth + 1)
  }
  for (const root of roots) add(root, 0)
  return { head: headLines(order.map((at) => columns[at]!)), lines }
}

/** The cells of a row. The first name stands behind its indent. */
function cellsMarkdown(
  { cells, isStrong }: TableRow,
  columns: readonly ColumnHead[],
  order: readonly number[],
  options: MarkdownOptions,
  indent = '',
): readonly string[] {
  const named = columns.findIndex(({ isName }) => isName === true)
  return order.map((at) => {
    const text = cellMarkdown(cells[at]!, options)
    if (at !== named) return text
    return indent + (isStrong === true && text !== '' ? `**${text}**` : text)
  })
}

/** The columns that Markdown has, numbers first: all but bars. */
function placesOf(columns: readonly ColumnHead[], rows: readonly TableRow[]): readonly number[] {
  const isBar = (at: number): boolean => rows.some(({ cells }) => cells[at]!.kind === 'bar')
  const places = columns.map((_, at) => at).filter((at) => !isBar(at))
  const isName = (at: number): boolean => columns[at]!.isName === true
  return [...places.filter((at) => !isName(at)), ...places.filter(isName)]
}

function headLines(columns: readonly ColumnHead[]): readonly string[] {
  return [
    rowLine(columns.map(({ heading }) => escapeMarkdown(heading))),
    `|${columns.map(({ isName, isText }) => (isName === true || isText === true ? '---' : '---:')).join('|')}|`,
  ]
}

function rowLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
