import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Inventory } from '../scan/take-inventory.ts'
import type { Account } from '../store/attribution.ts'
import { globMatcher } from '../store/glob.ts'
import { packageName } from '../store/package-name.ts'
import { shortestSteps } from '../store/shortest-steps.ts'
import { numberOfPath } from '../store/store-graph.ts'
import { parseStorePathName } from '../store/store-path.ts'
import { type DiffSide, diff } from './diff.ts'

/** What a limit is for: the image file, the squashfs images in it, its initrds, or store paths. */
export type Subject =
  | { readonly kind: 'image' | 'squashfs' | 'initrd' }
  /** Store paths whose name or base name matches one of the globs, together. */
  | { readonly kind: 'paths'; readonly name: string; readonly globs: readonly string[] }

/** A rule that an image is to keep. Sizes are own bytes. */
export type Rule =
  | { readonly kind: 'max'; readonly subject: Subject; readonly max: number }
  /** Growth since the base; in percent of the base's size. */
  | { readonly kind: 'growth'; readonly subject: Subject; readonly max: number }
  | { readonly kind: 'growthPercent'; readonly subject: Subject; readonly max: number }
  /** Store paths that are not to be there. */
  | {
      readonly kind: 'forbid'
      readonly match: string
      readonly reason: string | undefined
      readonly except: readonly Exception[]
    }
  /** A package is not to be there in several versions. */
  | { readonly kind: 'noDuplicates'; readonly name: string }

/** Store paths that a rule does not mean, up to and including a day, as YYYY-MM-DD in UTC; for ever without one. */
export interface Exception {
  readonly match: string
  readonly until: string | undefined
}

/** Something with a size that a broken rule is about. */
export interface Contributor {
  /** A store path's name, or the path of a file or region. */
  readonly name: ByteString
  /** Of a hard-linked file its other paths. */
  readonly otherNames?: readonly ByteString[]
  /** Own bytes, or of a rule on growth the bytes it grew by. */
  readonly bytes: number
  /** Of a forbidden path: names from it up to a root, on a shortest route. */
  readonly chain?: readonly ByteString[]
}

export interface CheckResult {
  readonly rule: Rule
  /** `skip`: there is nothing to hold to the rule. `unmeasured`: it cannot be told whether it is kept. */
  readonly status: 'pass' | 'fail' | 'skip' | 'unmeasured'
  /** Bytes, or percent, or the number of forbidden paths or versions. */
  readonly value: number | undefined
  /** Why it was not measured, or what was found. */
  readonly note: string
  /** The biggest first: three of a broken limit, all of forbidden paths. */
  readonly contributors: readonly Contributor[]
}

export interface Check {
  /** `unmeasured` when any rule could not be measured, whatever became of the others. */
  readonly verdict: 'pass' | 'fail' | 'unmeasured'
  readonly results: readonly CheckResult[]
}

/** Contributors that are named for a broken limit. */
const MAX_CONTRIBUTORS = 3

/**
 * Holds an image to rules. It passes only when all were measured and are kept.
 * @param base to measure growth from
 * @param today as YYYY-MM-DD in UTC
 */
export function check(rules: readonly Rule[], image: DiffSide, base: DiffSide | undefined, today: string): Check {
  const { complete } = image.inventory.image
  const results = rules.map((rule): CheckResult => {
    const result = resultOf(rule, image, base, today)
    if (complete || result.status === 'fail') return result
    return { ...result, status: 'unmeasured', note: 'the image could not be read in full' }
  })
  const has = (status: CheckResult['status']): boolean => results.some((result) => result.status === status)
  return { verdict: has('unmeasured') ? 'unmeasured' : has('fail') ? 'fail' : 'pass', results }
}

function resultOf(rule: Rule, image: DiffSide, base: DiffSide | undefined, today: string): CheckResult {
  switch (rule.kind) {
    case 'max':
      return limitResult(rule, image.inventory)
    case 'growth':
    case 'growthPercent':
      return growthResult(rule, image, base)
    case 'forbid':
      return forbidResult(rule, image.inventory, today)
    case 'noDuplicates':
      return duplicatesResult(rule, image.inventory)
  }
}

function limitResult(rule: Rule & { kind: 'max' }, inventory: Inventory): CheckResult {
  const parts = partsOf(rule.subject, inventory)
  if (parts === undefined) return missing(rule)
  const value = sizeOf(rule.subject, parts, inventory)
  const isBroken = value > rule.max
  if (parts.length === 0 && rule.subject.kind === 'paths') return unmatched(rule, rule.subject)
  const contributors = isBroken ? largest(parts) : []
  return { rule, status: isBroken ? 'fail' : 'pass', value, note: '', contributors }
}

