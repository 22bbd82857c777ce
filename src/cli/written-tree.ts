import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type ContentBudget, contentBudget } from '../../parsers/bytes/content-budget.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { atLimit } from '../../parsers/bytes/limits.ts'
import { formatError } from '../../parsers/bytes/source.ts'
import { type Entry, hardLinksOf } from '../../parsers/image.ts'
import type { Extracted, Extraction } from '../analyses/extraction.ts'
import type { OpenImage } from '../images/open-image.ts'
import { type Attributes, parentOf, pathBelow, Refusal, TreeWriter } from '../platform/node/tree-writer.ts'
import { printable } from '../present/text/printable.ts'
import { formatBytes, formatCount, plural } from '../present/units.ts'
import { UsageError } from './exit-codes.ts'
import { onInterruption } from './interruption.ts'
import { note, say } from './output.ts'
import { progressOf } from './progress.ts'
import { writeReason } from './write-file.ts'

/** After so many milliseconds of work we let the process see signals. */
const TURN = 50
/** Errors of the system after which no further file can be written. */
const FINAL_ERRORS: readonly string[] = ['ENOSPC', 'EDQUOT', 'EROFS']

/** The first name of a file, for its other names. */
interface FirstName {
  readonly path: ByteString
  readonly entry: Entry
}

/** Entries of an image as they are written to a directory. What cannot be written is told, and the rest goes on. */
export class WrittenTree {
  /** How many entries could not be written. */
  failures = 0
  readonly #extraction: Extraction
  readonly #top: string
  readonly #writer: TreeWriter
  readonly #budget: ContentBudget
  readonly #counts = { file: 0, directory: 0, other: 0, bytes: 0 }
  /** The first path of each file with several names, by image and identity. */
  readonly #firstNames = new Map<OpenImage, Map<number, FirstName>>()
  #withXattrs = 0
  /** Bytes of content so far, with those of holes. */
  #done = 0

  constructor(
    { reader: { limits }, file }: OpenImage,
    extraction: Extraction,
    options: { readonly output: string; readonly force?: boolean | undefined },
  ) {
    this.#extraction = extraction
    this.#top = options.output
    this.#writer = new TreeWriter(options.output, options.force === true)
    this.#budget = contentBudget(limits, file.size)
  }

