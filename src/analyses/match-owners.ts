import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { contentSignature, isSameWithHashes } from '../inventory/content-signature.ts'
import type { FileFacts, OwnedFiles } from '../inventory/file-facts.ts'
import { nameOf, packageOf } from '../owners/names.ts'

/** The facts about one side that matching owners needs. */
export interface MatchSide {
  /** Keys. */
  readonly owners: readonly ByteString[]
  readonly files: OwnedFiles
  /** SHA-256 of the registered NARs. */
  readonly contentHashes: ReadonlyMap<ByteString, string>
  /** Owners without references, even to themselves: if their NAR hash differs, so does their content. */
  readonly leaves: ReadonlySet<ByteString>
}

/**
 * How an owner of one image relates to one of the other.
 * - `same`: the same owner
 * - `moved`: another hash but the same content, by names, types, sizes and links or by the registered NAR hash
 * - `rebuilt`: other content, but the same name and version, apart from an ending that all names got or lost
 * - `changed`: another version of the same package and output
 * - `new`, `gone`: the other image has none
 */
export type MatchClass = 'same' | 'moved' | 'rebuilt' | 'changed' | 'new' | 'gone'

/**
 * The comparison that calls two owners equal.
 * - `narHash`: both are registered with the same hash
 * - `content`: we read their contents, or they have only names and links
 * - `namesAndSizes`: names, types, sizes and links; we did not compare contents
 */
export type ComparedBy = 'narHash' | 'content' | 'namesAndSizes'

export interface Match {
  readonly class: MatchClass
  /** For `same` and `moved`: what we compared. */
  readonly comparedBy?: ComparedBy
  /** Keys; absent on a side that has none. */
  readonly before?: ByteString
  readonly after?: ByteString
}

/** The ending of most names in one image that the other's lack; '' on the other side. */
export interface Endings {
  readonly before: string
  readonly after: string
}

export interface Matches {
  /** Each owner is in exactly one match. */
  readonly matches: readonly Match[]
  /** Present if a build gave all its names another ending. */
  readonly endings?: Endings
}

/** Matches the owners of two images: first those with the same content, whatever their hash, then by name. */
export function matchOwners(before: MatchSide, after: MatchSide): Matches {
  const matches: Match[] = []
  const left = { before: new Set(before.owners), after: new Set(after.owners) }
  const match = (kind: MatchClass, old: ByteString, now: ByteString, comparedBy?: ComparedBy): void => {
    matches.push({ class: kind, ...(comparedBy === undefined ? {} : { comparedBy }), before: old, after: now })
    left.before.delete(old)
    left.after.delete(now)
  }
  const signatures = new Map<readonly unknown[], string>()
  const signatureOf = (side: MatchSide, key: ByteString): string => {
    const files = side.files.get(key) ?? []
    const known = signatures.get(files)
    if (known !== undefined) return known
    const made = contentSignature(files)
    signatures.set(files, made)
    return made
  }

  for (const key of before.owners) {
    if (!left.after.has(key)) continue
    const [old, now] = [before.contentHashes.get(key), after.contentHashes.get(key)]
    const [files, newFiles] = [before.files.get(key) ?? [], after.files.get(key) ?? []]
    const isSame = (old === now || old === undefined || now === undefined) && isSameWithHashes(files, newFiles)
    if (isSame) match('same', key, key, old !== undefined && old === now ? 'narHash' : comparedByNames(files))
    else match('rebuilt', key, key)
  }
  const bothRegistered = before.contentHashes.size > 0 && after.contentHashes.size > 0
  const isDecided = (side: MatchSide, key: ByteString): boolean =>
    bothRegistered && side.contentHashes.has(key) && side.leaves.has(key)
  // The same NAR under any name; if there are several, those with the same name first.
  for (const { isNarHash, markOf } of [
    {
      isNarHash: true,
      markOf: (side: MatchSide, key: ByteString) => joined(side.contentHashes.get(key), nameOf(key)),
    },
    { isNarHash: true, markOf: (side: MatchSide, key: ByteString) => side.contentHashes.get(key) },
    {
      isNarHash: false,
      markOf: (side: MatchSide, key: ByteString) =>
        isDecided(side, key) ? undefined : joined(signatureOf(side, key), nameOf(key)),
    },
  ]) {
    for (const [old, now] of pairs(
      left.before,
      left.after,
      (key) => markOf(before, key),
      (key) => markOf(after, key),
    )) {
      match('moved', old, now, isNarHash ? 'narHash' : comparedByNames(before.files.get(old) ?? []))
    }
  }
  for (const [old, now] of pairs(left.before, left.after, nameOf, nameOf)) match('rebuilt', old, now)
  const endings = otherEndings(left.before, left.after)
  if (endings !== undefined) {
    const nameBefore = (key: ByteString): string => nameOf(key) + endings.after
    const nameAfter = (key: ByteString): string => nameOf(key) + endings.before
    for (const [old, now] of pairs(left.before, left.after, nameBefore, nameAfter)) match('rebuilt', old, now)
  }
  for (const [old, now] of pairs(left.before, left.after, packageKey, packageKey)) match('changed', old, now)
  for (const key of left.before) matches.push({ class: 'gone', before: key })
  for (const key of left.after) matches.push({ class: 'new', after: key })
  return { matches, ...(endings === undefined ? {} : { endings }) }
}

