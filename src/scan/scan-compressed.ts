import { nextTurn } from '#platform/next-turn'
import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type ContentBudget, contentBudget } from '../../parsers/bytes/content-budget.ts'
import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import { atLimit } from '../../parsers/bytes/limits.ts'
import { RangeList } from '../../parsers/bytes/range-list.ts'
import { type ByteSource, formatError } from '../../parsers/bytes/source.ts'
import { detectCompression } from '../../parsers/codecs/compression.ts'
import type { Entry, Image, StoredRun } from '../../parsers/image.ts'
import { contentSource } from '../images/content-reader.ts'
import type { OpenImage } from '../images/open-image.ts'
import { entriesInside } from '../owners/entries-inside.ts'
import type { Mention, MentionPlace } from '../owners/mentions.ts'
import { HASH_LENGTH, ReferenceScanner, ReferenceStream } from '../owners/nix/reference-scanner.ts'
import { entriesOf, notReadInFull, type Owner } from '../owners/owner.ts'
import { keysByHash } from './keys-by-hash.ts'
import type { ReferenceScan } from './scan-references.ts'
import { firstIn } from './scan-texts.ts'

/**
 * What a search of compressed content finds. Neither Nix nor `scanReferences` looks into it. There is one mention for
 * each owner and each other owner that it mentions. Its path leads into an image in a file: "initrd/init".
 */
export interface CompressedScan extends ReferenceScan {
  /** The files that are compressed as a whole, and those that hold compressed content. */
  readonly files: readonly CompressedFile[]
}

/** A file of an owner with compressed content. */
export interface CompressedFile {
  readonly owner: ByteString
  /** Path inside the owner; '' for the owner itself. */
  readonly path: ByteString
  /** Where its compressed bytes lie, as [start, end), ascending. A hash in them stands there by chance. */
  readonly ranges: readonly (readonly [start: number, end: number])[]
}

/** Receives a hash by its number, and where it stands. */
type Note = (hash: number, place: MentionPlace) => void

/**
 * Unpacks all compressed files of owners, such as initrds, kernels, modules (.ko.xz) and documentation (.gz), and
 * searches their contents for the hashes of all owners. In images that come out of them it also searches names and
 * symlink targets, at every depth.
 * @param open the outermost image, whose size bounds how much we unpack
 */
export async function scanCompressed(
  open: OpenImage,
  owners: ReadonlyMap<ByteString, Owner>,
  progress?: (done: number, total: number) => void,
): Promise<CompressedScan> {
  const keys = keysByHash(owners.values())
  const hashes = [...keys.keys()]
  const mentions: Mention[] = []
  const files: CompressedFile[] = []
  const failures: ReferenceScan['failures'][number][] = []
  if (hashes.length === 0) return { mentions, files, failures }
  const scanner = new ReferenceScanner(hashes)
  const budget = contentBudget(open.reader.limits, open.file.size)
  let done = 0
  for (const owner of owners.values()) {
    const first = new Map<number, MentionPlace>()
    const search = new Search(scanner, budget, (path, error) => {
      failures.push({ owner: owner.key, error: notReadInFull(owner, path, error) })
    })
    for (const { entry, path } of entriesOf(owner)) {
      if (entry.type !== 'file') continue
      const packed = search.file(owner.open, entry, path, (hash, place) => {
        if (!first.has(hash)) first.set(hash, place)
      })
      const ranges = [...packed.ranges()]
      if (ranges.length > 0) files.push({ owner: owner.key, path, ranges })
    }
    for (const [hash, place] of first) {
      for (const to of keys.get(hashes[hash]!)!) mentions.push({ from: owner.key, to, ...place })
    }
    done += 1
    progress?.(done, owners.size)
    // Lets the process handle signals.
    await nextTurn()
  }
  return { mentions, files, failures }
}

/** Searches the compressed content of files. */
class Search {
  readonly #scanner: ReferenceScanner
  readonly #budget: ContentBudget
  readonly #fail: (path: ByteString, error: FormatError) => void

  constructor(scanner: ReferenceScanner, budget: ContentBudget, fail: (path: ByteString, error: FormatError) => void) {
    this.#scanner = scanner
    this.#budget = budget
    this.#fail = fail
  }

  /** @returns where the compressed bytes of a file lie */
  file(open: OpenImage, entry: Entry, path: ByteString, note: Note): RangeList {
    const known = open.nestedProblems.length
    const nested = open.nested(entry)
    const problems = open.nestedProblems.slice(known)
    for (const problem of problems) this.#fail(path, problem)
    if (nested !== undefined) return this.#image(nested, path, note)
    if (problems.length > 0) return new RangeList()
    try {
      return this.#stream(open, contentSource(open.reader, entry), path, note)
    } catch (error) {
      this.#fail(path, asFormatError(error))
      return new RangeList()
    }
  }

