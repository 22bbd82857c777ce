import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { formatError } from '../../parsers/bytes/source.ts'
import { traitsOf } from '../../parsers/formats.ts'
import { type Entry, hardLinksOf, type Image, pathBuilder } from '../../parsers/image.ts'
import { AFTER_IMAGE } from '../../parsers/squashfs/index.ts'
import { type OpenImage, problemsOf } from '../images/open-image.ts'
import type { SharedBytes } from '../ledger/account-sets.ts'
import { bytesAround } from '../ledger/bytes-around.ts'
import { charge } from '../ledger/charge.ts'
import type { Costs } from '../ledger/costs.ts'
import { costsIn, partOfFile } from '../ledger/costs-in.ts'
import type { Place, Remainder, RemainderKind } from '../ledger/remainders.ts'
import { type SizeLedger, settle } from '../ledger/settle.ts'
import { bootConfigurations } from '../owners/boot-configurations.ts'
import { SHADOWED, WHITEOUT } from '../owners/layer-marks.ts'
import type { OwnerModel, TreeOwners } from '../owners/owner.ts'
import { imagesBeside, ownersIn, treeOwners } from '../owners/owners-in.ts'
import { marksIn } from '../owners/root-file-system.ts'

/** The bytes of one owner, file or structure in one region. All accounts of an image add up to exactly its bytes. */
export interface Account {
  /** `file` is any entry without an owner: a file, or a directory above files. */
  readonly kind: 'owner' | 'file' | RemainderKind
  /** The path in the image (for an owner, of its first entry), or the name of a structure. */
  readonly name: ByteString
  /** The other paths of a hard-linked file without an owner, in tree order; `name` is the first path. */
  readonly otherNames?: readonly ByteString[]
  /**
   * A part of the image, by name: an entry at the top of an ISO, an image inside it, or `structuresRegion`. A part
   * beside the tree, such as a boot image that no file holds, is its own region. Only paths begin with "/".
   */
  readonly region: ByteString
  /** The bytes of this account in the image file. */
  readonly own: number
  /** Content bytes of its files; a hard-linked file counts once. */
  readonly unpacked: number
  /** Number of regular files; a hard-linked file counts once. */
  readonly files: number
  /** For an owner: its key. */
  readonly owner?: ByteString
  /**
   * For a file or directory in a layer of a root file system: an upper layer hides it, or it is there to hide an entry of a
   * lower layer. Absent for all others.
   */
  readonly inLayers?: HiddenByLayers
  /** Where gaps, overlaps and parts beside the tree lie, ascending. Only the first places are listed. */
  readonly places?: readonly FilePlace[]
  /** How many further places are not listed. */
  readonly morePlaces?: number
}

/** What an entry is that does not show in the root file system of its layers. */
export type HiddenByLayers = (typeof HIDDEN_BY_LAYERS)[number]

export const HIDDEN_BY_LAYERS = ['shadowed', 'whiteout'] as const

/** Bytes [offset, offset + length) of the image file. */
export interface FilePlace extends Place {
  /** The offset inside the image, if the image does not begin at the start of the file. */
  readonly innerOffset?: number
}

/** An image whose bytes have accounts of their own. */
export interface ImageInside {
  /** The path of the image inside the outer one; '/' for the outer one itself. */
  readonly path: ByteString
  /** Its other paths, if its file is hard-linked. */
  readonly otherNames?: readonly ByteString[]
  /** The name of its format: "squashfs". */
  readonly format: string
  readonly facts: Image['facts']
  /** Bytes of the image itself. */
  readonly size: number
}

/** Bytes that several accounts share: a block stored once for files with the same content. */
export interface SharedContent {
  /** Keys of the owners that share them, and the part in each one's own size. */
  readonly owners: readonly ByteString[]
  readonly shares: readonly number[]
  /** Whether files without an owner share them too. */
  readonly others: boolean
  readonly bytes: number
}