function missing(rule: Rule & { subject: Subject }): CheckResult {
  const note = `there is no ${rule.subject.kind} in the image`
  return { rule, status: 'unmeasured', value: undefined, note, contributors: [] }
}

function unmatched(rule: Rule, { globs }: Subject & { kind: 'paths' }): CheckResult {
  return { rule, status: 'skip', value: 0, note: `no store path matches ${globs.join(', ')}`, contributors: [] }
}

function growthResult(
  rule: Rule & { kind: 'growth' | 'growthPercent' },
  image: DiffSide,
  base: DiffSide | undefined,
): CheckResult {
  const { subject } = rule
  if (base === undefined) {
    return { rule, status: 'unmeasured', value: undefined, note: 'there is no base to compare with', contributors: [] }
  }
  if (!base.inventory.image.complete) {
    const note = 'the base could not be read in full'
    return { rule, status: 'unmeasured', value: undefined, note, contributors: [] }
  }
  const [now, before] = [partsOf(subject, image.inventory), partsOf(subject, base.inventory)]
  // What is gone may be there under another name: it is not known to have shrunk.
  if (now === undefined) return missing(rule)
  const [size, old] = [sizeOf(subject, now, image.inventory), sizeOf(subject, before ?? [], base.inventory)]
  if (subject.kind === 'paths' && now.length + before!.length === 0) return unmatched(rule, subject)
  const grown = size - old
  if (rule.kind === 'growthPercent' && old === 0 && grown > 0) {
    const note = 'there is nothing in the base to grow from'
    return { rule, status: 'unmeasured', value: undefined, note, contributors: [] }
  }
  const value = rule.kind === 'growth' ? grown : old === 0 ? 0 : (grown / old) * 100
  const isBroken = value > rule.max
  const contributors = isBroken ? growers(subject, image, base) : []
  return { rule, status: isBroken ? 'fail' : 'pass', value, note: '', contributors }
}

function forbidResult(rule: Rule & { kind: 'forbid' }, inventory: Inventory, today: string): CheckResult {
  const matches = matcher([rule.match])
  const present = storePathsOf(inventory)
  if (present.length === 0) {
    const note = 'there are no store paths in the image'
    return { rule, status: 'unmeasured', value: undefined, note, contributors: [] }
  }
  const found = present.filter(({ base }) => matches(base))
  const excepted = rule.except
    .filter(({ until }) => until === undefined || today <= until)
    .map(({ match }) => matcher([match]))
  const left = found.filter(({ base }) => !excepted.some((isExcepted) => isExcepted(base)))
  if (left.length === 0) {
    const note = found.length === 0 ? 'none' : `none but ${found.length} by exception`
    return { rule, status: 'pass', value: 0, note, contributors: [] }
  }
  const chainOf = chainsIn(inventory)
  const contributors = left
    .sort((a, b) => b.own - a.own)
    .map(({ base, own }) => ({ name: nameOf(base), bytes: own, chain: chainOf(base).map(nameOf) }))
  const expired = rule.except.filter(({ until }) => until !== undefined && today > until)
  const note =
    expired.length === 0 ? '' : `the exception for ${expired.map(({ match }) => match).join(', ')} has expired`
  return { rule, status: 'fail', value: left.length, note, contributors }
}

function duplicatesResult(rule: Rule & { kind: 'noDuplicates' }, inventory: Inventory): CheckResult {
  const found = storePathsOf(inventory).filter(({ base }) => parseStorePathName(base)?.pname === rule.name)
  if (found.length === 0) return { rule, status: 'skip', value: 0, note: 'not in the image', contributors: [] }
  // Outputs of one build have one version: "3.0.14-dev" and "3.0.14" are not two; but two builds of one output are.
  const versions = new Set(found.map(({ base }) => packageName(base).version))
  const builds = Math.max(
    ...[...new Set(found.map(({ base }) => nameOf(base)))].map(
      (name) => found.filter(({ base }) => nameOf(base) === name).length,
    ),
  )
  const copies = Math.max(versions.size, builds)
  const isBroken = copies > 1
  const contributors = found.sort((a, b) => b.own - a.own).map(({ base, own }) => ({ name: nameOf(base), bytes: own }))
  return {
    rule,
    status: isBroken ? 'fail' : 'pass',
    value: copies,
    note: '',
    contributors: isBroken ? contributors : [],
  }
}