  /** Searches what is compressed in an image: everything, if the image comes out of a compressed file. */
  #image(open: OpenImage, imagePath: ByteString, note: Note): RangeList {
    const { image, problems } = open
    const { source } = image
    if (!problems.complete) for (const problem of problems.warnings) this.#fail(imagePath, problem)
    const isUnpacked = source.origin.kind === 'stream'
    const ranges = isUnpacked ? compressedBlocks(image) : new RangeList()
    const base = isUnpacked ? undefined : offsetIn(open.file, source)
    for (const { entry, path } of entriesInside(open, imagePath)) {
      if (isUnpacked) {
        this.#text(entry.name, { path, kind: 'name' }, note)
        if (entry.target !== undefined) this.#text(entry.target, { path, kind: 'target' }, note)
      }
      if (entry.type !== 'file') continue
      const inner = this.file(open, entry, path, note)
      try {
        const runs = [...image.runs(entry)]
        const packed = runs.filter(({ codec }) => codec !== 'stored' && codec !== 'hole')
        if (isUnpacked || packed.length > 0) this.#content(open, entry, path, note)
        if (base === undefined) continue
        for (const { offset, storedLength } of packed) ranges.add(base + offset, storedLength)
        addStored(ranges, runs, inner, base)
      } catch (error) {
        this.#fail(path, asFormatError(error))
      }
    }
    return ranges
  }

  #text(text: ByteString, place: Omit<MentionPlace, 'offset'>, note: Note): void {
    if (text.length < HASH_LENGTH) return
    for (const { hash, offset } of firstIn(text, this.#scanner)) note(hash, { ...place, offset })
  }

  #content({ reader }: OpenImage, entry: Entry, path: ByteString, note: Note): void {
    const stream = new ReferenceStream(this.#scanner, (hash, offset) => note(hash, { path, kind: 'content', offset }))
    for (const chunk of reader.chunks(entry)) stream.push(chunk)
  }

  /** Searches what a file is compressed from. A file that only begins like a compressed one is none. */
  #stream({ reader }: OpenImage, source: ByteSource, path: ByteString, note: Note): RangeList {
    const ranges = new RangeList()
    const decompress = detectCompression(source)?.decompress
    if (decompress === undefined || this.#budget.left < 0) return ranges
    let stored = 0
    const block = (length: number, unpacked: number): void => {
      // Headers and trailers become nothing.
      if (unpacked > 0) ranges.add(stored, length)
      stored += length
    }
    const stream = new ReferenceStream(this.#scanner, (hash, offset) => note(hash, { path, kind: 'content', offset }))
    let length = 0
    try {
      for (const piece of decompress(source, { block })) {
        length += piece.length
        this.#budget.left -= piece.length
        if (this.#budget.left < 0) {
          throw formatError('LIMIT', 'too much content for an image of this size; no other file is unpacked', source, {
            structure: 'compressed stream',
            offset: 0,
            ...atLimit(reader.limits, this.#budget.limit),
          })
        }
        stream.push(piece)
      }
    } catch (error) {
      if (length > 0) this.#fail(path, asFormatError(error))
    }
    return length > 0 ? ranges : new RangeList()
  }
}

/** The compressed blocks of the file that an image is unpacked from. */
function compressedBlocks({ source: { origin } }: Image): RangeList {
  const ranges = new RangeList()
  if (origin.kind !== 'stream') return ranges
  const { count, isStored, storedStarts, unpackedStarts } = origin.blocks
  for (let block = 0; block < count; block += 1) {
    const isEmpty = unpackedStarts[block] === unpackedStarts[block + 1]
    const start = storedStarts[block]!
    if (isStored[block] === 0 && !isEmpty) ranges.add(start, storedStarts[block + 1]! - start)
  }
  return ranges
}

/** Where an image begins in its file; undefined if its bytes come from elsewhere. */
function offsetIn(file: ByteSource, source: ByteSource): number | undefined {
  if (source === file) return 0
  const { origin } = source
  return origin.kind === 'slice' && origin.source === file ? origin.offset : undefined
}

/**
 * Adds where ranges of a file's content lie, as far as the content is stored.
 * @param base where the image of the file begins
 */
function addStored(ranges: RangeList, runs: readonly StoredRun[], content: RangeList, base: number): void {
  let at = 0
  for (const { codec, offset, skip, length } of runs) {
    for (const [start, end] of codec === 'stored' ? content.ranges() : []) {
      const from = Math.max(start, at)
      ranges.add(base + offset + skip + from - at, Math.min(end, at + length) - from)
    }
    at += length
  }
}