/** Every byte of an image file, by owner. */
export interface Attribution {
  readonly accounts: readonly Account[]
  /** The part of `accounts` that several owners share and split. */
  readonly shared: readonly SharedContent[]
  /** The outer image first, then the images inside with accounts of their own. */
  readonly images: readonly ImageInside[]
  readonly warnings: readonly FormatError[]
  /** Whether we could read all of it. */
  readonly complete: boolean
}

/**
 * The region of bytes of a disc that belong to no path: descriptors, tables and padding.
 * @param format the name of its format
 */
export function structuresRegion(format: string): string {
  return `[${traitsOf(format).title}]`
}

/** Whether an account is a part of the image beside its tree, with a region of its own. */
export function isBesideTree({ kind, name, region }: Account): boolean {
  return kind === 'structure' && name === region
}

/** The region of bytes around the image in its file: its container, and the bytes before and after it. */
export const OUTSIDE = '[outside the image]'

/** Attributes every byte of the file to exactly one account. */
export function attribute(open: OpenImage): Attribution {
  const images: ImageInside[] = []
  const warnings: FormatError[] = []
  const shared: SharedContent[] = []
  const part = partOfFile(open)
  const owners = ownersIn(open)
  const found = { images, shared, warnings, model: owners.model }
  const accounts = attributeImage(
    open,
    {
      path: '',
      otherNames: [],
      stored: part.size,
      inFile: (place) => (part.isStored ? [moved(place, part.offset)] : []),
      costs: costsIn(open),
      inLayers: undefined,
    },
    found,
  )
  const around = bytesAround(open)
  for (const remainder of around.remainders)
    addOutside(
      accounts,
      remainderAccount(remainder, OUTSIDE, (place) => [place]),
    )
  for (const warning of around.warnings) warnings.push(warning)
  const problems = problemsOf(open, false)
  const unread = bootConfigurations(open).problem
  if (unread !== undefined) warnings.push(unread)
  const complete = problems.complete && unread === undefined && owners.problems.length === 0
  return { accounts, shared, images, warnings: [...problems.warnings, ...owners.problems, ...warnings], complete }
}

/** The accounts of an image that is one account in the report of the outermost image: that of its file. */
export interface Breakdown {
  /** They add up to `own`. Their names begin with the path of the image. */
  readonly accounts: readonly Account[]
  /** The images in it whose accounts are among these. */
  readonly images: readonly ImageInside[]
  readonly warnings: readonly FormatError[]
}

/**
 * Breaks the bytes of a file down that is an image.
 * @param path the path of the file in the outermost image
 * @param own the bytes that the file takes in the outermost image
 * @param costs what the bytes of the image cost, if others own some of them
 */
export function breakDown(open: OpenImage, path: ByteString, own: number, costs = costsIn(open)): Breakdown {
  const found: Found = { images: [], shared: [], warnings: [], model: ownersIn(open).model }
  const accounts = attributeImage(
    open,
    { path, otherNames: [], stored: own, inFile: () => [], costs, inLayers: undefined },
    found,
  )
  return { accounts, images: found.images.slice(1), warnings: found.warnings }
}

/**
 * Finds where bytes of an image lie in the file. There are several places if the image is a file in several extents.
 */
type Locate = (place: Place) => readonly FilePlace[]

/** The place in the file, for an image that begins at `origin`. */
function moved({ offset, length }: Place, origin: number): FilePlace {
  return origin === 0 ? { offset, length } : { offset: origin + offset, length, innerOffset: offset }
}

/**
 * Finds bytes of an image that is a file of another image. Unless the file is stored uncompressed, they lie nowhere.
 */
function locateInside({ image }: OpenImage, entry: Entry, inOuter: Locate): Locate {
  for (const { codec } of image.runs(entry)) if (codec !== 'stored') return () => []
  return ({ offset, length }) => {
    const places: FilePlace[] = []
    let start = 0
    for (const run of image.runs(entry)) {
      const low = Math.max(offset, start)
      const high = Math.min(offset + length, start + run.length)
      if (low < high) {
        for (const place of inOuter({ offset: run.offset + low - start, length: high - low })) {
          places.push({ offset: place.offset, length: place.length, innerOffset: low })
        }
      }
      start += run.length
    }
    return places
  }
}

