import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { hardLinksOf, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { apportion } from '../ledger/apportion.ts'
import { costsIn } from '../ledger/costs-in.ts'
import { settle } from '../ledger/settle.ts'
import { imagesBeside, ownersIn, treeOwners } from '../owners/owners-in.ts'
import type { Account } from './attribution.ts'

/** An image whose entries have accounts in a report, and the bytes of each entry. */
export interface SizedEntries {
  readonly open: OpenImage
  /** The path of its file in the outermost image; '' for the outermost image itself. */
  readonly path: ByteString
  /** The bytes of each entry in the image file, by its index. */
  readonly own: Float64Array
  /** The account that each entry belongs to; undefined for one that takes no bytes. */
  readonly accountOf: readonly (Account | undefined)[]
  /** The images in its files whose entries have accounts too, by the index of the file. */
  readonly inner: ReadonlyMap<number, OpenImage>
}

/**
 * The bytes of each entry, for the images whose entries have accounts in a report. The entries of an account add up to it.
 * Files that share content split it. If the owners of two accounts do so, each account splits its own part.
 */
export function entrySizes(open: OpenImage, accounts: readonly Account[]): readonly SizedEntries[] {
  const accountAt = new Map<ByteString, Account>()
  for (const account of accounts) {
    if (account.kind === 'owner' || account.kind === 'file') accountAt.set(account.name, account)
  }
  const found: SizedEntries[] = []
  const left: { readonly open: OpenImage; readonly path: ByteString }[] = [{ open, path: '' }]
  const met = new Set([open])
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const { model } = ownersIn(open)
    const inner = imagesBeside(at.open, model)
    const pathOf = pathBuilder(at.open.image.tree, at.path)
    const accountOf = accountsOfEntries(at.open, at.path, accountAt, open)
    found.push({ ...at, own: splitOverEntries(accountOf, weightsOf(at.open)), accountOf, inner })
    for (const [index, nested] of inner) {
      if (met.has(nested)) continue
      met.add(nested)
      left.push({ open: nested, path: pathOf(index) })
    }
  }
  return found
}

/** The account of each entry: that of its owner, or that of the first name of its file. */
function accountsOfEntries(
  open: OpenImage,
  path: ByteString,
  accountAt: ReadonlyMap<ByteString, Account>,
  outermost: OpenImage,
): readonly (Account | undefined)[] {
  const { tree } = open.image
  const { ownerOf, isOwner } = treeOwners(open, ownersIn(outermost).model)
  const pathOf = pathBuilder(tree, path)
  const links = hardLinksOf(tree)
  /** The account of each hard-linked file without an owner, by identity. */
  const linked = new Map<number, Account | undefined>()
  const accounts: (Account | undefined)[] = []
  for (let index = 0; index < tree.count; index += 1) {
    const first = ownerOf[index]!
    if (first !== index) {
      accounts.push(accounts[first])
      continue
    }
    const identity = tree.identities[index]!
    const hasNames = isOwner[index] === 0 && tree.typeOf(index) !== 'directory' && links.has(identity)
    if (hasNames && linked.has(identity)) {
      accounts.push(linked.get(identity))
      continue
    }
    // The root of an image inside has a slash at the end, which tells it from the file.
    const account = accountAt.get(index === 0 ? `${path}/` : pathOf(index))
    if (hasNames) linked.set(identity, account)
    accounts.push(account)
  }
  return accounts
}

/** The bytes of each entry in its own image, with its part of inode and directory tables. */
function weightsOf(open: OpenImage): Float64Array {
  const { image, reader } = open
  const { count } = image.tree
  const map = new ExtentMap(image.source, count)
  open.claimContent(map)
  open.claimStructures(map)
  return settle(
    map,
    new Uint32Array(count).map((_, index) => index),
    count,
    reader.limits,
    costsIn(open),
  ).own
}

/** Splits the bytes of each account over its entries in proportion to their weights. */
function splitOverEntries(accountOf: readonly (Account | undefined)[], weights: Float64Array): Float64Array {
  const entries = new Map<Account, number[]>()
  for (const [index, account] of accountOf.entries()) {
    if (account === undefined) continue
    const known = entries.get(account)
    if (known === undefined) entries.set(account, [index])
    else known.push(index)
  }
  const own = new Float64Array(accountOf.length)
  for (const [account, indexes] of entries) {
    const parts: number[] = indexes.map((index) => weights[index]!)
    // Some bytes may be of no entry, such as those of claims that are too tangled to split.
    if (parts.every((part) => !(part > 0))) parts[0] = 1
    const shares = apportion(account.own, parts)
    for (const [at, index] of indexes.entries()) own[index] = shares[at]!
  }
  return own
}