/** What a match of names, types, sizes and links compares: the whole content, if no file has any. */
function comparedByNames(files: readonly FileFacts[]): ComparedBy {
  return files.some(({ type, size }) => type === 'file' && size > 0) ? 'namesAndSizes' : 'content'
}

/** The ending that makes names of one side those of the other, if it does so for more than half of them. */
function otherEndings(before: ReadonlySet<ByteString>, after: ReadonlySet<ByteString>): Endings | undefined {
  const grown = addedEnding(before, after)
  if (grown !== undefined) return { before: '', after: grown }
  const shrunk = addedEnding(after, before)
  return shrunk === undefined ? undefined : { before: shrunk, after: '' }
}

/** The text after the names of `shorter` in more than half of the names of `longer`. */
function addedEnding(shorter: ReadonlySet<ByteString>, longer: ReadonlySet<ByteString>): string | undefined {
  const names = new Set(Array.from(shorter, nameOf))
  const counts = new Map<string, number>()
  for (const name of Array.from(longer, nameOf)) {
    const dash = name.lastIndexOf('-')
    if (dash > 0 && names.has(name.slice(0, dash))) {
      counts.set(name.slice(dash), (counts.get(name.slice(dash)) ?? 0) + 1)
    }
  }
  for (const [ending, count] of counts) if (count > 1 && count * 2 > Math.max(shorter.size, longer.size)) return ending
  return undefined
}

function joined(known: string | undefined, name: string): string | undefined {
  return known === undefined ? undefined : `${known}\0${name}`
}

/** The package and the output, whatever the version. */
function packageKey(key: ByteString): string {
  const { name, output } = packageOf(key)
  return `${name}\0${output}`
}

/** Pairs owners with the same mark: of several, the first by name with the first, and so on. */
function pairs(
  before: Iterable<ByteString>,
  after: Iterable<ByteString>,
  markBefore: (key: ByteString) => string | undefined,
  markAfter: (key: ByteString) => string | undefined,
): [ByteString, ByteString][] {
  const byMark = new Map<string, ByteString[]>()
  for (const key of [...after].sort(byName)) {
    const mark = markAfter(key)
    if (mark === undefined) continue
    const known = byMark.get(mark)
    if (known === undefined) byMark.set(mark, [key])
    else known.push(key)
  }
  const found: [ByteString, ByteString][] = []
  for (const key of [...before].sort(byName)) {
    const mark = markBefore(key)
    const partner = mark === undefined ? undefined : byMark.get(mark)?.shift()
    if (partner !== undefined) found.push([key, partner])
  }
  return found
}

/** Orders by the name after the hash, which puts versions of a package together. */
function byName(a: ByteString, b: ByteString): number {
  const [left, right] = [nameOf(a), nameOf(b)]
  return left < right ? -1 : left > right ? 1 : a < b ? -1 : 1
}