/** Where an image lies in the outermost one. */
interface Whereabouts {
  /** Its path; '' for the outermost image. */
  readonly path: ByteString
  /** Further paths of its file. */
  readonly otherNames: readonly ByteString[]
  /** The bytes that it takes in the file: fewer than its size if it is stored compressed. */
  readonly stored: number
  /** Finds its bytes in the file; they lie nowhere if they are stored compressed. */
  readonly inFile: Locate
  /** What its bytes cost in the file; undefined if they cost one each. */
  readonly costs: Costs | undefined
  /** What the file of the image is, if it does not show; so is all that is in it. */
  readonly inLayers: HiddenByLayers | undefined
}

/** The results for all images together. */
interface Found {
  readonly images: ImageInside[]
  readonly shared: SharedContent[]
  readonly warnings: FormatError[]
  /** The model of the owners. */
  readonly model: OwnerModel
}

function attributeImage(open: OpenImage, whereabouts: Whereabouts, found: Found): Account[] {
  const { path, otherNames, stored, inFile, costs } = whereabouts
  const { images, warnings } = found
  const { image } = open
  const { format, facts } = image
  images.push({
    path: path === '' ? '/' : path,
    ...(otherNames.length === 0 ? {} : { otherNames }),
    format: format.name,
    facts,
    size: image.source.size,
  })
  const owners = treeOwners(open, found.model)
  const numbered = numberAccounts(open, owners, imagesBeside(open, found.model))
  const map = new ExtentMap(image.source, image.tree.count)
  open.claimContent(map)
  open.claimStructures(map)
  const { limits } = open.reader
  const settled = settle(map, numbered.accountOf, numbered.entries.length, limits, costs)
  const ledger = charge(settled, stored)
  for (const warning of ledger.warnings) warnings.push(warning)
  const structures = structuresOf(open, path)
  const accounts = entryAccounts(open, numbered, ledger, structures, whereabouts, found)
  for (const common of ledger.shared) found.shared.push(sharedContent(open, common, numbered))
  for (const remainder of ledger.remainders) {
    // For an image inside another, these bytes belong to its file, which is a region of its own.
    const region = path === '' && remainder.name.startsWith(AFTER_IMAGE) ? OUTSIDE : structures
    accounts.push(remainderAccount(remainder, region, inFile))
    if (remainder.kind === 'overlap' && !format.sharesBytes) warnings.push(overlapping(image, remainder))
  }
  return accounts
}

/** Whether each top-level entry is a region: on a disc. An image inside another is one region. */
function hasRegions({ image, outer }: OpenImage): boolean {
  return outer === undefined && image.format.looksInside === 'files'
}

/** The region of the structures of an image. */
function structuresOf(open: OpenImage, path: ByteString): ByteString {
  return hasRegions(open) ? structuresRegion(open.image.format.name) : path === '' ? '/' : path
}

/** The accounts of the entries of an image, by number. */
interface NumberedAccounts {
  /** The account number of each entry. */
  readonly accountOf: Uint32Array
  /** The index of the entry of each account: the first of its owner, or the first name of a file. */
  readonly entries: Uint32Array
  /** The other names of the file of an account, as indexes of entries. */
  readonly others: ReadonlyMap<number, readonly number[]>
  /** The image inside the file of an account. */
  readonly inner: ReadonlyMap<number, OpenImage>
  readonly owners: TreeOwners
}

/**
 * Gives each owner an account, and each entry without an owner. A file without an owner has one account, however many
 * names it has, and so has an image inside.
 */
