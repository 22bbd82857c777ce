import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { formatError } from '../../parsers/bytes/source.ts'
import { type Entry, type Image, pathBuilder } from '../../parsers/image.ts'
import { AFTER_IMAGE } from '../../parsers/squashfs/index.ts'
import { type OpenImage, problemsOf } from '../image/open-image.ts'
import { bytesAround } from './bytes-around.ts'
import { findOwners } from './owners.ts'
import { bootConfigurations } from './roots.ts'
import { type Remainder, type RemainderKind, settle } from './size-ledger.ts'

/** One owner of bytes in one region. All accounts of an image together have exactly its bytes. */
export interface Account {
  /** `file` is any entry outside a store path: files, and the directories around them. */
  readonly kind: 'storePath' | 'file' | RemainderKind
  /** The path in the image (of a store path: of its top), or the name of a structure. */
  readonly name: ByteString
  /** Where in the image: an entry at the top of an ISO, an image inside it, or ISO_STRUCTURES. */
  readonly region: ByteString
  /** Bytes this account takes in the image file. */
  readonly own: number
  /** Content bytes of its files, each hard-linked file once. */
  readonly unpacked: number
  /** Regular files, hard links once. */
  readonly files: number
  /** Of a store path: its base name "hash-name". */
  readonly storePath?: ByteString
}

/** An image whose bytes are told apart. */
export interface ImageInside {
  /** The path of the image inside the outer one; '/' for the outer one itself. */
  readonly path: ByteString
  readonly format: Image['format']
  readonly facts: Image['facts']
}

/** Bytes that several owners have in common: a block stored once, of files with the same content. */
export interface ContentInCommon {
  /** Base names of the store paths among them, and what each has of it in its own size. */
  readonly storePaths: readonly ByteString[]
  readonly shares: readonly number[]
  /** Whether something outside store paths is among them. */
  readonly others: boolean
  readonly bytes: number
}

/** Every byte of an image file, by owner. */
export interface Attribution {
  readonly accounts: readonly Account[]
  /** What of `accounts` is in common and split over them. */
  readonly shared: readonly ContentInCommon[]
  /** The outer image first, then those whose bytes are told apart. */
  readonly images: readonly ImageInside[]
  readonly warnings: readonly FormatError[]
  /** Whether all of it could be read. */
  readonly complete: boolean
}

/** The region of what belongs to no path at the top of an ISO: its descriptors, tables and padding. */
export const ISO_STRUCTURES = '[ISO9660]'
/** The region of what lies around the image in its file: what it is wrapped in, what stands before and after it. */
export const OUTSIDE = '[outside the image]'

/** Attributes every byte of the file: each is in exactly one account. */
export function attribute(open: OpenImage): Attribution {
  const images: ImageInside[] = []
  const warnings: FormatError[] = []
  const shared: ContentInCommon[] = []
  const accounts = attributeImage(open, '', images, shared, warnings)
  const around = bytesAround(open)
  for (const remainder of around.remainders) {
    const same = ({ kind, name, region }: Account): boolean =>
      region === OUTSIDE && kind === remainder.kind && name === remainder.name
    const known = accounts.findIndex(same)
    const own = remainder.own + (accounts[known]?.own ?? 0)
    if (known >= 0) accounts.splice(known, 1)
    accounts.push({ ...remainder, own, region: OUTSIDE, unpacked: 0, files: 0 })
  }
  for (const warning of around.warnings) warnings.push(warning)
  const problems = problemsOf(open)
  const unread = bootConfigurations(open).problem
  if (unread !== undefined) warnings.push(unread)
  const complete = problems.complete && unread === undefined
  return { accounts, shared, images, warnings: [...problems.warnings, ...warnings], complete }
}

