import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import { LargestFirst } from './largest-first.ts'

/** The bytes of a file, or of a directory without what is below it. */
export interface SizedPath {
  /** From the top of the image, with a slash at the beginning. */
  readonly path: ByteString
  readonly own: number
  /** Content bytes of regular files. */
  readonly unpacked: number
  readonly files: number
  /** The other paths of a hard-linked file. */
  readonly otherNames?: readonly ByteString[] | undefined
  /** The key of its owner; undefined for none. */
  readonly owner?: ByteString | undefined
}

/** A directory with all below it, a file, or what is left of a directory beside other rows. */
export interface DirectoryRow extends SizedPath {
  /** Whether it is a directory, or the rest of one. */
  readonly isDirectory: boolean
  /** The entries of the directory that have no row of their own, if others of them have. */
  readonly more: number | undefined
}

/** The files of an image as a tree. */
export interface PathTree {
  readonly path: ByteString
  own: number
  unpacked: number
  files: number
  otherNames?: readonly ByteString[] | undefined
  /** By name; undefined for a file. */
  below: Map<ByteString, PathTree> | undefined
}

/** Sums up paths by their directories. */
export function pathTree(paths: Iterable<SizedPath>): PathTree {
  const top = nodeAt('')
  for (const { path, own, unpacked, files, otherNames } of paths) {
    let at = top
    let end = 0
    for (;;) {
      at.own += own
      at.unpacked += unpacked
      at.files += files
      const start = end + 1
      if (start >= path.length) {
        at.otherNames = otherNames
        break
      }
      const slash = path.indexOf('/', start)
      end = slash < 0 ? path.length : slash
      at.below ??= new Map()
      const name = path.slice(start, end)
      let next = at.below.get(name)
      if (next === undefined) {
        next = nodeAt(path.slice(0, end))
        at.below.set(name, next)
      }
      at = next
    }
  }
  return top
}

function nodeAt(path: ByteString): PathTree {
  return { path, own: 0, unpacked: 0, files: 0, below: undefined }
}

/** A row that may still be split: a node, less those of its entries that have rows of their own. */
interface Part {
  readonly node: PathTree
  /** Its entries, largest first, from `next` on. */
  readonly children: readonly PathTree[]
  readonly next: number
  readonly own: number
  readonly unpacked: number
  readonly files: number
}

/** The bytes of directories without their entries. */
export const DIRECTORIES = '[directories]'

/**
 * Rows that cover an image: about as many as asked for, largest first. We take the largest entry out of the row where that
 * tells most, again and again. So no row hides an entry that is larger than those with rows, and the rows add up. But a
 * directory below the top stays one row if all rows together could show little of it: 300 files of equal sizes. What
 * directories take themselves is one row, if all of their entries have rows.
 * @param count of rows; 0 for one for each file
 */
export function directoryRows(tree: PathTree, count: number): readonly DirectoryRow[] {
  const whole: Part[] = []
  const toSplit = new LargestFirst<Part>()
  const directories = { own: 0, unpacked: 0, files: 0 }
  const most = count === 0 ? Number.POSITIVE_INFINITY : count
  const add = (part: Part): void => {
    const isTop = part.node === tree
    if (part.next < part.children.length && (part.next > 0 || isTop || tellsEnough(part, most)))
      toSplit.push(part, gainOf(part))
    else whole.push(part)
  }
  add(partOf(tree))
  while (whole.length + toSplit.size < most) {
    const part = toSplit.pop()
    if (part === undefined) break
    const { node, children, next } = part
    const child = children[next]!
    const own = part.own - child.own
    const unpacked = part.unpacked - child.unpacked
    const files = part.files - child.files
    add(partOf(child))
    if (next + 1 < children.length) add({ node, children, next: next + 1, own, unpacked, files })
    else {
      directories.own += own
      directories.unpacked += unpacked
      directories.files += files
    }
  }
  for (let part = toSplit.pop(); part !== undefined; part = toSplit.pop()) whole.push(part)
  const rows = whole.map(({ node, children, next, own, unpacked, files }): DirectoryRow => {
    const isDirectory = node.below !== undefined
    const more = next === 0 ? undefined : children.length - next
    const { path, otherNames } = node
    return { path: path === '' ? '/' : path, own, unpacked, files, otherNames, isDirectory, more }
  })
  if (directories.own > 0) rows.push({ path: DIRECTORIES, ...directories, isDirectory: true, more: undefined })
  return rows.sort((a, b) => b.own - a.own || (a.path < b.path ? -1 : 1))
}

/** What a row is called: "/usr/lib/", "/usr/lib/[3 more]", "/usr/lib/libc.so". */
export function directoryRowName({ path, isDirectory, more }: DirectoryRow): ByteString {
  if (path === DIRECTORIES) return path
  const top = path === '/' ? '' : path
  return more === undefined ? `${top}${isDirectory ? '/' : ''}` : `${top}/[${more} more]`
}

/** The share of a directory from which on an entry is the same to a reader as the directory. */
const NEARLY_ALL = 0.9

/** The least share of a directory that rows of its entries have to show. */
const TELLS_ENOUGH = 0.25

/** Whether as many of a directory's entries as there are rows are a good part of it. */
function tellsEnough({ children, own }: Part, rows: number): boolean {
  if (children.length <= rows) return true
  return children.slice(0, rows).reduce((sum, child) => sum + child.own, 0) >= TELLS_ENOUGH * own
}

/** The bytes of the entry that a split would show. If that entry is nearly all, its own split counts instead. */
function gainOf({ children, next, own }: Part): number {
  const child = children[next]!
  if (next > 0 || child.own < NEARLY_ALL * own) return child.own
  const below = partOf(child)
  return below.children.length === 0 ? 0 : gainOf(below)
}

/** We look ahead through a chain of directories at each of them, so each is sorted once. */
const partOf = oncePer((node: PathTree): Part => {
  const children = [...(node.below?.values() ?? [])].sort((a, b) => b.own - a.own || (a.path < b.path ? -1 : 1))
  const { own, unpacked, files } = node
  return { node, children, next: 0, own, unpacked, files }
})
