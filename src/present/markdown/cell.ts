import type { Cell, Words } from '../../views/cell.ts'
import { cellText, type TextOptions } from '../text/cell.ts'
import { PLAIN } from '../text/style.ts'
import { formatBytes, formatCount, type Unit } from '../units.ts'
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

/** What stands before the word of a status. */
export const STATUS_SIGNS = { pass: '✅', fail: '❌', skip: '', error: '⚠️', note: '' } as const

/** A value in Markdown, which no markup from an image can leave. */
export function cellMarkdown(cell: Cell, options: MarkdownOptions): string {
  if (cell.kind === 'words') return wordsMarkdown(cell.words, options)
  if (cell.kind === 'wordings') return wordsMarkdown(cell.wordings[0]!, options)
  if (cell.kind === 'lines') {
    return cell.lines
      .map(
        ({ phrases, between = ' ·', indent = 0 }) =>
          '&emsp;'.repeat(indent) + phrasesMarkdown(phrases, between, options),
      )
      .join('<br>')
  }
  if (cell.kind === 'code' || cell.kind === 'excerpt') return codeMarkdown(cellText(cell, textOptions(options)))
  if (cell.kind === 'bytes' && cell.precision === 'exact') {
    return `**${formatBytes(cell.bytes, options.unit)}** (${formatCount(cell.bytes)} bytes)`
  }
  if (cell.kind === 'status')
    return `${STATUS_SIGNS[cell.sign]} ${cell.sign === 'fail' ? `**${cell.status}**` : cell.status}`.trim()
  return escapeMarkdown(cellText(cell, textOptions(options)))
}

/** A sentence in Markdown. */
export function wordsMarkdown(words: Words, options: MarkdownOptions): string {
  return words.map((word) => (typeof word === 'string' ? escapeMarkdown(word) : cellMarkdown(word, options))).join('')
}

/** Phrases in one line of Markdown. */
export function phrasesMarkdown(phrases: readonly Words[], between: string, options: MarkdownOptions): string {
  return phrases.map((words) => wordsMarkdown(words, options)).join(`${escapeMarkdown(between)} `)
}

/** Text in the face of code, as HTML: between backticks, escapes would mean nothing. */
function codeMarkdown(text: string): string {
  return `<code>${escapeMarkdown(text)}</code>`
}

/** How a value is text, before it is escaped. */
export function textOptions({ unit, fullPaths }: MarkdownOptions): TextOptions {
  return { style: PLAIN, unit, fullPaths }
}
