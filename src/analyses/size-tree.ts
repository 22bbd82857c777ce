import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { hardLinksOf, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { type Account, isBesideTree } from '../inventory/attribution.ts'
import { entrySizes, type SizedEntries } from '../inventory/entry-sizes.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { isPackage } from '../owners/names.ts'
import { ownersIn, treeOwners } from '../owners/owners-in.ts'

/**
 * What a node of a size tree is. A `rest` belongs to no entry: tables, padding, gaps. A `link` is a symlink or another
 * entry without content.
 */
export type SizeNodeKind = 'image' | 'region' | 'owner' | 'directory' | 'file' | 'link' | 'rest'

/** A node of a size tree. */
export interface SizeNode {
  /** For an owner its key, for a region its whole name, for an entry its name in its directory. */
  readonly name: ByteString
  readonly kind: SizeNodeKind
  /** Bytes in the image file, without those of the nodes below. */
  readonly own: number
  /** Content bytes, with those of the nodes below. A hard-linked file counts once, and an image inside as its file. */
  readonly unpacked: number
  /** By name, in the order of the image. */
  readonly below: ReadonlyMap<ByteString, SizeNode>
}

interface Growing extends SizeNode {
  kind: SizeNodeKind
  own: number
  unpacked: number
  readonly below: Map<ByteString, Growing>
  /** Whether the nodes below are what is inside a file, whose content its own bytes are. */
  isImage?: true
}

/**
 * Every byte of an image as a tree: regions, then owners, then directories and files. All nodes together add up to the
 * file. Images with one account in a report, such as an initrd, are told apart if the inventory knows what is inside.
 * @param open the image, for the sizes of files in owners. A saved report does not have them: its owners have nothing below.
 */
export function sizeTree(inventory: Inventory, open: OpenImage | undefined): SizeNode {
  const { image, attribution } = inventory
  const root = nodeOf(image.name, 'image')
  const inside = new Map(outermostInside(inventory).map((one) => [one.path, one]))
  const nodes = new Map<ByteString, Growing>()
  if (open === undefined) for (const account of attribution.accounts) addAccount(root, account, nodes)
  else {
    for (const sized of entrySizes(open, attribution.accounts)) addEntries(root, sized, open, inside, nodes)
    for (const account of attribution.accounts) {
      if (account.kind !== 'owner' && account.kind !== 'file') addAccount(root, account, nodes)
    }
  }
  for (const [path, { accounts, own }] of inside) {
    const node = nodes.get(path)
    // A file with several names has its bytes at all of them.
    if (node === undefined || node.own !== own || node.below.size > 0) continue
    node.own = 0
    for (const account of accounts) addBelow(node, account, account.name.slice(path.length + 1))
    node.isImage = true
  }
  return summedUp(root)
}

/** The images with one account that lie in no other such image. */
function outermostInside({ inside }: Inventory): NonNullable<Inventory['inside']>['images'] {
  const images = inside?.images ?? []
  const paths = new Set(images.map(({ path }) => path))
  const isInOther = (path: ByteString): boolean => {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      if (paths.has(path.slice(0, at))) return true
    }
    return false
  }
  return images.filter(({ path }) => !isInOther(path))
}

function nodeOf(name: ByteString, kind: SizeNodeKind): Growing {
  return { name, kind, own: 0, unpacked: 0, below: new Map() }
}

/** The node of a name below another; it is made if it is not there. */
function childOf(node: Growing, name: ByteString, kind: SizeNodeKind): Growing {
  const known = node.below.get(name)
  if (known !== undefined) return known
  const made = nodeOf(name, kind)
  node.below.set(name, made)
  return made
}

/** The node of a region. An image that is no disc is one region, which is the root itself. */
function regionOf(root: Growing, region: ByteString): Growing {
  return region === '/' ? root : childOf(root, region, 'region')
}

