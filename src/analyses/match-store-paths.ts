import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { contentSignature, isSameWithHashes } from '../inventory/content-signature.ts'
import type { StoreFile, StoreFiles } from '../inventory/store-files.ts'
import { type PackageName, packageName } from '../owners/nix/package-name.ts'
import { nameOfBase } from '../owners/nix/store-path.ts'

/** A side of a comparison, as far as store paths are matched by it. */
export interface MatchSide {
  /** Base names. */
  readonly storePaths: readonly ByteString[]
  readonly files: StoreFiles
  /** SHA-256 of the NARs that are registered. */
  readonly narHashes: ReadonlyMap<ByteString, string>
  /** Store paths that refer to nothing, not even themselves: another NAR hash is other content. */
  readonly leaves: ReadonlySet<ByteString>
}

/**
 * How a store path of one image stands to one of another.
 * - `same`: the same store path
 * - `moved`: another hash, the same content as far as names, types, sizes and links tell, or by the registered NAR hash
 * - `rebuilt`: the same name and version, but for an ending that all names got or lost, and other content
 * - `changed`: another version of the same package and output
 * - `new`, `gone`: there is none on the other side
 */
export type MatchClass = 'same' | 'moved' | 'rebuilt' | 'changed' | 'new' | 'gone'

/**
 * What two store paths are said to be equal by.
 * - `narHash`: both are registered, with the same hash
 * - `content`: their contents were read; or there are none, only names and links
 * - `namesAndSizes`: names, types, sizes and links; contents were not compared
 */
export type ComparedBy = 'narHash' | 'content' | 'namesAndSizes'

export interface Match {
  readonly class: MatchClass
  /** Of `same` and `moved`: what was compared. */
  readonly comparedBy?: ComparedBy
  /** Base names; absent on the side that has none. */
  readonly before?: ByteString
  readonly after?: ByteString
}

/** What most names of one image end in, and those of the other do not; '' on that side. */
export interface Endings {
  readonly before: string
  readonly after: string
}

export interface Matches {
  /** Each store path is in one. */
  readonly matches: readonly Match[]
  /** Where a build gave all its names another ending. */
  readonly endings?: Endings
}

/**
 * Matches the store paths of two images: first those with the same content, whatever their hash, then by name.
 */
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
  // The same NAR under any name; of several those with the same name first.
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

/** What is compared where names, types, sizes and links are: all there is, where no file has content. */
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

/** What stands behind the names of `shorter` in more than half of those of `longer`. */
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

/** The package and the output, of whatever version. */
function packageKey(base: ByteString): string {
  const { name, output }: PackageName = packageName(base)
  return `${name}\0${output}`
}

/** Pairs what has the same key: of several the first by name with the first, and so on. */
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

/** In the order of names, which stand behind the hash; versions of a package among them. */
function byName(a: ByteString, b: ByteString): number {
  const [left, right] = [nameOfBase(a), nameOfBase(b)]
  return left < right ? -1 : left > right ? 1 : a < b ? -1 : 1
}
