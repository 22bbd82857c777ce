import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { readable } from '../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import type { Contents } from '../inventory/contents.ts'
import type { FileFacts } from '../inventory/file-facts.ts'
import { outsideEntries } from '../inventory/image-files.ts'
import { entriesOf } from '../owners/owner.ts'
import { type CompareOptions, compareContents, type FilePlace } from '../scan/compare-contents.ts'
import type { Match } from './match-owners.ts'
import { isComparable } from './outside-diff.ts'
import type { Pairing } from './pair-sides.ts'
import { type ComparedSide, compareParts } from './parts-beside-tree.ts'

/** The results of comparing contents. */
export interface ComparedContents {
  /**
   * How many entries of a match differ, by its old key. It lacks matches that we could not compare completely.
   */
  readonly owners: ReadonlyMap<ByteString, number>
  /** Whether the contents of files without an owner are equal, by their new path. */
  readonly outside: ReadonlyMap<ByteString, boolean>
  /** Whether parts beside the tree are equal, by name. */
  readonly parts: ReadonlyMap<ByteString, boolean>
  /** The errors of contents that we could not read. */
  readonly problems: readonly FormatError[]
}

/** A pair of files, and where its result belongs. */
interface Question {
  readonly old: FileFacts
  readonly now: FileFacts
  /** Undefined for files without an owner. */
  readonly match: Match | undefined
}

/**
 * Compares the contents of everything that is matched as the same: owners, files outside them, and parts outside
 * the tree.
 * @param all whether to compare owners even if their registered NAR hashes are equal
 */
export async function compareMatched(
  pairing: Pairing,
  sides: { readonly old: ComparedSide; readonly new: ComparedSide },
  all: boolean,
  options: CompareOptions,
): Promise<ComparedContents> {
  const questions: Question[] = []
  const owners = new Map<ByteString, number>()
  for (const match of pairing.matches) {
    if (match.class !== 'same' && match.class !== 'moved') continue
    if (match.comparedBy === 'narHash' && !all) continue
    const { both, gone, new: added } = pairing.filesOf(match)
    // Even if the registered NAR hashes are equal, names and sizes may differ.
    let different = gone.length + added.length
    for (const [old, now] of both) {
      if (old.type !== now.type || old.size !== now.size) different += 1
      else if (isComparable(old, now)) questions.push({ old, now, match })
    }
    owners.set(match.before!, different)
  }
  for (const [old, now] of pairing.outside?.both ?? []) {
    if (isComparable(old, now)) questions.push({ old, now, match: undefined })
  }
  const places = { old: new Places(sides.old), new: new Places(sides.new) }
  const verdicts = await compareContents(
    questions.map(({ old, now, match }) => ({
      old: places.old.of(match?.before, old),
      new: places.new.of(match?.after, now),
      // An owner contains its own hash, which differs between builds. Within the same owner it must not
      // differ.
      hashes: match === undefined || match.before === match.after,
    })),
    { old: sides.old.open, new: sides.new.open },
    options,
  )
  const outside = new Map<ByteString, boolean>()
  const problems: FormatError[] = []
  const unread = new Set<ByteString>()
  for (const [index, { now, match }] of questions.entries()) {
    const verdict = verdicts[index]!
    if (verdict instanceof FormatError) {
      problems.push(unreadable(match?.after, now, verdict))
      if (match !== undefined) unread.add(match.before!)
    } else if (match === undefined) outside.set(now.path, verdict)
    else if (!verdict) owners.set(match.before!, owners.get(match.before!)! + 1)
  }
  // If we cannot read an owner completely, we may know that it differs, but never that it does not.
  for (const key of unread) if (owners.get(key) === 0) owners.delete(key)
  const beside = compareParts(sides.old, sides.new)
  return { owners, outside, parts: beside.parts, problems: [...problems, ...beside.problems] }
}

/**
 * The error of a content that we cannot compare, with the file's name.
 * @param key key of its owner; undefined for an entry without one
 */
export function unreadable(
  key: ByteString | undefined,
  { path }: FileFacts,
  { code, detail, facts }: FormatError,
): FormatError {
  const name = [key, path].filter((part) => part !== undefined && part !== '').join('/')
  return new FormatError(code, `${readable(name)} cannot be compared: ${detail}`, facts)
}

/** Finds the image entries of files. */
export class Places {
  readonly #contents: Contents
  readonly #inside = new Map<ByteString, ReadonlyMap<ByteString, FilePlace>>()
  #outside: ReadonlyMap<ByteString, FilePlace> | undefined

  constructor(contents: Contents) {
    this.#contents = contents
  }

  /** @param key key of the file's owner; undefined for an entry without one */
  of(key: ByteString | undefined, { path }: FileFacts): FilePlace {
    return (key === undefined ? this.#outsidePlaces : this.#placesIn(key)).get(path)!
  }

  #placesIn(key: ByteString): ReadonlyMap<ByteString, FilePlace> {
    const known = this.#inside.get(key)
    if (known !== undefined) return known
    const owner = this.#contents.owners.get(key)!
    const places = new Map(Array.from(entriesOf(owner), ({ open, entry, path }) => [path, { open, entry }]))
    this.#inside.set(key, places)
    return places
  }

  get #outsidePlaces(): ReadonlyMap<ByteString, FilePlace> {
    const { open, owners } = this.#contents
    this.#outside ??= new Map(
      Array.from(outsideEntries(open, owners), ({ open: holder, entry, path }) => [path, { open: holder, entry }]),
    )
    return this.#outside
  }
}