function numberAccounts(open: OpenImage, owners: TreeOwners, images: ReadonlyMap<number, OpenImage>): NumberedAccounts {
  const { tree } = open.image
  const { ownerOf, isOwner } = owners
  const accountOf = new Uint32Array(tree.count)
  const entries = new Uint32Array(tree.count)
  let count = 0
  const links = hardLinksOf(tree)
  /** The account of each hard-linked file, by identity. */
  const linked = new Map<number, number>()
  const others = new Map<number, number[]>()
  const inner = new Map<number, OpenImage>()
  for (let index = 0; index < tree.count; index += 1) {
    const owner = ownerOf[index]!
    if (owner !== index) {
      accountOf[index] = accountOf[owner]!
      continue
    }
    const nested = images.size > 0 ? images.get(index) : undefined
    const isOneFile = tree.typeOf(index) !== 'directory' && (isOwner[index] === 0 || nested !== undefined)
    const hasNames = isOneFile && links.size > 0 && links.has(tree.identities[index]!)
    const known = hasNames ? linked.get(tree.identities[index]!) : undefined
    if (known !== undefined) {
      accountOf[index] = known
      others.get(known)!.push(index)
      continue
    }
    const account = count
    accountOf[index] = account
    entries[account] = index
    count += 1
    if (hasNames) {
      linked.set(tree.identities[index]!, account)
      others.set(account, [])
    }
    if (nested !== undefined) inner.set(account, nested)
  }
  return { accountOf, entries: entries.subarray(0, count), others, inner, owners }
}

/**
 * The same number. V8 keeps a number that it computed as a small integer in the account itself, and any other number in
 * an object of its own. For 200,000 files this saves 4 to 8 % of the time of a report.
 */
function smallInteger(value: number): number {
  return value < 2 ** 31 ? value | 0 : value
}

/**
 * The same text. V8 keeps a concatenation as a pair of texts until a program reads a character. A report reads all paths,
 * and by then the pairs lie in old memory. For 200,000 files reading early saves 5 % of the time.
 */
function inOnePiece(text: ByteString): ByteString {
  return text.charCodeAt(0) >= 0 ? text : ''
}

/** The other names of most files. */
const NO_NAMES: readonly ByteString[] = []

/** The accounts of files and owners; in place of a file that is an image, those of the image. */
function entryAccounts(
  open: OpenImage,
  { accountOf, entries, others, inner, owners }: NumberedAccounts,
  ledger: SizeLedger,
  structures: ByteString,
  { path, inFile, inLayers }: Whereabouts,
  found: Found,
): Account[] {
  const { image } = open
  const { unpacked, files } = countContent(image, accountOf, entries.length)
  const marks = marksIn(open)
  const regionOf = hasRegions(open) ? topRegions(image, entries, structures) : () => structures
  const pathOf = pathBuilder(image.tree)
  const accounts: Account[] = []
  for (let account = 0; account < entries.length; account += 1) {
    const entry = entries[account]!
    const own = ledger.own[account]!
    const nested = inner.get(account)
    const entryPath = path === '' ? pathOf(entry) : path + pathOf(entry)
    const otherNames = others.get(account)?.map((other) => path + pathOf(other)) ?? NO_NAMES
    if (nested !== undefined) {
      const inside = {
        path: entryPath,
        otherNames,
        stored: own,
        inFile: locateInside(open, image.tree.entry(entry), inFile),
        costs: costsIn(nested),
        inLayers: inLayers ?? hiddenBy(marks?.[entry]),
      }
      for (const innerAccount of attributeImage(nested, inside, found)) accounts.push(innerAccount)
      continue
    }
    const isOwner = owners.isOwner[entry] === 1
    // In an ISO, directories above files and empty files take no bytes.
    if (own === 0 && unpacked[account] === 0 && files[account] === 0 && !isOwner) continue
    const made = fileAccount(entryPath, otherNames, regionOf(account), own, unpacked[account]!, files[account]!)
    if (isOwner) {
      made.kind = 'owner'
      made.owner = owners.keyOf(image.tree.entry(entry))
    } else {
      const hidden = inLayers ?? hiddenBy(marks?.[entry])
      if (hidden !== undefined) made.inLayers = hidden
    }
    accounts.push(made)
  }
  return accounts
}

function hiddenBy(mark: number | undefined): HiddenByLayers | undefined {
  return mark === SHADOWED ? 'shadowed' : mark === WHITEOUT ? 'whiteout' : undefined
}

