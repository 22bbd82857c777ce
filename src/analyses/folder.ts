import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { hardLinksOf } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { Account } from '../inventory/attribution.ts'
import type { FileFacts } from '../inventory/file-facts.ts'
import { entriesOf, type Owner } from '../owners/owner.ts'
import type { SizedPath } from './directory-rows.ts'

/** A directory with the sums of all below it, or a file. */
export interface Folder {
  /** The last part of its path; '' at the top. */
  readonly name: ByteString
  /** Bytes in the image file. Undefined if a saved report does not say. */
  readonly own: number | undefined
  readonly unpacked: number
  readonly files: number
  /** The key of the owner that it is the first entry of, where owners are not told apart further. */
  readonly owner?: ByteString
  /** The key of the owner that a file is one of, where the files of owners are told apart. */
  readonly partOf?: ByteString
  /** What is in it, by name, in the order of the image; undefined for a file. */
  readonly children: ReadonlyMap<ByteString, Folder> | undefined
  /** Of the top of an owner: where else in the image it is, and what it takes there. */
  readonly copies?: readonly { readonly name: ByteString; readonly own: number }[]
}

/** The bytes of a folder that are none of its entries' and copies': its inode and its names, in tables. */
export function ownAlone({ own = 0, children, copies = [] }: Folder): number {
  const inside = Array.from(children?.values() ?? [], (child) => child.own ?? 0)
  return [...inside, ...copies.map((copy) => copy.own)].reduce((rest, bytes) => rest - bytes, own)
}

/** A file or a directory without what is below it. */
interface Leaf {
  /** Names from the top down; none for the top itself. */
  readonly names: readonly ByteString[]
  readonly isFolder: boolean
  readonly own: number | undefined
  readonly unpacked: number
  readonly files: number
  readonly owner?: ByteString | undefined
  readonly partOf?: ByteString | undefined
}

/** The whole image, with an owner as one entry. It adds up to the image file, because accounts do. */
export function folderOfImage(accounts: readonly Account[]): Folder {
  return folderOf(
    accounts.map(({ kind, name, region, own, unpacked, files, owner }): Leaf => {
      const isPath = kind === 'owner' || kind === 'file'
      const names = isPath ? namesOf(name) : structureNames(name, region)
      return { names, isFolder: name.endsWith('/'), own, unpacked, files, owner }
    }),
  )
}

/**
 * The whole image with all its files, those of owners too, and what is no file.
 * @param accounts of the image
 */
export function folderOfPaths(paths: Iterable<SizedPath>, accounts: readonly Account[]): Folder {
  const leaves: Leaf[] = Array.from(paths, ({ path, own, unpacked, files, owner }) => {
    return { names: namesOf(path), isFolder: path.endsWith('/'), own, unpacked, files, partOf: owner }
  })
  for (const { kind, name, region, own, unpacked, files } of accounts) {
    if (kind === 'owner' || kind === 'file') continue
    leaves.push({ names: structureNames(name, region), isFolder: false, own, unpacked, files })
  }
  return folderOf(leaves)
}

/**
 * The files of an owner. Copies of it elsewhere in the image are beside them, so that all add up to what the owner takes.
 * @param ownIn the bytes of each entry of an image, by its index
 * @param elsewhere the accounts of its copies
 */
export function folderOfOwner(
  owner: Owner,
  ownIn: (open: OpenImage) => Float64Array,
  elsewhere: readonly Account[],
): Folder {
  const folder = folderOf(leavesOf(owner, ownIn))
  const copies = elsewhere.map(({ name, own: bytes }) => ({ name, own: bytes }))
  const sum = copies.reduce((bytes, copy) => bytes + copy.own, folder.own ?? 0)
  return copies.length === 0 ? folder : { ...folder, own: sum, copies }
}