  /** What would be written. It says why the rest would not. */
  *examined(): Generator<Extracted> {
    for (const extracted of this.#extraction.entries()) {
      const { path, entry } = extracted
      if (path !== '' && !this.#writer.has(parentOf(path))) continue
      try {
        refuseSpecial(entry)
        this.#writer.examine(path, entry.type === 'directory')
        yield extracted
      } catch (error) {
        this.#tell(path, error)
      }
    }
  }

  async write(): Promise<void> {
    const writer = this.#writer
    const settled = onInterruption(() => writer.discard())
    // Links alone have no content.
    const total = Math.max(this.#extraction.totalSize(), 1)
    const progress = progressOf('extracting')
    let turn = performance.now()
    const onPiece = async (): Promise<void> => {
      if (performance.now() - turn < TURN) return
      progress(Math.min(this.#done, total - 1), total)
      await setImmediate()
      turn = performance.now()
    }
    try {
      for (const extracted of this.#extraction.entries()) {
        const { path } = extracted
        // The directory was refused, with all that is below it.
        if (path !== '' && !writer.has(parentOf(path))) continue
        try {
          await this.#writeOne(extracted, onPiece)
        } catch (error) {
          this.#tell(path, error)
        }
        await onPiece()
      }
    } finally {
      writer.discard()
      writer.finishDirectories((path, error) => this.#tell(path, error))
      settled()
      progress(total, total)
    }
    if (this.#withXattrs > 0) {
      note(`${formatCount(this.#withXattrs)} of them have extended attributes, which are not written`)
    }
  }

  /** "12 files, 3 directories, 1 link or device: 1.2 MiB in out" */
  summary(): string {
    const { file, directory, other, bytes } = this.#counts
    const parts = [
      plural(file, 'file'),
      plural(directory, 'directory', 'directories'),
      ...(other === 0 ? [] : [plural(other, 'link or device', 'links or devices')]),
    ]
    return `${parts.join(', ')}: ${formatBytes(bytes, 'iec')} in ${printable(pathBelow(this.#top, ''))}`
  }

  async #writeOne({ path, open, entry, isOnTheWay }: Extracted, onPiece: () => Promise<void>): Promise<void> {
    const writer = this.#writer
    const attributes = attributesOf(open, entry)
    if (entry.type === 'directory') {
      writer.directory(path, isOnTheWay ? undefined : attributes)
      this.#counts.directory += 1
    } else if (entry.type === 'symlink') {
      writer.symlink(path, entry.target ?? '', attributes)
      this.#counts.other += 1
    } else if (!this.#link(path, open, entry)) {
      refuseSpecial(entry)
      if (entry.type === 'file') await this.#writeFile(path, open, entry, onPiece)
      else writer.special(path, mknodWords(entry), attributes)
      this.#counts[entry.type === 'file' ? 'file' : 'other'] += 1
      if (hardLinksOf(open.image.tree).has(entry.identity)) this.#namesIn(open).set(entry.identity, { path, entry })
    }
    if (open.image.xattrSet?.(entry) !== undefined) this.#withXattrs += 1
  }

  async #writeFile(path: ByteString, open: OpenImage, entry: Entry, onPiece: () => Promise<void>): Promise<void> {
    const { reader } = open
    const file = this.#writer.file(path)
    try {
      for (const piece of reader.pieces(entry)) {
        if (typeof piece === 'number') {
          file.skip(piece)
          this.#done += piece
        } else {
          this.#spend(open, piece.length)
          file.write(piece)
          this.#counts.bytes += piece.length
          this.#done += piece.length
        }
        await onPiece()
      }
      file.finish(attributesOf(open, entry))
    } finally {
      file.discard()
    }
  }

  /** Makes another name of a file that we wrote; false if it is none, or if the system has no such links. */
  #link(path: ByteString, open: OpenImage, entry: Entry): boolean {
    const first = this.#namesIn(open).get(entry.identity)
    // On a disc, several files may share one content.
    if (first === undefined || !hasSameAttributes(first.entry, entry)) return false
    try {
      this.#writer.link(path, first.path)
    } catch (error) {
      if (error instanceof Refusal) throw error
      return false
    }
    this.#counts[entry.type === 'file' ? 'file' : 'other'] += 1
    return true
  }

  #namesIn(open: OpenImage): Map<number, FirstName> {
    const known = this.#firstNames.get(open) ?? new Map()
    this.#firstNames.set(open, known)
    return known
  }

  /** Counts what we write: files may share content, so a small image can have far more than a disk takes. */
  #spend({ image, reader }: OpenImage, length: number): void {
    this.#budget.left -= length
    if (this.#budget.left >= 0) return
    throw formatError('LIMIT', 'too much content for an image of this size', image.source, {
      structure: 'content of files',
      offset: 0,
      ...atLimit(reader.limits, this.#budget.limit),
    })
  }

  /** Says why something was not written. @throws the error if nothing else can be written either */
  #tell(path: ByteString, error: unknown): void {
    const shown = printable(pathBelow(this.#top, path))
    const { code = '' } = error as NodeJS.ErrnoException
    if (error instanceof Refusal) say(`${shown}: ${error.message}`)
    else if (error instanceof FormatError) {
      if (error.facts.limit?.startsWith(`${this.#budget.limit}=`) === true) throw error
      say(`${shown}: is not written: ${error.message}`)
    } else if (code === '') throw error
    else {
      const reason = `${shown}: cannot be written: ${writeReason(error) ?? (error as Error).message}`
      if (path === '' || FINAL_ERRORS.includes(code)) throw new UsageError(reason)
      say(reason)
    }
    this.failures += 1
  }
}

/** The attributes of an entry. The parts of a program have no modes, so they get usual ones. */
function attributesOf({ image: { tree } }: OpenImage, { type, mode, uid, gid, mtime }: Entry): Attributes {
  if (mode !== 0 || tree.entry(0).mode !== 0) return { mode, uid, gid, mtime }
  return { mode: type === 'directory' ? 0o755 : 0o644, uid, gid, mtime }
}

function hasSameAttributes(a: Entry, b: Entry): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.mtime === b.mtime
}

/** @throws {Refusal} for what this user or this program cannot make */
function refuseSpecial({ type }: Entry): void {
  if (type === 'socket') throw new Refusal('is a socket, which only the program that listens on it can make')
  const isDevice = type === 'blockDevice' || type === 'charDevice'
  if (isDevice && process.getuid?.() !== 0) throw new Refusal('is a device, which only root can make')
}

/** The words of mknod(1) for a device or a named pipe. */
function mknodWords({ type, device }: Entry): readonly string[] {
  if (type === 'fifo') return ['p']
  return [type === 'blockDevice' ? 'b' : 'c', String(device?.major ?? 0), String(device?.minor ?? 0)]
}
