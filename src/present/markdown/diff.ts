import type { Diff } from '../../analyses/diff.ts'
import { type FoldOptions, foldDiff } from '../../analyses/fold-diff.ts'
import { countsText, foldedName, nothingText, remarks, rowName, rowReason } from '../diff-words.ts'
import { printableText } from '../text/printable.ts'
import { formatBytes, formatCount, formatDelta, formatPercent, type Unit } from '../units.ts'
import { escapeMarkdown } from './escape.ts'

/** GitHub takes comments of 65,536 characters; some are left for who embeds this. */
const MAX_LENGTH = 60_000

/** A diff as GitHub-flavoured Markdown: for a comment on a pull request. */
export function diffMarkdown(diff: Diff, options: FoldOptions & { readonly unit: Unit }): string {
  const { old, new: now, delta } = diff
  const { unit } = options
  const change =
    delta === 0
      ? 'unchanged'
      : `${formatDelta(delta, unit)}, ${delta < 0 ? '−' : '+'}${formatPercent(Math.abs(delta), old.size)}`
  const lines = ['<!-- isoscope diff -->', `### Image size: **${formatBytes(now.size, unit)}** (${change})`, '']
  if (old.storePaths + now.storePaths > 0) lines.push(escapeMarkdown(countsText(diff)), '')
  const said = remarks(diff)
  for (const remark of said) lines.push(escapeMarkdown(remark), '')
  if (diff.rows.length === 0 && said.length === 0) lines.push(nothingText(diff), '')
  const foot = [
    '',
    `<sub>old ${name(old.name)} ${formatCount(old.size)} B · new ${name(now.name)} ${formatCount(now.size)} B · isoscope</sub>`,
    '',
  ]
  if (diff.rows.length > 0) {
    lines.push(...diffTable(diff, options, MAX_LENGTH - 200 - [...lines, ...foot].join('\n').length))
  }
  return [...lines, ...foot].join('\n')
}

/**
 * The rows as a table of at most so many characters: of more, the largest, and the rest in one row, so that all add up. Of
 * an image with thousands of regions, which are not summed up, the first.
 */
export function diffTable(diff: Diff, options: FoldOptions & { readonly unit: Unit }, most: number): string[] {
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

function tableRows(diff: Diff, options: FoldOptions & { readonly unit: Unit }): string[] {
  const { unit } = options
  const { shown, folded } = foldDiff(diff, options)
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
        rowReason(some),
      ),
    ),
    ...folded.map((fold) => row(fold.delta, fold.unpackedDelta, '', foldedName(fold), '')),
    row(diff.delta, unpackedDelta, '', 'total', ''),
  ]
}
