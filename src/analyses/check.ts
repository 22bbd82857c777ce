import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { globMatcher } from '../owners/glob.ts'
import { nameOf, splitKey } from '../owners/names.ts'
import type { ContentNames } from '../owners/owner.ts'
import { absentNote, absentPackageNote } from './absent.ts'
import type { NamedOption } from './advise/named-option.ts'
import { optionsIn } from './advise/option-of.ts'
import { chainsIn } from './chains.ts'
import { growers } from './growth.ts'
import { type OwnerSize, ownerSizes, packageCopies, pathsOf } from './package-copies.ts'
import type { LimitRule, Rule, Subject } from './rules.ts'
import { type CheckSide, type Contributor, measureFor, ownerKeys, ownerMatcher, subjectParts } from './subject-parts.ts'

export interface CheckResult {
  readonly rule: Rule
  /**
   * `skip`: the image has nothing that the rule applies to. `unmeasured`: we cannot tell whether the image keeps the
   * rule.
   */
  readonly status: 'pass' | 'fail' | 'skip' | 'unmeasured'
  /** Bytes, percent, the number of forbidden paths, or the most versions and builds of one package. */
  readonly value: number | undefined
  /** Why we did not measure it, or what we found. */
  readonly note: string
  /**
   * Largest first: three for a broken limit, all for forbidden paths and duplicates. For an initrd all copies, or the
   * growth in each place, even if it keeps the limit.
   */
  readonly contributors: readonly Contributor[]
}

export interface Check {
  /** `unmeasured` if any rule could not be measured, whatever the other results are, or if all were skipped. */
  readonly verdict: 'pass' | 'fail' | 'unmeasured'
  readonly results: readonly CheckResult[]
  /** Keys of the owners in the image, so that we can make unique labels. */
  readonly owners: readonly ByteString[]
  /** What owners whose names say nothing are by their contents; absent if none are known. */
  readonly contentNames?: ContentNames
}

/** How many contributors we name for a broken limit. */
const MAX_CONTRIBUTORS = 3

/**
 * Checks an image against rules. It passes only if we measured at least one rule, could measure all that apply, and
 * found none broken.
 * @param base the image to measure growth from
 * @param today as YYYY-MM-DD in UTC
 */
export function check(rules: readonly Rule[], image: CheckSide, base: CheckSide | undefined, today: string): Check {
  const { complete } = image.image
  const results = rules.map((rule): CheckResult => {
    const result = resultOf(rule, image, base, today)
    if (complete || result.status === 'fail') return result
    return { ...result, status: 'unmeasured', note: 'the image could not be read in full' }
  })
  const has = (status: CheckResult['status']): boolean => results.some((result) => result.status === status)
  const isMeasured = !has('unmeasured') && !isNothingMeasured(results)
  return {
    verdict: !isMeasured ? 'unmeasured' : has('fail') ? 'fail' : 'pass',
    results,
    owners: [...ownerKeys(image)],
    ...(image.contentNames === undefined ? {} : { contentNames: image.contentNames }),
  }
}

/** Whether no rule was applied to anything. */
export function isNothingMeasured(results: readonly CheckResult[]): boolean {
  return results.every(({ status }) => status === 'skip' || status === 'unmeasured')
}

function resultOf(rule: Rule, image: CheckSide, base: CheckSide | undefined, today: string): CheckResult {
  switch (rule.kind) {
    case 'max':
      return limitResult(rule, image)
    case 'growth':
    case 'growthPercent':
      return growthResult(rule, image, base)
    case 'forbid':
      return forbidResult(rule, image, today)
    case 'noDuplicates':
      return duplicatesResult(rule, image)
  }
}

function unmeasured(rule: Rule, note: string): CheckResult {
  return { rule, status: 'unmeasured', value: undefined, note, contributors: [] }
}

/** The result if the image has nothing that a limit applies to. For an initrd, we may not have recognised it. */
function absent(rule: LimitRule, inventory: CheckSide): CheckResult {
  const { subject } = rule
  if (subject.kind !== 'paths') return unmeasured(rule, `there is no ${subject.kind} in the image`)
  return { rule, status: 'skip', value: 0, note: absentNote(subject.globs, inventory), contributors: [] }
}

function limitResult(rule: Rule & { kind: 'max' }, image: CheckSide): CheckResult {
  const { subject, max } = rule
  const { parts, problem } = subjectParts(subject, image, measureFor(subject, image))
  if (parts === undefined) return unmeasured(rule, problem)
  if (parts.length === 0) return absent(rule, image)
  const value = sizeOf(subject, parts, image)
  const isBroken = value > max
  return {
    rule,
    status: isBroken ? 'fail' : 'pass',
    value,
    note: '',
    contributors: subject.kind === 'initrd' ? parts : isBroken ? largest(parts) : [],
  }
}

