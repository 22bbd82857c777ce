import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { NamedOption } from '../analyses/advise/named-option.ts'
import type { CheckResult } from '../analyses/check.ts'
import type { Rule, Subject } from '../analyses/rules.ts'
import type { Contributor } from '../analyses/subject-parts.ts'
import { nameOf } from '../owners/names.ts'
import { namesLabel, withoutSlash } from './text/names-label.ts'
import { printable } from './text/printable.ts'
import { formatBytes, formatCount, formatDelta, plural, type Unit } from './units.ts'

/** The name of a rule: "image growth", "forbid *-dev". Not yet escaped for Markdown. */
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

/** What we measured, against the limit: "402.3 MiB ≤ 480.0 MiB". */
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
      return note
  }
}

/** If two different sizes would look equal, we write them in bytes. */
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

/** How far a size is below its limit, if that is of interest. */
export function marginText({ rule, status, value }: CheckResult, unit: Unit): string {
  if (rule.kind !== 'max' || status !== 'pass' || value === undefined || value === rule.max) return ''
  return `${formatBytes(rule.max - value, unit)} below the limit`
}

/** Makes a short name of a store path that is unique among all names in the output. */
export type LabelOf = (key: ByteString) => string

/** A contributor to a rule's value, as parts that are each shortened in a different way. */
export interface ContributorWords {
  /** "zlib-dev", or "2a1b…-zlib-dev" if it needs a hash to be unique. */
  readonly name: string
  readonly size: string
  /** The paths that pull it in, from its referrer to the root. */
  readonly chain: readonly string[]
  /** "option: documentation.nixos.enable"; '' if there is none. */
  readonly option: string
}

export function contributorWords(some: Contributor, rule: Rule, unit: Unit, labelOf: LabelOf): ContributorWords {
  const { bytes, chain = [], option } = some
  const isGrowth = rule.kind === 'growth' || rule.kind === 'growthPercent'
  return {
    name: contributorName(some, labelOf),
    size: isGrowth ? formatDelta(bytes, unit) : formatBytes(bytes, unit),
    chain: chain.slice(1).map(labelOf),
    option: option === undefined ? '' : `option: ${optionName(option)}`,
  }
}

/** The name of an option, and whether more than it is needed. */
export function optionName({ name, isEnough }: NamedOption): string {
  return isEnough ? name : `${name}, not enough alone`
}

function contributorName({ name, otherNames, owner }: Contributor, labelOf: LabelOf): string {
  if (owner === undefined) return namesLabel(name, otherNames)
  return labelOf(owner) + printable(name.slice(nameOf(owner).length))
}

/**
 * Where the copies of an initrd lie: "2 copies: boot 14.1 MiB, nix-store.squashfs 14.0 MiB"; undefined for other rules.
 */
export function copiesText({ rule, contributors }: CheckResult, unit: Unit, labelOf: LabelOf): string | undefined {
  if (!('subject' in rule) || rule.subject.kind !== 'initrd' || contributors.length === 0) return undefined
  const places = contributors.map((some) => {
    const { name, size } = contributorWords(some, rule, unit, labelOf)
    return `${placeOf(some, name, rule, contributors)} ${size}`
  })
  const heading = rule.kind === 'max' ? `${copyCount(contributors.length)}: ` : ''
  return heading + places.join(', ')
}

function copyCount(count: number): string {
  return count === 1 ? '1 copy' : `${formatCount(count)} copies`
}

/** The region of a store path, with its name if several lie there; for a file, its path. */
function placeOf(some: Contributor, name: string, rule: Rule, all: readonly Contributor[]): string {
  const { owner, region = '' } = some
  const place = printable(region.length > 1 ? region.slice(1) : region)
  if (rule.kind !== 'max') return place
  if (owner === undefined) return namesLabel(some.name.slice(1), withoutSlash(some.otherNames ?? []))
  return all.filter((other) => other.region === region).length > 1 ? `${place}/…/${name}` : place
}

/** Each contributor to a rule's value: "linux-firmware 138.4 MiB", "zlib-dev 0.4 MiB ← brotli ← python3-env". */
export function contributorsText(result: CheckResult, unit: Unit, labelOf: LabelOf): readonly string[] {
  const copies = copiesText(result, unit, labelOf)
  if (copies !== undefined) return [copies]
  return result.contributors.map((some) => {
    const { name, size, chain, option } = contributorWords(some, result.rule, unit, labelOf)
    return [`${name} ${size}`, ...chain].join(' ← ') + (option === '' ? '' : ` (${option})`)
  })
}

/** How many rules have which result: "2 passed, 1 failed, 1 skipped". */
export function verdictCounts(results: readonly CheckResult[]): string {
  const count = (status: CheckResult['status']): number => results.filter((result) => result.status === status).length
  return [
    `${count('pass')} passed`,
    `${count('fail')} failed`,
    ...(count('skip') === 0 ? [] : [`${count('skip')} skipped`]),
    ...(count('unmeasured') === 0 ? [] : [`${count('unmeasured')} not measured`]),
  ].join(', ')
}
