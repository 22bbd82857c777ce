import type { Cell, Words } from '../../views/cell.ts'
import type { ColumnHead } from '../../views/column.ts'
import type { Branch, Line, Section, Table, TableRow, Tree } from '../../views/section.ts'
import { cellText, type TextOptions, wordsText } from '../text/cell.ts'
import { shortenMiddle } from '../text/printable.ts'
import { PLAIN } from '../text/style.ts'
import { formatBytes, formatCount, plural, type Unit } from '../units.ts'
import { escapeMarkdown } from './escape.ts'

/** How values are written in Markdown. */
export interface MarkdownOptions {
  readonly unit: Unit
  readonly fullPaths: boolean
  /** The version of isoscope, for the last line. */
  readonly version: string
  /** What a program finds its own earlier comment by. */
  readonly marker?: string
}

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
  for (const [index, section] of sections.entries()) {
    if (room < MIN_ROOM) {
      parts.push(`${plural(sections.length - index, 'more section')} do not fit here.`)
      break
    }
    const part = sectionMarkdown(section, index === 0, options, room)
    room -= part.length + 2
    parts.push(part)
  }
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
  const below = hints.map((hint) => wordsMarkdown(hint, options))
  const around = heading.length + behind.length + below.join('').length + 100
  const lines = [fittingLines(bodyLines(body, options), room - around)]
  if (folded !== undefined) {
    const summary = `${heading}${behind === '' ? '' : ` ${behind}`}`
    return `<details><summary>${asHtml(summary)}</summary>\n\n${[...lines, ...below].join('\n\n')}\n\n</details>`
  }
  if (isFirst && heading !== '') lines.unshift(`### ${heading}${behind === '' ? '' : `: ${behind}`}`)
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

function bodyLines(body: Section['body'], options: MarkdownOptions): BodyLines {
  switch (body.kind) {
    case 'table':
      return tableLines(body, options)
    case 'tree':
      return treeLines(body, options)
    case 'lines':
      return { head: [], lines: listLines(body.lines, options) }
  }
}

function listLines(lines: readonly Line[], options: MarkdownOptions): readonly string[] {
  const outermost = Math.min(...lines.map(({ indent = 0 }) => indent))
  return lines.map(({ phrases, between = ' ·', indent = 0 }) => {
    const text = phrases.map((words) => wordsMarkdown(words, options)).join(`${escapeMarkdown(between)} `)
    return lines.length === 1 ? text : `${'  '.repeat(indent - outermost)}- ${text}`
  })
}

function tableLines({ columns, rows }: Table, options: MarkdownOptions): BodyLines {
  const order = placesOf(columns, rows)
  return {
    head: headLines(order.map((at) => columns[at]!)),
    lines: rows.map(({ cells }) => rowLine(order.map((at) => cellMarkdown(cells[at]!, options)))),
  }
}

function treeLines({ columns, roots }: Tree, options: MarkdownOptions): BodyLines {
  const order = placesOf(columns, roots)
  const lines: string[] = []
  const named = columns.findIndex(({ isName }) => isName === true)
  const add = ({ cells, children }: Branch, depth: number): void => {
    lines.push(
      rowLine(order.map((at) => `${at === named ? '&emsp;'.repeat(depth) : ''}${cellMarkdown(cells[at]!, options)}`)),
    )
    for (const child of children) add(child, depth + 1)
  }
  for (const root of roots) add(root, 0)
  return { head: headLines(order.map((at) => columns[at]!)), lines }
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
    `|${columns.map(({ isName }) => (isName === true ? '---' : '---:')).join('|')}|`,
  ]
}

function rowLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function cellMarkdown(cell: Cell, options: MarkdownOptions): string {
  if (cell.kind === 'words') return wordsMarkdown(cell.words, options)
  if (cell.kind === 'bytes' && cell.precision === 'exact') {
    return `**${formatBytes(cell.bytes, options.unit)}** (${formatCount(cell.bytes)} bytes)`
  }
  return escapeMarkdown(cellText(cell, textOptions(options)))
}

function wordsMarkdown(words: Words, options: MarkdownOptions): string {
  return words.map((word) => (typeof word === 'string' ? escapeMarkdown(word) : cellMarkdown(word, options))).join('')
}

function textOptions({ unit, fullPaths }: MarkdownOptions): TextOptions {
  return { style: PLAIN, unit, fullPaths }
}