function growthResult(
  rule: Rule & { kind: 'growth' | 'growthPercent' },
  image: CheckSide,
  base: CheckSide | undefined,
): CheckResult {
  const { subject } = rule
  if (base === undefined) return unmeasured(rule, 'there is no base to compare with')
  if (!base.image.complete) return unmeasured(rule, 'the base could not be read in full')
  // We measure both sides the same way: accounts and entries split shared content differently.
  const measures = [image, base].map((side) => measureFor(subject, side))
  const measure = measures.includes('entries') ? 'entries' : 'accounts'
  const now = subjectParts(subject, image, measure)
  if (now.parts === undefined) return unmeasured(rule, now.problem)
  const before = subjectParts(subject, base, measure)
  if (before.parts === undefined) return unmeasured(rule, `the base: ${before.problem}`)
  // If nothing matches now, the content may have another name, so we cannot say that it shrank.
  const isGone = now.parts.length === 0 && (subject.kind !== 'paths' || before.parts.length === 0)
  if (isGone) return absent(rule, image)
  const [size, old] = [sizeOf(subject, now.parts, image), sizeOf(subject, before.parts, base)]
  const grown = size - old
  if (rule.kind === 'growthPercent' && old === 0 && grown > 0) {
    return unmeasured(rule, 'there is nothing in the base to grow from')
  }
  const value = rule.kind === 'growth' ? grown : old === 0 ? 0 : (grown / old) * 100
  const isBroken = value > rule.max
  const isTold = isBroken || subject.kind === 'initrd'
  const all = isTold ? growers(subject, { side: image, parts: now.parts }, { side: base, parts: before.parts }) : []
  const contributors = subject.kind === 'initrd' ? all : withOptionsOfNew(all.slice(0, MAX_CONTRIBUTORS), image, base)
  return { rule, status: isBroken ? 'fail' : 'pass', value, note: '', contributors }
}

/** Adds the options that take out what the base does not have in any version. */
function withOptionsOfNew(some: readonly Contributor[], image: CheckSide, base: CheckSide): readonly Contributor[] {
  const known = new Set([...ownerKeys(base)].map((key) => splitKey(key).pname))
  const isNew = ({ owner }: Contributor): boolean => owner !== undefined && !known.has(splitKey(owner).pname)
  if (!some.some(isNew)) return some
  const optionOf = optionsIn(image)
  return some.map((one) => (isNew(one) ? withOption(one, optionOf(one.owner!)) : one))
}

function withOption(some: Contributor, option: NamedOption | undefined): Contributor {
  return option === undefined ? some : { ...some, option }
}

function forbidResult(rule: Rule & { kind: 'forbid' }, inventory: Inventory, today: string): CheckResult {
  const matches = ownerMatcher([rule.match])
  const present = ownerSizes(inventory)
  if (present.length === 0) return unmeasured(rule, NO_OWNERS)
  const found = present.filter(({ key }) => matches(key))
  const excepted = rule.except
    .filter(({ until }) => until === undefined || today <= until)
    .map(({ match }) => ownerMatcher([match]))
  const left = found.filter(({ key }) => !excepted.some((isExcepted) => isExcepted(key)))
  if (left.length === 0) {
    const note = found.length === 0 ? 'none' : `none but ${found.length} by exception`
    return { rule, status: 'pass', value: 0, note, contributors: [] }
  }
  const expired = rule.except.filter(({ until }) => until !== undefined && today > until)
  const note =
    expired.length === 0 ? '' : `the exception for ${expired.map(({ match }) => match).join(', ')} has expired`
  const optionOf = optionsIn(inventory)
  const contributors = withChains(
    left.sort((a, b) => b.own - a.own),
    inventory,
  ).map((some) => withOption(some, optionOf(some.owner!)))
  return { rule, status: 'fail', value: left.length, note, contributors }
}

function duplicatesResult(rule: Rule & { kind: 'noDuplicates' }, inventory: Inventory): CheckResult {
  if (ownerKeys(inventory).size === 0) return unmeasured(rule, NO_OWNERS)
  const packages = packageCopies(rule.name, inventory)
  const broken = packages.filter(({ copies }) => copies.length > 1)
  const value = packages.reduce((most, { copies }) => Math.max(most, copies.length), 0)
  if (packages.length === 0) {
    const matches = globMatcher(rule.name)
    const isNoPackage = [...ownerKeys(inventory)].some((key) => matches(splitKey(key).pname))
    const note = isNoPackage ? `what '${rule.name}' matches is no package` : absentPackageNote(rule.name, inventory)
    return { rule, status: 'skip', value, note, contributors: [] }
  }
  if (broken.length === 0) {
    const note = packages.length === 1 ? 'one' : `one of each, ${packages.length} packages`
    return { rule, status: 'pass', value, note, contributors: [] }
  }
  const note =
    broken.length === 1 ? `${value} versions or builds` : `${broken.length} packages of several versions or builds`
  const contributors = withChains(broken.flatMap(pathsOf), inventory)
  return { rule, status: 'fail', value, note, contributors }
}

function withChains(paths: readonly OwnerSize[], inventory: Inventory): readonly Contributor[] {
  const chainOf = chainsIn(inventory)
  return paths.map(({ key, own }) => ({
    name: nameOf(key),
    bytes: own,
    owner: key,
    chain: chainOf(key),
  }))
}

/** Why a rule about owners has nothing to measure. */
const NO_OWNERS = 'there are no store paths and no packages in the image'

function sizeOf(subject: Subject, parts: readonly Contributor[], { image }: CheckSide): number {
  return subject.kind === 'image' ? image.size : parts.reduce((sum, { bytes }) => sum + bytes, 0)
}

function largest(parts: readonly Contributor[]): readonly Contributor[] {
  return [...parts].sort((a, b) => b.bytes - a.bytes).slice(0, MAX_CONTRIBUTORS)
}
