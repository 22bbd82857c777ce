import type { Check } from '../../analyses/check.ts'
import { contributorText, marginText, resultText, ruleName, verdictCounts } from '../check-words.ts'
import type { Unit } from '../units.ts'
import { printableText, shortenMiddle } from './printable.ts'
import { bold, dim, green, inAscii, red, type TextStyle } from './style.ts'

const WORDS = { pass: 'PASS', fail: 'FAIL', skip: 'SKIP', unmeasured: 'ERROR' } as const
/** Paths named below a rule. */
const MAX_NAMED = 10

/** How an image stands to the rules, as text that ends in a newline. */
export function checkText({ results, verdict }: Check, style: TextStyle, unit: Unit): string {
  const names = results.map(({ rule }) => printableText(ruleName(rule)))
  const found = results.map((result) => resultText(result, unit))
  const nameWidth = Math.max(...names.map((name) => name.length))
  const wordWidth = Math.max(...results.map(({ status }) => WORDS[status].length))
  const foundWidth = Math.max(...found.map((text) => Math.min(text.length, 40)))
  const indent = ' '.repeat(wordWidth + 6)
  const lines: string[] = []
  for (const [index, result] of results.entries()) {
    const { status, rule, contributors } = result
    const word = WORDS[status].padEnd(wordWidth)
    const tint = { pass: green, fail: red, skip: dim, unmeasured: red }[status]
    const margin = marginText(result, unit)
    const text = `${names[index]!.padEnd(nameWidth)}  ${found[index]!.padEnd(foundWidth)}`
    lines.push(`  ${tint(word, style)}  ${text}${margin === '' ? '' : `  ${dim(margin, style)}`}`.trimEnd())
    for (const contributor of contributors.slice(0, MAX_NAMED)) {
      lines.push(`${indent}${shortenMiddle(contributorText(contributor, rule, unit), style.width - indent.length)}`)
    }
    const more = contributors.length - MAX_NAMED
    if (more > 0) lines.push(dim(`${indent}and ${more} more`, style))
  }
  const tint = verdict === 'pass' ? green : red
  lines.push(`${bold(tint(WORDS[verdict], style), style)}  ${verdictCounts(results)}`)
  const whole = `${lines.join('\n')}\n`
  return style.unicode ? whole : inAscii(whole)
}