/** Store paths with what they take in all regions. */
function storePathsOf({ attribution: { accounts } }: Inventory): { base: ByteString; own: number }[] {
  const sizes = new Map<ByteString, number>()
  for (const { storePath, own } of accounts) {
    if (storePath !== undefined) sizes.set(storePath, (sizes.get(storePath) ?? 0) + own)
  }
  return Array.from(sizes, ([base, own]) => ({ base, own }))
}

function nameOf(base: ByteString): ByteString {
  return base.slice(33)
}

function matcher(globs: readonly string[]): (base: ByteString) => boolean {
  const matchers = globs.map(globMatcher)
  return (base) => matchers.some((matches) => matches(nameOf(base)) || matches(base))
}

/** The accounts of a subject; undefined where there is no such thing in the image. */
function accountsOf(subject: Subject, { image, attribution }: Inventory): readonly Account[] | undefined {
  if (subject.kind === 'paths') {
    const matches = matcher(subject.globs)
    return attribution.accounts.filter(({ storePath }) => storePath !== undefined && matches(storePath))
  }
  const inside = new Set(image.squashfs.map(({ path }) => path))
  const isPart = {
    image: () => true,
    squashfs: ({ region }: Account) => inside.has(region),
    initrd: (account: Account) => !inside.has(account.region) && isInitrd(account),
  }[subject.kind]
  const accounts = attribution.accounts.filter(isPart)
  return accounts.length === 0 ? undefined : accounts
}

/** What a subject is made of; undefined where there is no such thing in the image. */
function partsOf(subject: Subject, inventory: Inventory): Contributor[] | undefined {
  const accounts = accountsOf(subject, inventory)
  if (accounts === undefined) return undefined
  const sizes = new Map<ByteString, Contributor>()
  for (const { storePath, kind, name, otherNames, region, own } of accounts) {
    const key = storePath ?? (kind === 'file' ? name : `${region} ${kind}`)
    const bytes = (sizes.get(key)?.bytes ?? 0) + own
    const others = otherNames === undefined ? {} : { otherNames }
    sizes.set(key, { name: storePath === undefined ? key : nameOf(storePath), ...others, bytes })
  }
  return [...sizes.values()]
}

/** What the boot loader loads as initrd: /boot/nix/store/hash-initrd-linux-6.18/initrd, or /boot/initrd of old images. */
function isInitrd({ kind, name, otherNames = [], storePath }: Account): boolean {
  if (storePath !== undefined) return nameOf(storePath).startsWith('initrd')
  return kind === 'file' && [name, ...otherNames].some((one) => /\/initrd[^/]*$/.test(one))
}

function sizeOf(subject: Subject, parts: readonly Contributor[], { image }: Inventory): number {
  return subject.kind === 'image' ? image.size : parts.reduce((sum, { bytes }) => sum + bytes, 0)
}

function largest(parts: readonly Contributor[]): Contributor[] {
  return [...parts].sort((a, b) => b.bytes - a.bytes).slice(0, MAX_CONTRIBUTORS)
}

/** What grew most of a subject: in its own accounts, for a store path may be in others too. */
function growers(subject: Subject, image: DiffSide, base: DiffSide): Contributor[] {
  const within = ({ inventory, files }: DiffSide): DiffSide => {
    const accounts = accountsOf(subject, inventory) ?? []
    return { inventory: { ...inventory, attribution: { ...inventory.attribution, accounts } }, files }
  }
  return diff(within(base), within(image), 'path')
    .rows.filter(({ delta }) => delta > 0)
    .map(({ name, otherNames, newPath, delta }) => ({
      name: newPath === undefined ? name : nameOf(newPath),
      ...(otherNames === undefined ? {} : { otherNames }),
      bytes: delta,
    }))
    .slice(0, MAX_CONTRIBUTORS)
}

/** For each store path what leads to it, from itself up to a root. */
function chainsIn({ references, roots }: Inventory): (base: ByteString) => ByteString[] {
  if (references === undefined) return (base) => [base]
  const { graph } = references
  const begins = roots.map(({ path }) => path)
  const { before } = shortestSteps(graph.references, begins)
  return (base) => {
    const chain = [base]
    for (let path = numberOfPath(graph, base); path >= 0 && before[path]! >= 0; path = before[path]!) {
      chain.push(graph.paths[before[path]!]!)
    }
    return chain
  }
}
