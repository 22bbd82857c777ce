import { type Check, type CheckResult, isNothingMeasured } from '../../analyses/check.ts'
import {
  type ContributorWords,
  contributorWords,
  copiesText,
  type LabelOf,
  marginText,
  resultText,
  ruleName,
  verdictCounts,
} from '../check-words.ts'
import type { Unit } from '../units.ts'
import { roomForChain, withChain } from './chain.ts'
import { ownerLabels } from './owner-labels.ts'
import { printableText, shortenMiddle } from './printable.ts'
import { bold, dim, green, inAscii, red, type TextStyle } from './style.ts'
import { wrapPhrases, wrapWords } from './wrap.ts'

const WORDS = { pass: 'PASS', fail: 'FAIL', skip: 'SKIP', unmeasured: 'ERROR' } as const
/** How many paths we name below a rule. */
const MAX_NAMED = 10
/** The widest measured value to which we align the margins. */
const MAX_FOUND = 40
/** The shortest length to which we shorten the name of a rule or of a path. */
const MIN_NAME = 12

/** The results of a check, as text that ends in a newline. */
export function checkText({ results, verdict, owners, contentNames }: Check, style: TextStyle, unit: Unit): string {
  const names = results.map(({ rule }) => printableText(ruleName(rule)))
  const found = results.map((result) => printableText(resultText(result, unit)))
  const wordWidth = Math.max(...results.map(({ status }) => WORDS[status].length))
  const isSentence = ({ status }: CheckResult): boolean => status === 'skip' || status === 'unmeasured'
  const foundWidth = Math.max(
    ...found.map((text, at) => (isSentence(results[at]!) ? 0 : Math.min(text.length, MAX_FOUND))),
  )
  const room = style.width - wordWidth - 6
  const nameWidth = Math.min(
    Math.max(...names.map((name) => name.length)),
    Math.max(room - foundWidth, Math.floor(room / 2), MIN_NAME),
  )
  const labelOf = ownerLabels(owners, contentNames)
  const indent = ' '.repeat(wordWidth + 6)
  const lines: string[] = []
  for (const [index, result] of results.entries()) {
    const { status } = result
    const word = WORDS[status].padEnd(wordWidth)
    const tint = { pass: green, fail: red, skip: dim, unmeasured: red }[status]
    const name = shortenMiddle(names[index]!, nameWidth).padEnd(nameWidth)
    const [first = '', ...more] = wrapWords(found[index]!, room - nameWidth)
    const margin = marginText(result, unit)
    const measured = margin === '' ? first : first.padEnd(foundWidth)
    const hasRoom = margin !== '' && more.length === 0 && measured.length + 2 + margin.length <= room - nameWidth
    lines.push(`  ${tint(word, style)}  ${name}  ${hasRoom ? `${measured}  ${dim(margin, style)}` : first}`.trimEnd())
    const below = ' '.repeat(wordWidth + 6 + nameWidth)
    for (const line of more) lines.push(below + line)
    for (const line of contributorLines(result, style.width - indent.length, unit, labelOf)) lines.push(indent + line)
    const hidden = copiesText(result, unit, labelOf) === undefined ? result.contributors.length - MAX_NAMED : 0
    if (hidden > 0) lines.push(dim(`${indent}and ${hidden} more`, style))
  }
  const tint = verdict === 'pass' ? green : red
  const word = isNothingMeasured(results) ? 'NOTHING MEASURED' : WORDS[verdict]
  lines.push(`${bold(tint(word, style), style)}  ${verdictCounts(results)}`)
  const whole = `${lines.join('\n')}\n`
  return style.unicode ? whole : inAscii(whole)
}

/** The contributors to a rule's value, each on a line that fits. */
function contributorLines(result: CheckResult, width: number, unit: Unit, labelOf: LabelOf): readonly string[] {
  const copies = copiesText(result, unit, labelOf)
  if (copies !== undefined) return wrapPhrases(copies.split(/(?<=[:,]) /), width)
  return result.contributors.slice(0, MAX_NAMED).flatMap((some) => {
    const words = contributorWords(some, result.rule, unit, labelOf)
    const { option } = words
    return [fitted(words, width), ...(option === '' ? [] : [`  ${shortenMiddle(option, width - 2)}`])]
  })
}

/** A contributor and the paths that pull it in, as many as fit. */
function fitted({ name, size, chain }: ContributorWords, width: number): string {
  const room = width - size.length - 1 - roomForChain(chain)
  return withChain(`${shortenMiddle(name, Math.max(room, MIN_NAME))} ${size}`, chain, width)
}
