import { type Check, type CheckResult, isNothingMeasured } from '../../analyses/check.ts'
import type { Diff } from '../../analyses/diff.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
import { contributorsText, type LabelOf, resultText, ruleName, verdictCounts } from '../check-words.ts'
import { ownerLabels } from '../text/owner-labels.ts'
import { printableText } from '../text/printable.ts'
import { formatBytes, formatCount, formatDelta, formatPercent, type Unit } from '../units.ts'
import { diffTable } from './diff.ts'
import { escapeMarkdown } from './escape.ts'

/** A program can find its own earlier comment by this marker. */
const MARKER = '<!-- isoscope check -->'
const SIGNS = { pass: '✅ pass', fail: '❌ **fail**', skip: 'skipped', unmeasured: '⚠️ **not measured**' } as const
const VERDICTS = {
  pass: '✅ within limits',
  fail: '❌ over the limits',
  unmeasured: '⚠️ not all could be measured',
} as const
/** Characters for everything but the diff. GitHub allows 65,536 in a comment. */
const MAX_RULES = 30_000

/** How to write a check in Markdown. */
export interface CheckMarkdownOptions {
  readonly unit: Unit
  /** The version of isoscope, for the last line. */
  readonly version: string
}

/** The check as GitHub-flavoured Markdown for a comment on a pull request, under 60,000 characters. */
export function checkMarkdown(
  check: Check,
  image: ImageSummary,
  diff: Diff | undefined,
  { unit, version }: CheckMarkdownOptions,
): string {
  const { results, owners, contentNames } = check
  const labelOf = ownerLabels(owners, contentNames)
  const change =
    diff === undefined
      ? ''
      : ` (${formatDelta(diff.delta, unit)}, ${diff.delta < 0 ? '−' : '+'}${formatPercent(Math.abs(diff.delta), diff.old.size)})`
  const lines = [
    MARKER,
    `### Image size: **${formatBytes(image.size, unit)}**${change} ${verdictText(check)}`,
    '',
    `${verdictCounts(results)}.`,
    '',
    '| | rule | measured |',
    '|---|---|---|',
  ]
  let length = 0
  for (const [index, result] of results.entries()) {
    const row = ruleRow(result, unit, labelOf)
    length += row.length + 1
    if (length > MAX_RULES) {
      lines.push(
        '',
        `${formatCount(results.length - index)} more rules do not fit here; \`isoscope check\` shows them.`,
      )
      break
    }
    lines.push(row)
  }
  if (diff !== undefined && diff.rows.length > 0) {
    const summary = { min: 8192, top: 0, rebuilt: false, only: undefined, unit }
    lines.push(
      '',
      '<details><summary>What changed</summary>',
      '',
      ...diffTable(diff, summary, 25_000),
      '',
      '</details>',
    )
  }
  const of = ({ name, size }: ImageSummary): string => `${escapeMarkdown(printableText(name))} ${formatCount(size)} B`
  lines.push(
    '',
    `<sub>${diff === undefined ? '' : `base ${of(diff.old)} · `}this ${of(image)} · isoscope ${escapeMarkdown(version)}</sub>`,
    '',
  )
  return lines.join('\n')
}

/** A broken rule shows up even if other rules could not be measured. */
function verdictText({ verdict, results }: Check): string {
  if (isNothingMeasured(results)) return '⚠️ nothing was measured'
  const isBroken = verdict === 'unmeasured' && results.some(({ status }) => status === 'fail')
  return isBroken ? `${VERDICTS.fail}, ${VERDICTS.unmeasured}` : VERDICTS[verdict]
}

function ruleRow(result: CheckResult, unit: Unit, labelOf: LabelOf): string {
  const { status, rule } = result
  const all = contributorsText(result, unit, labelOf)
  const named = all.slice(0, 10)
  if (all.length > 10) named.push(`and ${formatCount(all.length - 10)} more`)
  const found = [resultText(result, unit), ...named].map((text) => escapeMarkdown(printableText(text))).join('<br>')
  return `| ${SIGNS[status]} | ${escapeMarkdown(printableText(ruleName(rule)))} | ${found} |`
}