function leavesOf(owner: Owner, ownIn: (open: OpenImage) => Float64Array): readonly Leaf[] {
  const met = new Set<readonly number[]>()
  return Array.from(entriesOf(owner), ({ open, entry, path }): Leaf => {
    const { tree } = open.image
    const names = namesOf(path)
    const sizes = { isFolder: entry.type === 'directory', own: ownIn(open)[entry.index]!, unpacked: 0, files: 0 }
    if (entry.type !== 'file') return { names, ...sizes }
    // A file with several names counts once.
    const list = hardLinksOf(tree).get(tree.identities[entry.index]!)
    const isAgain = list !== undefined && met.has(list)
    if (list !== undefined) met.add(list)
    return { names, ...sizes, unpacked: isAgain ? 0 : entry.size, files: isAgain ? 0 : 1 }
  })
}

/** The files of an owner as a saved report has them. */
export function folderOfFacts(facts: readonly FileFacts[]): Folder {
  return folderOf(
    facts.map(({ path, type, size }): Leaf => {
      const isFile = type === 'file'
      return {
        names: namesOf(path),
        isFolder: type === 'directory',
        own: undefined,
        unpacked: size,
        files: isFile ? 1 : 0,
      }
    }),
  )
}

/** A file or directory below a folder, and its path from there. */
export interface FoundFolder {
  readonly path: ByteString
  readonly folder: Folder
}

/** All files below a folder. */
export function filesIn(folder: Folder): readonly FoundFolder[] {
  const found: FoundFolder[] = []
  const stack: FoundFolder[] = [{ path: '', folder }]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { children } = at.folder
    if (children === undefined) found.push(at)
    for (const [name, child] of children ?? []) {
      stack.push({ path: at.path === '' ? name : `${at.path}/${name}`, folder: child })
    }
  }
  return found
}

/** All below a folder whose name passes a test, without what lies in a directory that passes: so the sizes add up. */
export function foundIn(folder: Folder, test: (name: ByteString) => boolean): readonly FoundFolder[] {
  const found: FoundFolder[] = []
  const stack: FoundFolder[] = [{ path: '', folder }]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    for (const [name, child] of at.folder.children ?? []) {
      const below = { path: at.path === '' ? name : `${at.path}/${name}`, folder: child }
      if (test(name)) found.push(below)
      else stack.push(below)
    }
  }
  return found
}

/** The directory, in each region, of what is no file. */
const STRUCTURES = '[tables and padding]'

/** Where we show a structure: with the others of its region, which may have a name instead of a path. */
function structureNames(name: ByteString, region: ByteString): readonly ByteString[] {
  if (name === region) return [`[${name}]`]
  return region.startsWith('/') ? [...namesOf(region), STRUCTURES, name] : [region, name]
}

function namesOf(path: ByteString): readonly ByteString[] {
  return path.split('/').filter((name) => name !== '')
}

/** A folder while we add leaves to it. */
interface Growing extends Folder {
  own: number | undefined
  unpacked: number
  files: number
  owner?: ByteString
  partOf?: ByteString
  children: Map<ByteString, Growing> | undefined
}

function folderOf(leaves: readonly Leaf[]): Folder {
  const top = growing('', leaves[0]?.own !== undefined || leaves.length === 0)
  for (const { names, isFolder, own, unpacked, files, owner, partOf } of leaves) {
    let at = top
    for (let depth = 0; ; depth += 1) {
      at.own = at.own === undefined || own === undefined ? undefined : at.own + own
      at.unpacked += unpacked
      at.files += files
      const name = names[depth]
      if (name === undefined) break
      at.children ??= new Map()
      let next = at.children.get(name)
      if (next === undefined) {
        next = growing(name, own !== undefined)
        at.children.set(name, next)
      }
      at = next
    }
    if (isFolder) at.children ??= new Map()
    if (owner !== undefined) at.owner = owner
    if (partOf !== undefined) at.partOf = partOf
  }
  return top
}

function growing(name: ByteString, isKnown: boolean): Growing {
  return { name, own: isKnown ? 0 : undefined, unpacked: 0, files: 0, children: undefined }
}
