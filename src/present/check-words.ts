import type { CheckResult, Contributor, Rule, Subject } from '../analyses/check.ts'
import { plural } from './diff-words.ts'
import { namesLabel } from './text/names-label.ts'
import { printable } from './text/printable.ts'
import { formatBytes, formatCount, formatDelta, type Unit } from './units.ts'

/** What a rule is called: "image growth", "forbid *-dev". Not yet safe for Markdown. */
export function ruleName(rule: Rule): string {
  switch (rule.kind) {
    case 'max':
      return subjectName(rule.subject)
    case 'growth':
    case 'growthPercent':
      return `${subjectName(rule.subject)} growth`
    case 'forbid':
      return `forbid ${rule.match}`
    case 'noDuplicates':
      return `duplicates ${rule.name}`
  }
}

function subjectName(subject: Subject): string {
  return subject.kind === 'paths' ? subject.name : subject.kind
}

/** What was measured against the limit: "402.3 MiB ≤ 480.0 MiB". */
export function resultText(result: CheckResult, unit: Unit): string {
  const { rule, status, value, note, contributors } = result
  if (status === 'skip' || status === 'unmeasured' || value === undefined) return note
  const sign = status === 'pass' ? '≤' : '>'
  switch (rule.kind) {
    case 'max':
      return against(value, sign, rule.max, (bytes) => formatBytes(bytes, unit))
    case 'growth':
      return against(value, sign, rule.max, (bytes) => formatDelta(bytes, unit))
    case 'growthPercent':
      return `${percent(value)} ${sign} ${percent(rule.max)}`
    case 'forbid': {
      if (status === 'pass') return note
      const sum = contributors.reduce((total, { bytes }) => total + bytes, 0)
      const found = `${plural(value, 'path')}, ${formatBytes(sum, unit)}`
      return [found, rule.reason ?? '', note].filter((part) => part !== '').join('; ')
    }
    case 'noDuplicates':
      return value === 1 ? 'one' : `${formatCount(value)} versions or builds`
  }
}

/** Two sizes that read alike and are not are told in bytes. */
function against(value: number, sign: string, limit: number, format: (bytes: number) => string): string {
  const [left, right] = [format(value), format(limit)]
  return left === right && value !== limit
    ? `${formatCount(value)} ${sign} ${formatCount(limit)} bytes`
    : `${left} ${sign} ${right}`
}

function percent(value: number): string {
  const text = Math.abs(value).toFixed(Math.abs(value) < 0.01 && value !== 0 ? 4 : 2)
  return `${value < 0 ? '−' : value > 0 ? '+' : ''}${text}%`
}

/** How far below a limit it is, where that is worth a word. */
export function marginText({ rule, status, value }: CheckResult, unit: Unit): string {
  if (rule.kind !== 'max' || status !== 'pass' || value === undefined || value === rule.max) return ''
  return `${formatBytes(rule.max - value, unit)} below the limit`
}

/** One of the things a broken rule is about: "linux-firmware 138.4 MiB", "zlib-dev 0.4 MiB ← brotli ← python3-env". */
export function contributorText(
  { name, otherNames, bytes, chain = [] }: Contributor,
  { kind }: Rule,
  unit: Unit,
): string {
  const isGrowth = kind === 'growth' || kind === 'growthPercent'
  const size = isGrowth ? formatDelta(bytes, unit) : formatBytes(bytes, unit)
  const above = chain.slice(1).map((other) => ` ← ${printable(other)}`)
  return `${namesLabel(name, otherNames)} ${size}${above.join('')}`
}

/** How many rules were kept: "2 passed, 1 failed, 1 skipped". */
export function verdictCounts(results: readonly CheckResult[]): string {
  const count = (status: CheckResult['status']): number => results.filter((result) => result.status === status).length
  return [
    `${count('pass')} passed`,
    `${count('fail')} failed`,
    ...(count('skip') === 0 ? [] : [`${count('skip')} skipped`]),
    ...(count('unmeasured') === 0 ? [] : [`${count('unmeasured')} not measured`]),
  ].join(', ')
}
