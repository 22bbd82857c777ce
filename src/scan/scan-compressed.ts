import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError } from '../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import { detectCompression } from '../../parsers/codecs/compression.ts'
import { type Entry, type Image, pathBuilder } from '../../parsers/image.ts'
import { contentSource } from '../images/content-reader.ts'
import type { OpenImage } from '../images/open-image.ts'
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
  /** The offset of its first compressed byte. A hash behind it stands there by chance. */
  readonly start: number
}

/** Receives a hash by its number, and where it stands. */
type Note = (hash: number, place: MentionPlace) => void

/**
 * Unpacks all compressed files of owners, such as initrds, kernels, modules (.ko.xz) and documentation (.gz), and
 * searches their contents for the hashes of all owners. It also searches images in files: their names, symlink
 * targets and contents, at every depth.
 */
export async function scanCompressed(
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
  let done = 0
  for (const owner of owners.values()) {
    const first = new Map<number, MentionPlace>()
    const search = new Search(scanner, (path, error) => {
      failures.push({ owner: owner.key, error: notReadInFull(owner, path, asFormatError(error)) })
    })
    for (const { entry, path } of entriesOf(owner)) {
      if (entry.type !== 'file') continue
      const start = search.file(owner.open, entry, path, (hash, place) => {
        if (!first.has(hash)) first.set(hash, place)
      })
      if (start !== undefined) files.push({ owner: owner.key, path, start })
    }
    for (const [hash, place] of first) {
      for (const to of keys.get(hashes[hash]!)!) mentions.push({ from: owner.key, to, ...place })
    }
    done += 1
    progress?.(done, owners.size)
    // Lets the process handle signals.
    await setImmediate()
  }
  return { mentions, files, failures }
}

/** Searches the compressed content of files. */
class Search {
  readonly #scanner: ReferenceScanner
  readonly #fail: (path: ByteString, error: unknown) => void

  constructor(scanner: ReferenceScanner, fail: (path: ByteString, error: unknown) => void) {
    this.#scanner = scanner
    this.#fail = fail
  }

  /** @returns the offset of the first compressed byte of a file; undefined if none of its content is compressed */
  file(open: OpenImage, entry: Entry, path: ByteString, note: Note): number | undefined {
    const nested = open.nested(entry)
    if (nested !== undefined) return this.#image(nested, path, note)
    try {
      return this.#stream(open, contentSource(open.reader, entry), path, note)
    } catch (error) {
      this.#fail(path, error)
      return undefined
    }
  }

  /** Searches everything in an image. */
  #image(open: OpenImage, imagePath: ByteString, note: Note): number | undefined {
    const { image, reader } = open
    const { tree } = image
    let start = compressedStart(image)
    const starts = (offset: number): void => {
      start = Math.min(start ?? offset, offset)
    }
    const inImage = pathBuilder(tree, imagePath)
    // An owner may be the image itself.
    const pathOf = (index: number): ByteString => (imagePath === '' ? inImage(index).slice(1) : inImage(index))
    for (let index = 1; index < tree.count; index += 1) {
      const entry = tree.entry(index)
      const path = pathOf(index)
      this.#text(entry.name, { path, kind: 'name' }, note)
      if (entry.target !== undefined) this.#text(entry.target, { path, kind: 'target' }, note)
      if (entry.type !== 'file') continue
      const inner = this.file(open, entry, path, note)
      try {
        for (const { codec, offset, skip } of image.runs(entry)) {
          if (codec !== 'stored' && codec !== 'hole') starts(offset)
          else if (inner !== undefined) starts(offset + skip + inner)
          break
        }
        const stream = new ReferenceStream(this.#scanner, (hash, offset) =>
          note(hash, { path, kind: 'content', offset }),
        )
        for (const chunk of reader.chunks(entry)) stream.push(chunk)
      } catch (error) {
        this.#fail(path, error)
      }
    }
    return start
  }

  #text(text: ByteString, place: Omit<MentionPlace, 'offset'>, note: Note): void {
    if (text.length < HASH_LENGTH) return
    for (const { hash, offset } of firstIn(text, this.#scanner)) note(hash, { ...place, offset })
  }

  /** Searches what a file is compressed from. A file that only begins like a compressed one is none. */
  #stream({ reader }: OpenImage, source: ByteSource, path: ByteString, note: Note): number | undefined {
    const decompress = detectCompression(source)?.decompress
    if (decompress === undefined) return undefined
    const stream = new ReferenceStream(this.#scanner, (hash, offset) => note(hash, { path, kind: 'content', offset }))
    let length = 0
    try {
      for (const piece of decompress(source)) {
        length += piece.length
        reader.spend(piece.length, 0)
        stream.push(piece)
      }
    } catch (error) {
      if (length > 0) this.#fail(path, error)
    }
    return length > 0 ? 0 : undefined
  }
}

/** The offset of the first byte of the file of an image that is compressed; undefined if the image is stored as it is. */
function compressedStart({ source }: Image): number | undefined {
  const { origin } = source
  if (origin.kind !== 'stream') return undefined
  const { count, isStored, storedStarts } = origin.blocks
  for (let block = 0; block < count; block += 1) if (isStored[block] === 0) return storedStarts[block]
  return undefined
}
