import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { OpenImage } from '../images/open-image.ts'
import { pathsOf } from '../inventory/account-paths.ts'
import type { Account } from '../inventory/attribution.ts'
import { storePathTotals } from '../inventory/store-path-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { globMatcher } from '../owners/glob.ts'
import { nameOfBase, parseStorePathName, STORE_DIRECTORY } from '../owners/nix/store-path.ts'
import { MATCHED, type PathProgress, pathMatcher, progressAlong } from '../owners/path-glob.ts'
import { initrdAccounts, initrdCopies } from './initrd.ts'
import { type EntryGlobs, matchedEntries } from './matched-entries.ts'
import { isPathGlob, type Subject } from './rules.ts'

/** An image that is held to rules, or the base. */
export interface CheckSide extends Inventory {
  /** The image itself, for the sizes of files inside store paths; undefined for a saved report, which has none. */
  readonly open?: () => OpenImage
}

/** Something with a size that a rule is about. */
export interface Contributor {
  /** A store path's name, with the path inside it of what lies there; or the path of a file or region. */
  readonly name: ByteString
  /** Of a hard-linked file its other paths. */
  readonly otherNames?: readonly ByteString[]
  /** Own bytes, or of a rule on growth the bytes it grew by. */
  readonly bytes: number
  /** Base name of the store path that it is, or lies in. */
  readonly storePath?: ByteString
  /** Of a copy of the initrd: the region it lies in. */
  readonly region?: ByteString
  /** Of a store path that is not to be there: base names from it up to a root, on a shortest route. */
  readonly chain?: readonly ByteString[]
}

/** What a subject is made of; or why that is not known. */
export type SubjectParts =
  | { readonly parts: readonly Contributor[]; readonly problem?: undefined }
  | { readonly problem: string; readonly parts?: undefined }

/** How a subject is measured: by accounts, or by all entries where globs match some inside a store path. */
export type Measure = 'accounts' | 'entries'

const NOT_SAVED = 'a saved report has no sizes of files inside store paths; give the image'

/** Whether a store path's name, with its version or without, or its base name matches one of the globs. */
export function storePathMatcher(globs: readonly string[]): (base: ByteString) => boolean {
  const matchers = globs.map(globMatcher)
  return (base) => {
    const names = [nameOfBase(base), parseStorePathName(base)?.pname ?? '', base]
    return matchers.some((matches) => names.some(matches))
  }
}

/** How a subject is to be measured in an image. */
export function measureFor(subject: Subject, inventory: CheckSide): Measure {
  if (subject.kind !== 'paths' || !subject.globs.some(isPathGlob)) return 'accounts'
  const match = accountMatcher(subject, inventory)
  return inventory.attribution.accounts.some((account) => match(account).isOpen) ? 'entries' : 'accounts'
}

/** What a subject is made of. No parts: there is no such thing in the image. */
export function subjectParts(subject: Subject, side: CheckSide, measure: Measure): SubjectParts {
  const accounts = accountsOf(subject, side)
  if (subject.kind === 'initrd') return { parts: initrdCopies(accounts) }
  if (subject.kind !== 'paths' || !subject.globs.some(isPathGlob)) return { parts: partsOf(accounts) }
  // A directory of a disc has no account. There may be one that matches, with nothing in it.
  const isDirectory = accounts.length === 0 && side.open !== undefined
  return measure === 'entries' || isDirectory ? entryParts(subject, side) : { parts: partsOf(accounts) }
}

/** The accounts of a subject. */
export function accountsOf(subject: Subject, inventory: Inventory): readonly Account[] {
  const { accounts } = inventory.attribution
  const inside = insideOf(inventory)
  switch (subject.kind) {
    case 'image':
      return accounts
    case 'squashfs':
      return accounts.filter(({ region }) => inside.has(region))
    case 'initrd':
      return initrdAccounts(accounts, inside)
    case 'paths': {
      const match = accountMatcher(subject, inventory)
      return accounts.filter((account) => match(account).isMatch)
    }
  }
}

function insideOf({ image }: Inventory): ReadonlySet<ByteString> {
  return new Set(image.squashfs.map(({ path }) => path))
}

/** The globs over paths, and those over names of store paths. */
function splitGlobs({ globs }: Subject & { kind: 'paths' }) {
  return { paths: globs.filter(isPathGlob), stores: globs.filter((glob) => !isPathGlob(glob)) }
}

/** Globs over paths and over names of store paths, as they are held to store paths and what lies in them. */
function entryGlobs(subject: Subject & { kind: 'paths' }, { references }: Inventory): EntryGlobs {
  const { paths, stores } = splitGlobs(subject)
  const storeDirectory = references?.storeDirectory ?? STORE_DIRECTORY
  const inStore = pathMatcher(paths.filter((glob) => `${glob}/`.startsWith(`${storeDirectory}/`)))
  const isNamed = storePathMatcher(stores)
  return {
    inImage: pathMatcher(paths),
    inStore,
    atStorePath: (base) => (isNamed(base) ? MATCHED : progressAlong(inStore, `${storeDirectory}/${base}`)),
  }
}

/** What globs have to do with an account: whether they match it whole, or may match part of a store path. */
function accountMatcher(
  subject: Subject & { kind: 'paths' },
  inventory: Inventory,
): (account: Account) => Pick<PathProgress, 'isMatch' | 'isOpen'> {
  const { inImage, atStorePath } = entryGlobs(subject, inventory)
  const inside = insideOf(inventory)
  return (account) => {
    const { kind, region, storePath } = account
    if (kind !== 'storePath' && kind !== 'file') {
      // Tables and padding belong to the image they are of, as a whole.
      const { isMatch } = progressAlong(inImage, inside.has(region) ? region : '/')
      return { isMatch, isOpen: false }
    }
    const at = pathsOf(account).map((path) => progressAlong(inImage, path))
    if (storePath !== undefined) at.push(atStorePath(storePath))
    const isMatch = at.some((progress) => progress.isMatch)
    return { isMatch, isOpen: !isMatch && storePath !== undefined && at.some(({ isOpen }) => isOpen) }
  }
}

/** Accounts by store path, file, or kind of structure. */
function partsOf(accounts: readonly Account[]): readonly Contributor[] {
  const parts = new Map<ByteString, Contributor>()
  for (const { storePath, kind, name, otherNames, region, own } of accounts) {
    const key = storePath ?? (kind === 'file' || name === region ? name : `${region} ${kind}`)
    const bytes = (parts.get(key)?.bytes ?? 0) + own
    const others = otherNames === undefined ? {} : { otherNames }
    parts.set(
      key,
      storePath === undefined ? { name: key, ...others, bytes } : { name: nameOfBase(storePath), bytes, storePath },
    )
  }
  return [...parts.values()]
}

/** What globs match of all entries, each byte once. */
function entryParts(subject: Subject & { kind: 'paths' }, inventory: CheckSide): SubjectParts {
  const { open } = inventory
  if (open === undefined) return { problem: NOT_SAVED }
  const found = matchedEntries(open(), entryGlobs(subject, inventory))
  return {
    parts: found.map(({ path, own, storePath, below = '' }) => ({
      name: storePath === undefined ? path : nameOfBase(storePath) + below,
      bytes: own,
      ...(storePath === undefined ? {} : { storePath }),
    })),
  }
}

/** Base names of all store paths. */
export function storeBases({ attribution: { accounts } }: Inventory): ReadonlySet<ByteString> {
  return new Set(storePathTotals(accounts).keys())
}
