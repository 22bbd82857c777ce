import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import type { ContentReader } from '../images/content-reader.ts'
import { HASH_LENGTH, ReferenceScanner, ReferenceStream } from './nix/reference-scanner.ts'
import { entriesOf, notReadInFull, type OwnedEntry, type Owner } from './owner.ts'

/** A place in an owner that contains a hash. */
export interface MentionPlace {
  /** Path inside the owner; '' for the owner itself. */
  readonly path: ByteString
  readonly kind: 'target' | 'content' | 'name'
  /** Byte offset of the first occurrence in the symlink's target, the content or the name. */
  readonly offset: number
}

/** A place where one owner mentions another. */
export interface Mention extends MentionPlace {
  /** Keys of the owner that contains the hash, and of the one that the hash belongs to. */
  readonly from: ByteString
  readonly to: ByteString
}

/** A place and its hash. */
export interface HashPlace extends MentionPlace {
  readonly hash: ByteString
}

/** The kinds of places, from the one that says most and is cheapest to search to the one that says least. */
export const KINDS: readonly MentionPlace['kind'][] = ['target', 'content', 'name']

/** Receives the error of each content that we cannot read. */
export type ReadFailure = (error: FormatError) => void

/**
 * Finds the first place of each hash in an owner. It searches symlink targets first, then contents, then names,
 * each kind in the order of a NAR. It stops reading contents once it has all hashes, and skips a content that it cannot
 * read.
 * @param hashes distinct, of 32 characters each
 */
export function firstMentions(
  owner: Owner,
  hashes: readonly ByteString[],
  failed: ReadFailure,
): ReadonlyMap<ByteString, MentionPlace> {
  return firstMentionsIn(entriesOf(owner), owner.open.reader, hashes, (path, error) =>
    failed(notReadInFull(owner, path, error)),
  )
}

/** The same for any entries of an image. */
export function firstMentionsIn(
  owned: Iterable<OwnedEntry>,
  reader: ContentReader,
  hashes: readonly ByteString[],
  failed: (path: ByteString, error: FormatError) => void,
): ReadonlyMap<ByteString, MentionPlace> {
  const found = new Map<ByteString, MentionPlace>()
  let missing = hashes
  const keep = (places: readonly HashPlace[]): void => {
    if (places.length === 0) return
    for (const { hash, ...place } of places) found.set(hash, place)
    missing = missing.filter((hash) => !found.has(hash))
  }
  const entries = [...owned]
  for (const { entry, path } of entries) keep(inText(entry.target, { path, kind: 'target' }, missing))
  let scanner = new ReferenceScanner(missing)
  for (const entry of entries) {
    if (missing.length === 0) return found
    const places = inContent(reader, entry, missing, scanner, failed)
    keep(places)
    if (places.length > 0) scanner = new ReferenceScanner(missing)
  }
  for (const { entry, path } of entries) {
    // A NAR does not contain the name of the store path itself.
    if (path !== '') keep(inText(entry.name, { path, kind: 'name' }, missing))
  }
  return found
}

/**
 * Finds hashes in the contents and symlink targets of an owner: the first occurrence of each in each file, in the
 * order of a NAR. It does not search names, as `nix why-depends --precise` does not. It skips a content that it cannot
 * read.
 * @param hashes 32 characters each
 */
export function* mentionsIn(owner: Owner, hashes: readonly ByteString[], failed: ReadFailure): Generator<HashPlace> {
  const scanner = new ReferenceScanner(hashes)
  for (const entry of entriesOf(owner)) {
    yield* inText(entry.entry.target, { path: entry.path, kind: 'target' }, hashes)
    yield* inContent(owner.open.reader, entry, hashes, scanner, (path, error) =>
      failed(notReadInFull(owner, path, error)),
    )
  }
}

function inText(
  text: ByteString | undefined,
  place: Omit<MentionPlace, 'offset'>,
  hashes: readonly ByteString[],
): HashPlace[] {
  if (text === undefined || text.length < HASH_LENGTH) return []
  return hashes.flatMap((hash) => {
    const offset = text.indexOf(hash)
    return offset < 0 ? [] : { ...place, offset, hash }
  })
}

/** @param scanner looks for `hashes` */
function inContent(
  reader: ContentReader,
  { entry, path }: OwnedEntry,
  hashes: readonly ByteString[],
  scanner: ReferenceScanner,
  failed: (path: ByteString, error: FormatError) => void,
): HashPlace[] {
  if (entry.type !== 'file' || entry.size < HASH_LENGTH) return []
  const first = new Map<number, number>()
  const stream = new ReferenceStream(scanner, (hash, offset) => {
    if (!first.has(hash)) first.set(hash, offset)
  })
  try {
    for (const chunk of reader.chunks(entry)) {
      stream.push(chunk)
      if (first.size === hashes.length) break
    }
  } catch (error) {
    failed(path, asFormatError(error))
  }
  return Array.from(first, ([hash, offset]) => ({ path, kind: 'content' as const, offset, hash: hashes[hash]! }))
}
