import type { ListedEntry } from '../../analyses/listing.ts'
import { jsonText } from '../json/json-text.ts'
import { printable } from '../text/printable.ts'

/** A folder that we are writing: a directory, or an image inside the image. */
interface Folder {
  readonly path: string
  /** The bytes that an image inside takes; undefined for a directory, which takes the bytes of its entries. */
  readonly stored: number | undefined
  /** Bytes of its entries so far. */
  sum: number
}

/** Facts about the image as a whole. */
export interface NcduFacts {
  readonly name: string
  /** Bytes of the image file. */
  readonly size: number
  /** Parts of the file around the image. */
  readonly around: readonly { readonly name: string; readonly own: number }[]
  readonly version: string
  /** Seconds since 1970. */
  readonly timestamp: number
  /** Parts of the image beside its tree, such as a boot image that no file holds, and the bytes of each. */
  readonly besideTree: readonly { readonly name: string; readonly own: number }[]
}

/**
 * The files of an image in the format of `ncdu -f` (ncdu's "JSON export format", version 1.2): stored bytes as disk
 * usage, content bytes as apparent size. Bytes that belong to no file (parts beside the tree, tables, padding) are
 * entries in brackets, so that all disk usage adds up to the file. Each name of a hard-linked file has all of its bytes
 * and the same `ino`. Therefore ncdu counts it once in every folder that has one of its names.
 * @param entries depth first
 */
export function* ncduExport(entries: Iterable<ListedEntry>, facts: NcduFacts): Generator<string> {
  const { name, size, around, version, timestamp, besideTree } = facts
  yield `[1,2,${jsonText({ progname: 'isoscope', progver: version, timestamp })},\n[${jsonText({ name: printableName(name) })}`
  const open: Folder[] = [{ path: '', stored: size, sum: 0 }]
  /** Numbers of the hard-linked files so far, by their lists of names, which are the same list for each name. */
  const inodes = new Map<readonly number[], number>()
  /** Hard-linked files that are folders here. A folder has no second name, and we count its content. */
  const folders = new Set<readonly number[]>()
  for (const part of around) {
    yield `,\n${jsonText({ name: `[${printable(part.name)}]`, asize: 0, dsize: part.own, notreg: true })}`
    open[0]!.sum += part.own
  }
  const close = function* (): Generator<string> {
    const { stored, sum } = open.pop()!
    const rest = stored === undefined ? 0 : stored - sum
    if (rest > 0) yield `,\n${jsonText({ name: '[tables and padding]', asize: 0, dsize: rest, notreg: true })}`
    yield ']'
    const above = open.at(-1)
    if (above !== undefined) above.sum += stored ?? sum
  }
  let entry: ListedEntry | undefined
  for (const next of withEnd(entries)) {
    if (entry !== undefined) {
      while (open.length > 1 && !entry.path.startsWith(`${open.at(-1)!.path}/`)) yield* close()
      const base = printable(entry.path.slice(entry.path.lastIndexOf('/') + 1))
      const isImage = entry.entered !== undefined && next?.path.startsWith(`${entry.path}/`) === true
      const { type, size } = entry.entry
      if (type === 'directory' || isImage) {
        yield `,\n[${jsonText({ name: base })}`
        open.push({ path: entry.path, stored: isImage ? entry.storedOfFile() : undefined, sum: 0 })
        const links = entry.links()
        if (isImage && links !== undefined) folders.add(links)
      } else if (type !== 'file') {
        yield `,\n${jsonText({ name: base, asize: 0, dsize: 0, notreg: true })}`
      } else {
        const links = entry.links()
        if (links !== undefined && folders.has(links)) {
          yield `,\n${jsonText({ name: base, asize: 0, dsize: 0 })}`
        } else {
          const isCounted = links !== undefined && inodes.has(links)
          const stored = entry.storedOfFile()
          yield `,\n${jsonText({ name: base, asize: size, dsize: stored, ...linkFacts(links, inodes) })}`
          if (!isCounted) open.at(-1)!.sum += stored
        }
      }
    }
    entry = next
  }
  while (open.length > 1) yield* close()
  for (const { name: part, own } of besideTree) {
    yield `,\n${jsonText({ name: `[${printable(part)}]`, asize: own, dsize: own, notreg: true })}`
    open[0]!.sum += own
  }
  yield* close()
  yield ']\n'
}

/** The fields that tell ncdu which names belong to one file. */
function linkFacts(
  links: readonly number[] | undefined,
  inodes: Map<readonly number[], number>,
): { readonly ino?: number; readonly nlink?: number; readonly hlnkc?: boolean } {
  if (links === undefined) return {}
  const ino = inodes.get(links) ?? inodes.size + 1
  inodes.set(links, ino)
  return { ino, nlink: links.length, hlnkc: true }
}

function* withEnd<T>(items: Iterable<T>): Generator<T | undefined> {
  yield* items
  yield undefined
}

function printableName(name: string): string {
  return name === '' ? '/' : name
}
