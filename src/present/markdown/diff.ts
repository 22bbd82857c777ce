import { type Diff, isEmptyDiff } from '../../analyses/diff.ts'
import { type DiffSummaryOptions, summariseDiff } from '../../analyses/summarise-diff.ts'
import { optionName } from '../check-words.ts'
import {
  compressionTexts,
  countsText,
  type DiffPaths,
  nothingText,
  remarks,
  rowName,
  rowReason,
  sumNames,
} from '../diff-words.ts'
import { entryName, privilegeText, sumText } from '../metadata-words.ts'
import { printableText } from '../text/printable.ts'
import { formatBytes, formatCount, formatDelta, formatPercent, plural, type Unit } from '../units.ts'
import { escapeMarkdown } from './escape.ts'

/** GitHub allows 65,536 characters in a comment; we leave some to the caller's own text. */
const MAX_LENGTH = 60_000

/** We list setuid files and the like one by one, but more than this are too many for a comment. */
const MOST_PRIVILEGES = 50

/** How to write a diff in Markdown. */
export interface DiffMarkdownOptions extends DiffSummaryOptions {
  readonly unit: Unit
  /** The version of isoscope, for the last line. */
  readonly version: string
  /** The two files as the user named them. */
  readonly paths: DiffPaths
}

/** A diff as GitHub-flavoured Markdown: for a comment on a pull request. */
export function diffMarkdown(diff: Diff, options: DiffMarkdownOptions): string {
  const { old, new: now, delta, metadata } = diff
  const { unit, paths } = options
  const change =
    delta === 0
      ? 'unchanged'
      : `${formatDelta(delta, unit)}, ${delta < 0 ? '−' : '+'}${formatPercent(Math.abs(delta), old.size)}`
  const lines = ['<!-- isoscope diff -->', `### Image size: **${formatBytes(now.size, unit)}** (${change})`, '']
  if (old.owners + now.owners > 0) lines.push(escapeMarkdown(countsText(diff)), '')
  for (const text of compressionTexts(diff)) lines.push(escapeMarkdown(text), '')
  const privileges = metadata?.privileges ?? []
  if (privileges.length > 0) {
    lines.push('**Setuid, setgid and capabilities**', '')
    for (const change of privileges.slice(0, MOST_PRIVILEGES)) {
      lines.push(`- ${escapeMarkdown(entryName(change))}: ${escapeMarkdown(privilegeText(change))}`)
    }
    const left = privileges.length - MOST_PRIVILEGES
    if (left > 0) lines.push(`- ${formatCount(left)} more do not fit here; \`isoscope diff\` shows them.`)
    lines.push('')
  }
  for (const remark of remarks(diff)) lines.push(escapeMarkdown(remark), '')
  if (metadata !== undefined && metadata.sums.length > 0) {
    lines.push('Metadata of what is in both:', '')
    for (const sum of metadata.sums) lines.push(`- ${escapeMarkdown(sumText(sum))}`)
    lines.push('')
  }
  if (isEmptyDiff(diff)) lines.push(nothingText(diff), '')
  const foot = [
    '',
    `<sub>old ${name(paths.old)} ${formatCount(old.size)} B · new ${name(paths.new)} ${formatCount(now.size)} B · isoscope ${escapeMarkdown(options.version)}</sub>`,
    '',
  ]
  if (diff.rows.length > 0) {
    const room = (): number => MAX_LENGTH - 200 - [...lines, ...foot].join('\n').length
    lines.push(...diffTable(diff, options, room()))
    lines.push(...foldedRows(diff, options, room()))
  }
  return [...lines, ...foot].join('\n')
}

/** The least room for folded rows. */
const MIN_FOLDED = 1000

/** All rows, folded, if some are summed up above and there is room. */
function foldedRows(diff: Diff, options: DiffMarkdownOptions, room: number): string[] {
  if (room < MIN_FOLDED || options.only !== undefined || summariseDiff(diff, options).sums.length === 0) return []
  const all = { ...options, min: 0, top: 0, rebuilt: true }
  const summary = `<details><summary>All ${plural(diff.rows.length, 'row')}</summary>`
  return ['', summary, '', ...diffTable(diff, all, room - 100), '', '</details>']
}

/**
 * The rows as a table of at most `most` characters. If they need more, the table has the largest rows, and one row for
 * the rest, so that all add up. We do not sum up regions: an image with thousands of them loses the last rows.
 */
export function diffTable(diff: Diff, options: DiffSummaryOptions & { readonly unit: Unit }, most: number): string[] {
  const all = tableRows(diff, options)
  if (lengthOf(all) <= most) return all
  let top = 1
  let tooMany = (options.top > 0 ? options.top : diff.rows.length) + 1
  while (tooMany - top > 1) {
    const middle = Math.floor((top + tooMany) / 2)
    if (lengthOf(tableRows(diff, { ...options, top: middle })) <= most) top = middle
    else tooMany = middle
  }
  const rows = tableRows(diff, { ...options, top })
  let fitting = rows.length
  while (lengthOf(rows.slice(0, fitting)) > most) fitting = Math.floor(fitting / 2)
  if (fitting === rows.length) return rows
  const left = formatCount(rows.length - fitting)
  return [...rows.slice(0, fitting), '', `${left} more rows do not fit here; \`isoscope diff\` shows them.`]
}

function lengthOf(rows: readonly string[]): number {
  return rows.reduce((length, row) => length + row.length + 1, 0)
}

function name(text: string): string {
  return escapeMarkdown(printableText(text))
}

function tableRows(diff: Diff, options: DiffSummaryOptions & { readonly unit: Unit }): string[] {
  const { unit } = options
  const { shown, sums } = summariseDiff(diff, options)
  const row = (delta: number, unpacked: number, what: string, text: string, why: string): string =>
    `| ${formatDelta(delta, unit)} | ${formatDelta(unpacked, unit)} | ${what} | ${escapeMarkdown(text)} | ${escapeMarkdown(why)} |`
  const unpackedDelta = diff.rows.reduce((sum, { unpackedDelta: bytes }) => sum + bytes, 0)
  return [
    '| on ISO | unpacked | | package | why |',
    '|---:|---:|---|---|---|',
    ...shown.map((some) =>
      row(
        some.delta,
        some.unpackedDelta,
        some.class === 'same' ? '' : some.class,
        rowName(some, unit),
        [rowReason(some), ...(some.option === undefined ? [] : [`option: ${optionName(some.option)}`])].join('; '),
      ),
    ),
    ...sums.map((sum) => row(sum.delta, sum.unpackedDelta, '', sumNames(sum)[0]!, '')),
    row(diff.delta, unpackedDelta, '', 'total', ''),
  ]
}
