import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { pathsOf } from '../inventory/account-paths.ts'
import type { Account } from '../inventory/attribution.ts'
import type { Contents } from '../inventory/contents.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { globMatcher } from '../owners/glob.ts'
import { fullName, isBelow, isPackage, nameOf, namesWithArchitecture, nounOf, splitKey } from '../owners/names.ts'
import { MATCHED, type PathProgress, pathMatcher, progressAlong } from '../owners/path-glob.ts'
import type { NamedOption } from './advise/named-option.ts'
import { holdingFileSystem, holdingSquashfs } from './holding-image.ts'
import { initrdAccounts, initrdCopies } from './initrd.ts'
import { type EntryGlobs, matchedEntries } from './matched-entries.ts'
import { packagesWithoutFiles } from './packages-without-files.ts'
import { isPathGlob, type Subject } from './rules.ts'

/** An image that we check against rules, or the base. */
export interface CheckSide extends Inventory {
  /** For the sizes of files inside owners. Undefined for a saved report, which does not have them. */
  readonly contents?: Contents
}

/** A part of an image that counts towards a rule's value. */
export interface Contributor {
  /** The name of an owner, with the path of an entry inside it; or the path of a file or region. */
  readonly name: ByteString
  /** The other paths of a hard-linked file. */
  readonly otherNames?: readonly ByteString[]
  /** Own bytes; for a rule on growth, the bytes by which it grew. */
  readonly bytes: number
  /** Key of the owner that it is, or lies in. */
  readonly owner?: ByteString
  /** For a copy of the initrd: its region. */
  readonly region?: ByteString
  /** For a forbidden owner: keys from it up to a root, on a shortest route. */
  readonly chain?: readonly ByteString[]
  /** For an owner that is forbidden or came in: the NixOS option that takes it out. */
  readonly option?: NamedOption
}

/** The parts of a subject, or why we do not know them. */
export type SubjectParts =
  | { readonly parts: readonly Contributor[]; readonly problem?: undefined }
  | { readonly problem: string; readonly parts?: undefined }

/** How to measure a subject: by accounts, or by all entries if globs match only some entries of an owner. */
export type Measure = 'accounts' | 'entries'

/** Whether an owner's name (with or without version, with or without architecture) or key matches one of the globs. */
export function ownerMatcher(globs: readonly string[]): (key: ByteString) => boolean {
  const matchers = globs.map(globMatcher)
  return (key) => {
    const names = [nameOf(key), splitKey(key).pname, ...namesWithArchitecture(key), key]
    return matchers.some((matches) => names.some(matches))
  }
}

/** How to measure a subject in an image. */
export function measureFor(subject: Subject, inventory: CheckSide): Measure {
  if (subject.kind !== 'paths' || !subject.globs.some(isPathGlob)) return 'accounts'
  const match = accountMatcher(subject, inventory)
  return inventory.attribution.accounts.some((account) => match(account).isOpen) ? 'entries' : 'accounts'
}

/** The parts of a subject. It has no parts if the image has nothing that matches. */
export function subjectParts(subject: Subject, side: CheckSide, measure: Measure): SubjectParts {
  const accounts = accountsOf(subject, side)
  if (subject.kind === 'initrd') return { parts: initrdCopies(accounts) }
  if (subject.kind !== 'paths') return { parts: partsOf(accounts) }
  if (!subject.globs.some(isPathGlob)) {
    const matches = ownerMatcher(subject.globs)
    const withoutBytes = packagesWithoutFiles(side).filter(matches)
    return { parts: [...partsOf(accounts), ...withoutBytes.map((owner) => ({ name: nameOf(owner), bytes: 0, owner }))] }
  }
  // A directory of a disc has no account. There may be a matching one without content.
  const isDirectory = accounts.length === 0 && side.contents !== undefined
  return measure === 'entries' || isDirectory ? entryParts(subject, side) : { parts: partsOf(accounts) }
}

