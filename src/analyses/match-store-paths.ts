import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { contentSignature, isSameWithHashes } from '../inventory/content-signature.ts'
import type { StoreFile, StoreFiles } from '../inventory/store-files.ts'
import { type PackageName, packageName } from '../owners/nix/package-name.ts'
import { nameOfBase } from '../owners/nix/store-path.ts'

/** The facts about one side that matching store paths needs. */
export interface MatchSide {
  /** Base names. */
  readonly storePaths: readonly ByteString[]
  readonly files: StoreFiles
  /** SHA-256 of the registered NARs. */
  readonly narHashes: ReadonlyMap<ByteString, string>
  /** Store paths without references, even to themselves: if their NAR hash differs, so does their content. */
  readonly leaves: ReadonlySet<ByteString>
}

/**
 * How a store path of one image relates to one of the other.
 * - `same`: the same store path
 * - `moved`: another hash but the same content, by names, types, sizes and links or by the registered NAR hash
 * - `rebuilt`: other content, but the same name and version, apart from an ending that all names got or lost
 * - `changed`: another version of the same package and output
 * - `new`, `gone`: the other image has none
 */
export type MatchClass = 'same' | 'moved' | 'rebuilt' | 'changed' | 'new' | 'gone'

/**
 * The comparison that calls two store paths equal.
 * - `narHash`: both are registered with the same hash
 * - `content`: we read their contents, or they have only names and links
 * - `namesAndSizes`: names, types, sizes and links; we did not compare contents
 */
export type ComparedBy = 'narHash' | 'content' | 'namesAndSizes'

export interface Match {
  readonly class: MatchClass
  /** For `same` and `moved`: what we compared. */
  readonly comparedBy?: ComparedBy
  /** Base names; absent on a side that has none. */
  readonly before?: ByteString
  readonly after?: ByteString
}

/** The ending of most names in one image that the other's lack; '' on the other side. */
export interface Endings {
  readonly before: string
  readonly after: string
}

export interface Matches {
  /** Each store path is in exactly one match. */
  readonly matches: readonly Match[]
  /** Present if a build gave all its names another ending. */
  readonly endings?: Endings
}

/** Matches the store paths of two images: first those with the same content, whatever their hash, then by name. */
export function matchStorePaths(before: MatchSide, after: MatchSide): Matches {
  const matches: Match[] = []
  const left = { before: new Set(before.storePaths), after: new Set(after.storePaths) }
  const match = (kind: MatchClass, old: ByteString, now: ByteString, comparedBy?: ComparedBy): void => {
    matches.push({ class: kind, ...(comparedBy === undefined ? {} : { comparedBy }), before: old, after: now })
    left.before.delete(old)
    left.after.delete(now)
  }
  const signatures = new Map<readonly unknown[], string>()
  const signatureOf = (side: MatchSide, base: ByteString): string => {
    const files = side.files.get(base) ?? []
    const known = signatures.get(files)
    if (known !== undefined) return known
    const made = contentSignature(files)
    signatures.set(files, made)
    return made
  }

  for (const base of before.storePaths) {
    if (!left.after.has(base)) continue
    const [old, now] = [before.narHashes.get(base), after.narHashes.get(base)]
    const [files, newFiles] = [before.files.get(base) ?? [], after.files.get(base) ?? []]
    const isSame = (old === now || old === undefined || now === undefined) && isSameWithHashes(files, newFiles)
    if (isSame) match('same', base, base, old !== undefined && old === now ? 'narHash' : comparedByNames(files))
    else match('rebuilt', base, base)
  }
  const bothRegistered = before.narHashes.size > 0 && after.narHashes.size > 0
  const isDecided = (side: MatchSide, base: ByteString): boolean =>
    bothRegistered && side.narHashes.has(base) && side.leaves.has(base)
  // The same NAR under any name; if there are several, those with the same name first.
  for (const { isNarHash, keyOf } of [
    {
      isNarHash: true,
      keyOf: (side: MatchSide, base: ByteString) => joined(side.narHashes.get(base), nameOfBase(base)),
    },
    { isNarHash: true, keyOf: (side: MatchSide, base: ByteString) => side.narHashes.get(base) },
    {
      isNarHash: false,
      keyOf: (side: MatchSide, base: ByteString) =>
        isDecided(side, base) ? undefined : joined(signatureOf(side, base), nameOfBase(base)),
    },
  ]) {
    for (const [old, now] of pairs(
      left.before,
      left.after,
      (base) => keyOf(before, base),
      (base) => keyOf(after, base),
    )) {
      match('moved', old, now, isNarHash ? 'narHash' : comparedByNames(before.files.get(old) ?? []))
    }
  }
  for (const [old, now] of pairs(left.before, left.after, nameOfBase, nameOfBase)) match('rebuilt', old, now)
  const endings = otherEndings(left.before, left.after)
  if (endings !== undefined) {
    const nameBefore = (base: ByteString): string => nameOfBase(base) + endings.after
    const nameAfter = (base: ByteString): string => nameOfBase(base) + endings.before
    for (const [old, now] of pairs(left.before, left.after, nameBefore, nameAfter)) match('rebuilt', old, now)
  }
  for (const [old, now] of pairs(left.before, left.after, packageKey, packageKey)) match('changed', old, now)
  for (const base of left.before) matches.push({ class: 'gone', before: base })
  for (const base of left.after) matches.push({ class: 'new', after: base })
  return { matches, ...(endings === undefined ? {} : { endings }) }
}

/** What a match of names, types, sizes and links compares: the whole content, if no file has any. */
function comparedByNames(files: readonly StoreFile[]): ComparedBy {
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
  const names = new Set(Array.from(shorter, nameOfBase))
  const counts = new Map<string, number>()
  for (const name of Array.from(longer, nameOfBase)) {
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
function packageKey(base: ByteString): string {
  const { name, output }: PackageName = packageName(base)
  return `${name}\0${output}`
}

/** Pairs paths with the same key: of several, the first by name with the first, and so on. */
function pairs(
  before: Iterable<ByteString>,
  after: Iterable<ByteString>,
  keyBefore: (base: ByteString) => string | undefined,
  keyAfter: (base: ByteString) => string | undefined,
): [ByteString, ByteString][] {
  const byKey = new Map<string, ByteString[]>()
  for (const base of [...after].sort(byName)) {
    const key = keyAfter(base)
    if (key === undefined) continue
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, [base])
    else known.push(base)
  }
  const found: [ByteString, ByteString][] = []
  for (const base of [...before].sort(byName)) {
    const key = keyBefore(base)
    const partner = key === undefined ? undefined : byKey.get(key)?.shift()
    if (partner !== undefined) found.push([base, partner])
  }
  return found
}

/** Orders by the name after the hash, which puts versions of a package together. */
function byName(a: ByteString, b: ByteString): number {
  const [left, right] = [nameOfBase(a), nameOfBase(b)]
  return left < right ? -1 : left > right ? 1 : a < b ? -1 : 1
}
