import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { type Entry, hardLinksOf, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { storedSizes } from '../ledger/stored-sizes.ts'
import { isPackage } from '../owners/names.ts'
import { entriesOf, type Owner, type OwnerModel } from '../owners/owner.ts'
import { ownersIn, treeOwners } from '../owners/owners-in.ts'
import type { Account, Attribution } from './attribution.ts'
import { affords, type Comparison, isSameContent, readContentAhead, startComparison } from './comparison.ts'
import { type Holder, holdersIn } from './holders.ts'
import type { Inside } from './inside.ts'

/** Content that is in several images of one file. */
export interface PaidTwice {
  /** The key of an owner. Without it, this is a file. */
  readonly owner?: ByteString
  /** Where it is, largest first. */
  readonly places: readonly PlaceOfCopy[]
}

/** One copy. */
export interface PlaceOfCopy {
  /** The path of the image that holds it; '/' for the outermost one. */
  readonly image: ByteString
  /** Its path in the outermost image; of an owner, that of its first entry. */
  readonly path: ByteString
  readonly own: number
  /** Whether files of the owner are missing here, or have other content than in the fullest copy. */
  readonly isPartial: boolean
}

/** All copies, those that waste most first, and the content that we could not compare. */
export interface PaidTwiceList {
  readonly copies: readonly PaidTwice[]
  readonly warnings: readonly FormatError[]
  /** Whether we compared all that has equal names or sizes. */
  readonly complete: boolean
}

/** Smaller files are not worth a line. In bytes. */
const WORTH_A_LINE = 4096

/**
 * From this size on, we compare files of packages too: a kernel is in /boot and on the medium. An initrd has thousands of
 * smaller ones, and to compare them all would take longer than the rest of a report. In bytes.
 */
const WORTH_COMPARING_IN_PACKAGE = 1 << 20

/** The most files of one size in one image that we compare. Larger files than a page rarely have equal sizes by chance. */
const MAX_OF_A_SIZE = 32

/** The bytes of a copy beyond the largest one, which a rebuild could save at most. */
export function wastedBytes({ places }: PaidTwice): number {
  return places.slice(1).reduce((sum, { own }) => sum + own, 0)
}

/**
 * Finds owners and files that are in more than one image. It compares contents, not only names and sizes. Their own bytes
 * are not known yet, which `paidTwice` adds.
 */
export function findCopies(open: OpenImage): PaidTwiceList {
  const comparison = startComparison()
  const holders = holdersIn(open, comparison)
  if (holders.length < 2) return { copies: [], warnings: [], complete: true }
  const { model } = ownersIn(open)
  const copies = [...copiesOfFiles(holders, model, comparison), ...copiesOfOwners(holders, model, comparison)]
  const { warnings, complete } = comparison
  return { copies, warnings, complete }
}

/** The copies with their bytes, those that waste most first. Copies without bytes of their own are left out. */
export function paidTwice(found: PaidTwiceList, attribution: Attribution, inside: Inside): PaidTwiceList {
  // An image has half a million accounts, and mostly no copies.
  if (found.copies.length === 0) return found
  const accounts = new Map<ByteString, Account>()
  for (const account of attribution.accounts) accounts.set(account.name, account)
  for (const image of inside.images) for (const account of image.accounts) accounts.set(account.name, account)
  const copies = found.copies.flatMap(({ places, ...copy }): PaidTwice[] => {
    const paid = places
      .map((place) => {
        const account = accounts.get(place.path)
        // The account of a package is at its first file, which may itself be a copy.
        return account?.owner === copy.owner ? { ...place, own: account?.own ?? place.own } : place
      })
      .filter((place) => place.own > 0)
      .sort((a, b) => b.own - a.own)
    return paid.length < 2 ? [] : [{ ...copy, places: paid }]
  })
  return { ...found, copies: copies.sort((a, b) => wastedBytes(b) - wastedBytes(a)) }
}

/** An owner in one image. */
interface Instance {
  readonly owner: Owner
  readonly image: ByteString
  readonly path: ByteString
  /** Its regular files by their paths in it. */
  readonly files: ReadonlyMap<ByteString, Entry>
}

function copiesOfOwners(holders: readonly Holder[], model: OwnerModel, comparison: Comparison): readonly PaidTwice[] {
  const instances = new Map<ByteString, Omit<Instance, 'files'>[]>()
  for (const { open, path } of holders) {
    const tree = treeOwners(open, model)
    const pathOf = pathBuilder(open.image.tree, path)
    for (let index = 0; index < open.image.tree.count; index += 1) {
      if (tree.isOwner[index] === 0) continue
      const entry = open.image.tree.entry(index)
      const key = tree.keyOf(entry)
      const at = pathOf(index)
      const instance = { owner: { key, model, open, tree, entry }, image: path === '' ? '/' : path, path: at }
      const known = instances.get(key)
      if (known === undefined) instances.set(key, [instance])
      else known.push(instance)
    }
  }
  const copies: PaidTwice[] = []
  for (const [key, found] of instances) {
    if (found.length < 2) continue
    const places = samePlaces(found.map(withFiles), comparison)
    if (places.length > 1) copies.push({ owner: key, places })
  }
  return copies
}

function withFiles(instance: Omit<Instance, 'files'>): Instance {
  const files = new Map<ByteString, Entry>()
  for (const { entry, path } of entriesOf(instance.owner)) if (entry.type === 'file') files.set(path, entry)
  return { ...instance, files }
}

/** The copy with the most files, and those that have content in common with it. */
function samePlaces(instances: readonly Instance[], comparison: Comparison): readonly PlaceOfCopy[] {
  const [fullest, ...others] = [...instances].sort((a, b) => b.files.size - a.files.size)
  const places: PlaceOfCopy[] = [placeOf(fullest!, false)]
  for (const other of others) {
    const pairs: (readonly [Entry, Entry])[] = []
    for (const [path, entry] of other.files) {
      const counterpart = fullest!.files.get(path)
      if (counterpart?.size === entry.size) pairs.push([entry, counterpart])
    }
    const bytes = pairs.reduce((sum, [{ size }]) => sum + size, 0)
    if (!affords(comparison, bytes)) continue
    const [one, another] = [other.owner.open, fullest!.owner.open]
    // Copies of an owner nearly always have equal contents, so all of them are read.
    for (const [entry, counterpart] of pairs) {
      readContentAhead(one, entry)
      readContentAhead(another, counterpart)
    }
    const same = pairs.filter((pair) => isSameContent(one, pair[0], another, pair[1], comparison)).length
    if (same > 0) places.push(placeOf(other, same < fullest!.files.size))
  }
  return places
}

function placeOf({ image, path }: Instance, isPartial: boolean): PlaceOfCopy {
  return { image, path, own: 0, isPartial }
}

/** A file without an owner. */
interface OwnlessFile extends Holder {
  readonly entry: Entry
}

function copiesOfFiles(holders: readonly Holder[], model: OwnerModel, comparison: Comparison): readonly PaidTwice[] {
  /** The holders that have files of a size; we look only at sizes that are in several. */
  const holdersOfSize = new Map<number, Set<Holder>>()
  const eachFile = (visit: (holder: Holder, index: number) => void): void => {
    for (const holder of holders) {
      const { tree } = holder.open.image
      const { ownerOf, isOwner, keyOf } = treeOwners(holder.open, model)
      const isLeftOut = (index: number): boolean => {
        const first = ownerOf[index]!
        if (isOwner[first] === 0) return false
        return tree.sizes[index]! < WORTH_COMPARING_IN_PACKAGE || !isPackage(keyOf(tree.entry(first)))
      }
      const links = hardLinksOf(tree)
      for (let index = 0; index < tree.count; index += 1) {
        if (tree.sizes[index]! < WORTH_A_LINE || tree.typeOf(index) !== 'file' || isLeftOut(index)) continue
        const isLaterName = links.size > 0 && (links.get(tree.identities[index]!)?.[0] ?? index) !== index
        if (!isLaterName) visit(holder, index)
      }
    }
  }
  eachFile((holder, index) => {
    const size = holder.open.image.tree.sizes[index]!
    const known = holdersOfSize.get(size)
    if (known === undefined) holdersOfSize.set(size, new Set([holder]))
    else known.add(holder)
  })
  const bySize = new Map<number, OwnlessFile[]>()
  const pathsOf = new Map(holders.map((holder) => [holder, pathBuilder(holder.open.image.tree, holder.path)]))
  eachFile((holder, index) => {
    const { tree } = holder.open.image
    const size = tree.sizes[index]!
    if (holdersOfSize.get(size)!.size < 2) return
    const path = pathsOf.get(holder)!(index)
    const file = { open: holder.open, path, entry: tree.entry(index) }
    const known = bySize.get(size) ?? []
    if (known.filter(({ open }) => open === holder.open).length === MAX_OF_A_SIZE) comparison.complete = false
    else known.push(file)
    bySize.set(size, known)
  })
  const isOwned = (holder: OpenImage, { index }: Entry): boolean => {
    const { ownerOf, isOwner } = treeOwners(holder, model)
    return isOwner[ownerOf[index]!] === 1
  }
  const imageOf = new Map(holders.map(({ open, path }) => [open, path === '' ? '/' : path]))
  const copies: PaidTwice[] = []
  for (const [, files] of [...bySize].sort(([a], [b]) => b - a)) {
    for (const same of sameFiles(files, comparison)) {
      if (new Set(same.map(({ open }) => open)).size < 2) continue
      copies.push({
        // The files of a package have no accounts of their own.
        places: same.map(({ open, path, entry }) => ({
          image: imageOf.get(open)!,
          path,
          own: isOwned(open, entry) ? storedSizes(open).ofFile(entry.index) : 0,
          isPartial: false,
        })),
      })
    }
  }
  return copies
}

/** Groups files of one size by content. */
function sameFiles(files: readonly OwnlessFile[], comparison: Comparison): readonly (readonly OwnlessFile[])[] {
  const groups: OwnlessFile[][] = []
  for (const file of files) {
    const group = groups.find(
      ([first]) =>
        affords(comparison, file.entry.size) &&
        isSameContent(first!.open, first!.entry, file.open, file.entry, comparison),
    )
    if (group === undefined) groups.push([file])
    else group.push(file)
  }
  return groups
}