/** The accounts of a subject. */
export function accountsOf(subject: Subject, inventory: Inventory): readonly Account[] {
  const { accounts } = inventory.attribution
  switch (subject.kind) {
    case 'image':
      return accounts
    case 'squashfs': {
      const squashfsOf = holdingSquashfs(inventory)
      return accounts.filter(({ region }) => squashfsOf(region) !== undefined)
    }
    case 'initrd':
      return initrdAccounts(accounts, holdingFileSystem(inventory))
    case 'paths': {
      const match = accountMatcher(subject, inventory)
      return accounts.filter((account) => match(account).isMatch)
    }
  }
}

/** Splits the globs into those over paths and those over names of owners. */
function splitGlobs({ globs }: Subject & { kind: 'paths' }) {
  return { paths: globs.filter(isPathGlob), names: globs.filter((glob) => !isPathGlob(glob)) }
}

/** The globs of a subject, as we match them against owners and their entries. */
function entryGlobs(subject: Subject & { kind: 'paths' }, { directory }: Inventory): EntryGlobs {
  const { paths, names } = splitGlobs(subject)
  const inOwner = pathMatcher(paths.filter((glob) => isBelow(directory, glob)))
  const isNamed = ownerMatcher(names)
  return {
    inImage: pathMatcher(paths),
    inOwner,
    atOwner: (key) => (isNamed(key) ? MATCHED : progressAlong(inOwner, fullName(directory, key))),
  }
}

/** Whether globs match an account completely, or may match a part of its owner. */
function accountMatcher(
  subject: Subject & { kind: 'paths' },
  inventory: Inventory,
): (account: Account) => Pick<PathProgress, 'isMatch' | 'isOpen'> {
  const { inImage, atOwner } = entryGlobs(subject, inventory)
  return (account) => {
    const { kind, region, owner } = account
    if (kind !== 'owner' && kind !== 'file') {
      // Tables and padding belong to their whole image. The region of an image inside is its path.
      const { isMatch } = progressAlong(inImage, region.startsWith('/') ? region : '/')
      return { isMatch, isOpen: false }
    }
    if (owner !== undefined && isPackage(owner)) {
      // Its files lie anywhere, so its path says nothing of them.
      return { isMatch: atOwner(owner).isMatch, isOpen: subject.globs.some(isPathGlob) }
    }
    const at = pathsOf(account).map((path) => progressAlong(inImage, path))
    if (owner !== undefined) at.push(atOwner(owner))
    const isMatch = at.some((progress) => progress.isMatch)
    return { isMatch, isOpen: !isMatch && owner !== undefined && at.some(({ isOpen }) => isOpen) }
  }
}

/** Accounts grouped by owner, file, or kind of structure. */
function partsOf(accounts: readonly Account[]): readonly Contributor[] {
  const parts = new Map<ByteString, Contributor>()
  for (const { owner, kind, name, otherNames, region, own } of accounts) {
    const key = owner ?? (kind === 'file' || name === region ? name : `${region} ${kind}`)
    const bytes = (parts.get(key)?.bytes ?? 0) + own
    const others = otherNames === undefined ? {} : { otherNames }
    parts.set(key, owner === undefined ? { name: key, ...others, bytes } : { name: nameOf(owner), bytes, owner })
  }
  return [...parts.values()]
}

/** All entries that globs match, each byte once. */
function entryParts(subject: Subject & { kind: 'paths' }, inventory: CheckSide): SubjectParts {
  const { contents, kind } = inventory
  if (contents === undefined) {
    return { problem: `a saved report has no sizes of files inside ${nounOf(kind)[1]}; give the image` }
  }
  const found = matchedEntries(contents.open, entryGlobs(subject, inventory))
  return {
    parts: found.map(({ path, own, owner, below = '' }) => ({
      name: owner === undefined ? path : nameOf(owner) + below,
      bytes: own,
      ...(owner === undefined ? {} : { owner }),
    })),
  }
}

/** Keys of all owners, packages without files among them. */
export function ownerKeys(inventory: Inventory): ReadonlySet<ByteString> {
  return new Set([...ownerTotals(inventory.attribution.accounts).keys(), ...packagesWithoutFiles(inventory)])
}