/** @param path of the image inside the outer one, '' for the outer one */
function attributeImage(
  open: OpenImage,
  path: ByteString,
  images: ImageInside[],
  shared: ContentInCommon[],
  warnings: FormatError[],
): Account[] {
  const { image } = open
  images.push({ path: path === '' ? '/' : path, format: image.format, facts: image.facts })
  const { entries } = image.tree
  const isIso = image.format === 'iso9660'
  const { ownerOf, isStorePath } = findOwners(image.tree, !isIso)

  // Account numbers: one for each entry that owns itself. An image inside an ISO is one, whatever names it has.
  const accountOf = new Uint32Array(entries.length)
  const accountEntries: Entry[] = []
  const inner = new Map<number, { account: number; entry: Entry; open: OpenImage }>()
  // By index, here and below: until V8 has compiled it, a loop with an iterator makes an object for each entry.
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index]!
    const owner = ownerOf[index]!
    const nested = isIso && owner === entry.index ? open.nested(entry) : undefined
    const known = nested === undefined ? undefined : inner.get(entry.identity)
    if (owner !== entry.index) accountOf[entry.index] = accountOf[owner]!
    else if (known !== undefined) accountOf[entry.index] = known.account
    else {
      accountOf[entry.index] = accountEntries.length
      if (nested !== undefined) inner.set(entry.identity, { account: accountEntries.length, entry, open: nested })
      accountEntries.push(entry)
    }
  }

  const map = new ExtentMap(image.source)
  image.claimContent(map)
  image.claimStructures(map)
  const ledger = settle(map, accountOf, accountEntries.length, open.reader.limits)
  for (const warning of ledger.warnings) warnings.push(warning)
  const { unpacked, files } = countContent(image, accountOf, accountEntries.length)

  const regionOf = isIso ? topRegions(image, accountEntries) : () => (path === '' ? '/' : path)
  const pathOf = pathBuilder(image.tree)
  const accounts: Account[] = []
  const innerByAccount = new Map([...inner.values()].map((nested) => [nested.account, nested]))
  for (const [account, entry] of accountEntries.entries()) {
    const own = ledger.own[account]!
    const nested = innerByAccount.get(account)
    const entryPath = path === '' ? pathOf(entry) : path + pathOf(entry)
    if (nested !== undefined && own === nested.open.image.source.size) {
      for (const innerAccount of attributeImage(nested.open, entryPath, images, shared, warnings))
        accounts.push(innerAccount)
      continue
    }
    // One that is stored compressed (zisofs) has no bytes of its own to tell apart: it counts as the file it is.
    if (nested?.open.image.source.origin !== undefined) warnings.push(sharedWithOthers(nested.open.image, own))
    const isStore = isStorePath[entry.index] === 1
    // Directories around the files, and empty files, take no bytes of an ISO.
    if (own === 0 && unpacked[account] === 0 && files[account] === 0 && !isStore) continue
    accounts.push({
      kind: isStore ? 'storePath' : 'file',
      name: entryPath,
      region: regionOf(account),
      own,
      unpacked: unpacked[account]!,
      files: files[account]!,
      ...(isStore ? { storePath: entry.name } : {}),
    })
  }
  for (const { accounts: sharers, shares, bytes } of ledger.shared) {
    const inStore = [...sharers.keys()].filter((at) => isStorePath[accountEntries[sharers[at]!]!.index] === 1)
    shared.push({
      storePaths: inStore.map((at) => accountEntries[sharers[at]!]!.name),
      shares: inStore.map((at) => shares[at]!),
      others: inStore.length < sharers.length,
      bytes,
    })
  }
  const structures = isIso ? ISO_STRUCTURES : regionOf(0)
  for (const remainder of ledger.remainders) {
    // Of an image inside another they are the file's, which has a region of its own.
    const region = path === '' && remainder.name.startsWith(AFTER_IMAGE) ? OUTSIDE : structures
    accounts.push({ ...remainder, region, unpacked: 0, files: 0 })
  }
  // On a disc files and structures may lie over each other; no squashfs writer does that.
  if (!isIso)
    for (const remainder of ledger.remainders) {
      if (remainder.kind === 'overlap') warnings.push(overlapping(image, remainder))
    }
  return accounts
}

/** Content bytes and files by account; a hard-linked file counts once, for the first account that has it. */
function countContent(
  image: Image,
  accountOf: ArrayLike<number>,
  count: number,
): { unpacked: Float64Array; files: Float64Array } {
  const unpacked = new Float64Array(count)
  const files = new Float64Array(count)
  const seen = new Set<number>()
  const { entries } = image.tree
  for (let index = 0; index < entries.length; index += 1) {
    const { type, size, identity } = entries[index]!
    if (type !== 'file' || seen.has(identity)) continue
    seen.add(identity)
    unpacked[accountOf[index]!]! += size
    files[accountOf[index]!]! += 1
  }
  return { unpacked, files }
}

/** The region of an account of an ISO: the entry at the top of the tree that it lies under, as a path. */
function topRegions(image: Image, accountEntries: readonly Entry[]): (account: number) => ByteString {
  const { entries } = image.tree
  const top = new Uint32Array(entries.length)
  for (const { index, parent } of entries) top[index] = parent === 0 ? index : top[parent]!
  return (account) => {
    const { index } = accountEntries[account]!
    return index === 0 ? ISO_STRUCTURES : `/${entries[top[index]!]!.name}`
  }
}

function overlapping(image: Image, { name, own }: Remainder): FormatError {
  return formatError('MALFORMED', `parts that should not share bytes do: ${name}`, image.source, {
    structure: 'superblock and what it leads to',
    offset: 0,
    found: `${own} bytes in common`,
  })
}

function sharedWithOthers(inner: Image, own: number): FormatError {
  return formatError(
    'MALFORMED',
    'other parts of the outer image claim some of its bytes; it is counted as one file',
    inner.source,
    {
      structure: 'image inside an image',
      offset: 0,
      found: `${own} bytes of its own`,
      expected: inner.source.size,
    },
  )
}