/** The account of a file. An account of an owner is the same with a key. */
function fileAccount(
  name: ByteString,
  otherNames: readonly ByteString[],
  region: ByteString,
  own: number,
  unpacked: number,
  files: number,
): { -readonly [Key in keyof Account]: Account[Key] } {
  const account: { -readonly [Key in keyof Account]: Account[Key] } = {
    kind: 'file',
    name: inOnePiece(name),
    region,
    own: smallInteger(own),
    unpacked: smallInteger(unpacked),
    files,
  }
  // We assign it, because a spread creates two more objects for each of half a million accounts.
  if (otherNames.length > 0) account.otherNames = otherNames
  return account
}

/** The owners among several accounts that have bytes in common. */
function sharedContent(
  { image: { tree } }: OpenImage,
  { accounts, shares, bytes }: SharedBytes,
  { entries, owners }: NumberedAccounts,
): SharedContent {
  const ofOwners = [...accounts.keys()].filter((at) => owners.isOwner[entries[accounts[at]!]!] === 1)
  return {
    owners: ofOwners.map((at) => owners.keyOf(tree.entry(entries[accounts[at]!]!))),
    shares: ofOwners.map((at) => shares[at]!),
    others: ofOwners.length < accounts.length,
    bytes,
  }
}

/** Adds an account for bytes around the image, or adds to the account of the same name. */
function addOutside(accounts: Account[], outside: Account): void {
  const { kind, name, region } = outside
  const at = accounts.findIndex((other) => other.region === region && other.kind === kind && other.name === name)
  const known = accounts[at]
  if (known === undefined) {
    accounts.push(outside)
    return
  }
  const places = [...(known.places ?? []), ...(outside.places ?? [])]
  accounts.splice(at, 1)
  accounts.push({ ...known, own: known.own + outside.own, ...(places.length === 0 ? {} : { places }) })
}

function remainderAccount(remainder: Remainder, region: ByteString, inFile: Locate): Account {
  const { kind, name, own, ownRegion, places = [], morePlaces } = remainder
  const inPlaces = places.flatMap(inFile)
  return {
    kind,
    name,
    region: ownRegion === true ? name : region,
    own,
    unpacked: 0,
    files: 0,
    ...(inPlaces.length === 0 ? {} : { places: inPlaces }),
    ...(inPlaces.length === 0 || morePlaces === undefined ? {} : { morePlaces }),
  }
}

/** Content bytes and files by account. A hard-linked file counts once, for the first account that has it. */
function countContent(
  image: Image,
  accountOf: ArrayLike<number>,
  count: number,
): { unpacked: Float64Array; files: Uint32Array } {
  const unpacked = new Float64Array(count)
  const files = new Uint32Array(count)
  const { tree } = image
  const links = hardLinksOf(tree)
  /** The hard-linked files that we have counted. */
  const seen = new Set<number>()
  for (let index = 0; index < tree.count; index += 1) {
    if (tree.typeOf(index) !== 'file') continue
    const identity = tree.identities[index]!
    if (links.size > 0 && links.has(identity)) {
      if (seen.has(identity)) continue
      seen.add(identity)
    }
    unpacked[accountOf[index]!]! += tree.sizes[index]!
    files[accountOf[index]!]! += 1
  }
  return { unpacked, files }
}

/** The region of an account of an ISO: the path of the top-level entry above it. */
function topRegions(
  image: Image,
  accountEntries: Uint32Array,
  structures: ByteString,
): (account: number) => ByteString {
  const { tree } = image
  const top = new Uint32Array(tree.count)
  for (let index = 0; index < tree.count; index += 1) {
    const parent = tree.parents[index]!
    top[index] = parent === 0 ? index : top[parent]!
  }
  return (account) => {
    const index = accountEntries[account]!
    return index === 0 ? structures : `/${tree.nameOf(top[index]!)}`
  }
}

function overlapping(image: Image, { name, own }: Remainder): FormatError {
  return formatError('MALFORMED', `parts that should not share bytes do: ${name}`, image.source, {
    structure: 'superblock and what it leads to',
    offset: 0,
    found: `${own} bytes in common`,
  })
}