function addEntries(
  root: Growing,
  { open, path, own, accountOf, inner }: SizedEntries,
  outermost: OpenImage,
  inside: ReadonlyMap<ByteString, unknown>,
  nodes: Map<ByteString, Growing>,
): void {
  const { tree } = open.image
  const { ownerOf, isOwner, keyOf } = treeOwners(open, ownersIn(outermost).model)
  const pathOf = pathBuilder(tree, path)
  const tried = new Set(open.tried)
  const links = hardLinksOf(tree)
  /** Which account has counted the content of each hard-linked file. */
  const counted = new Map<number, Account | undefined>()
  const isDisc = open.outer === undefined && open.image.format.looksInside === 'files'
  const top = path === '' ? root : regionOf(root, path)
  const made: Growing[] = []
  /** By the first entry of each owner. */
  const ownerNodes = new Map<number, Growing>()
  /** Directories that hold entries of an owner although it does not own them, by owner and directory. */
  const shadows = new Map<string, Growing>()
  const shadowOf = (owner: number, directory: number): Growing => {
    if (directory === 0) return ownerNodes.get(owner)!
    const id = `${owner} ${directory}`
    const known = shadows.get(id)
    if (known !== undefined) return known
    const above = shadowOf(owner, tree.parents[directory]!)
    const node = childOf(above, tree.nameOf(directory), 'directory')
    shadows.set(id, node)
    return node
  }
  const place = (index: number): Growing => {
    if (index === 0) return isOwner[0] === 1 ? childOf(top, keyOf(tree.entry(0)), 'owner') : top
    const owner = ownerOf[index]!
    const parent = tree.parents[index]!
    const name = tree.nameOf(index)
    const kind = kindOf(tree.typeOf(index))
    if (isOwner[owner] === 1) {
      if (owner === index) {
        const key = keyOf(tree.entry(index))
        const node = childOf(regionNode(index), key, 'owner')
        ownerNodes.set(index, node)
        // A store path is its first entry. A package has that entry among its files.
        return isPackage(key) ? childOf(shadowOf(index, parent), name, kind) : node
      }
      return childOf(ownerOf[parent] === owner ? made[parent]! : shadowOf(owner, parent), name, kind)
    }
    const nested = inner.get(index)
    if (nested !== undefined) return regionOf(root, pathOf(index))
    if (isDisc && parent === 0) return regionOf(root, `/${name}`)
    return childOf(isOwner[ownerOf[parent]!] === 1 ? regionNode(index) : made[parent]!, name, kind)
  }
  /** The region of an entry: on a disc the entry at the top above it. */
  const regionNode = (index: number): Growing => {
    if (!isDisc) return top
    let at = index
    while (tree.parents[at] !== 0) at = tree.parents[at]!
    return regionOf(root, `/${tree.nameOf(at)}`)
  }
  for (let index = 0; index < tree.count; index += 1) {
    const node = place(index)
    made.push(node)
    if (node === root && isDisc) {
      const account = accountOf[index]
      if (account !== undefined) regionOf(root, account.region).own += own[index]!
    } else node.own += own[index]!
    if (tree.typeOf(index) === 'file' && !inner.has(index)) {
      const identity = tree.identities[index]!
      const isCounted = links.has(identity) && counted.has(identity) && counted.get(identity) === accountOf[index]
      if (!isCounted) node.unpacked += tree.sizes[index]!
      counted.set(identity, accountOf[index])
    }
    if (tried.has(index) && inside.has(pathOf(index))) nodes.set(pathOf(index), node)
  }
}

function kindOf(type: string): SizeNodeKind {
  return type === 'directory' || type === 'file' ? type : 'link'
}

/** Adds an account as a whole, by its path. */
function addAccount(root: Growing, account: Account, nodes: Map<ByteString, Growing>): void {
  const { name, region } = account
  const top = regionOf(root, region)
  if (isBesideTree(account) || name === region) {
    top.own += account.own
    top.unpacked += account.unpacked
    nodes.set(`/${name}`, top)
    return
  }
  const below =
    region !== '/' && name.startsWith(`${region}/`) ? name.slice(region.length + 1) : name.replace(/^\//, '')
  nodes.set(name, addBelow(top, account, below))
}

/** @param path of the account below the node; only accounts of entries have slashes in it */
function addBelow(node: Growing, { kind, name, owner, own, unpacked }: Account, path: ByteString): Growing {
  let at = node
  if (owner !== undefined) at = childOf(node, owner, 'owner')
  else if (kind === 'file') {
    const names = path.split('/').filter((name) => name !== '')
    // A directory that takes bytes has an account like a file, and comes before what is in it.
    for (const [index, name] of names.entries()) {
      if (at.kind === 'file') at.kind = 'directory'
      at = childOf(at, name, index === names.length - 1 ? 'file' : 'directory')
    }
  } else at = childOf(node, name, 'rest')
  at.own += own
  at.unpacked += unpacked
  return at
}

/** Adds the content bytes of all nodes up, and leaves out directories and regions that hold nothing. */
function summedUp(node: Growing): Growing {
  for (const [name, below] of node.below) {
    summedUp(below)
    const isHolder = below.kind === 'directory' || below.kind === 'region'
    if (isHolder && below.below.size === 0 && below.own === 0 && below.unpacked === 0) node.below.delete(name)
    if (node.isImage !== true) node.unpacked += below.unpacked
  }
  return node
}
