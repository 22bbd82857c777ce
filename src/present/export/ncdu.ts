import type { ListedEntry } from '../../analyses/listing.ts'
import { jsonText } from '../json/json-text.ts'
import { printable } from '../text/printable.ts'

/** A folder whose entries are being written: a directory, or an image inside the image. */
interface Folder {
  readonly path: string
  /** Of an image inside: the bytes it takes; undefined of a directory, which takes what is in it. */
  readonly stored: number | undefined
  /** Bytes of what is in it. */
  sum: number
}

/** What is said of the export itself. */
export interface NcduFacts {
  readonly name: string
  /** Bytes of the image file. */
  readonly size: number
  /** What lies around the image in its file. */
  readonly around: readonly { readonly name: string; readonly own: number }[]
  readonly version: string
  /** Seconds since 1970. */
  readonly timestamp: number
}

/**
 * The files of an image as `ncdu -f` reads them (ncdu's "JSON export format", version 1.2): stored bytes as disk usage,
 * content bytes as apparent size. What belongs to no file (tables, padding) is an entry in brackets, so that the disk
 * usage of all adds up to the file.
 * @param entries depth first
 */
export function* ncduExport(entries: Iterable<ListedEntry>, facts: NcduFacts): Generator<string> {
  const { name, size, around, version, timestamp } = facts
  yield `[1,2,${jsonText({ progname: 'isoscope', progver: version, timestamp })},\n[${jsonText({ name: printableName(name) })}`
  const open: Folder[] = [{ path: '', stored: size, sum: 0 }]
  for (const part of around) {
    yield `,\n${jsonText({ name: `[${part.name}]`, asize: 0, dsize: part.own, notreg: true })}`
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
      const isImage = entry.entry.type === 'file' && next?.path.startsWith(`${entry.path}/`) === true
      if (entry.entry.type === 'directory' || isImage) {
        yield `,\n[${jsonText({ name: base })}`
        open.push({ path: entry.path, stored: isImage ? entry.stored() : undefined, sum: 0 })
      } else {
        const stored = entry.stored()
        const notreg = entry.entry.type === 'file' ? {} : { notreg: true }
        const asize = entry.entry.type === 'file' ? entry.entry.size : 0
        yield `,\n${jsonText({ name: base, asize, dsize: stored, ...notreg })}`
        open.at(-1)!.sum += stored
      }
    }
    entry = next
  }
  while (open.length > 0) yield* close()
  yield ']\n'
}

function* withEnd<T>(items: Iterable<T>): Generator<T | undefined> {
  yield* items
  yield undefined
}

function printableName(name: string): string {
  return name === '' ? '/' : name
}
