import { type ByteString, quoted } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { numberOfKey, reachableFrom } from '../graph/reference-graph.ts'
import type { FoundChecksum, Integrity, ReadFiles, ReadOwner } from '../inventory/integrity.ts'
import type { ReadPackage } from '../inventory/package-integrity.ts'
import type { MentionPlace } from '../owners/mentions.ts'
import { type References, referencesOf } from '../owners/references.ts'
import type { ReadFailure } from '../scan/plan-reading.ts'

/** An owner, as it is and as it is registered. */
export interface VerifiedOwner {
  readonly key: ByteString
  /** `unknown`: nothing is registered that we could compare it with. */
  readonly status: 'pass' | 'fail' | 'unknown'
  /** Whether something differs. If not, a failure comes from contents that we could not read. */
  readonly differs: boolean
  /** Whether it is registered, and not in the image. */
  readonly isAbsent: boolean
  /** SHA-256 of its archive, in hexadecimal; undefined if we could not read all of it. */
  readonly hash: string | undefined
  /** The hash that is registered. */
  readonly registeredHash: string | undefined
  /** Bytes of its archive, and those that are registered. */
  readonly size: number | undefined
  readonly registeredSize: number | undefined
  /** The keys that it is registered to refer to, and does not mention. */
  readonly missing: readonly ByteString[]
  /**
   * The keys that it mentions, that its registered references lead to, and that it is not registered to refer to. Nix
   * registers each mention of the build's inputs and of itself, and what the inputs lead to is among them.
   */
  readonly omitted: readonly ByteString[]
  /** What else it mentions without a registered reference. */
  readonly unregistered: readonly UnregisteredMention[]
  /** The first contents that we could not read, and how many there are. */
  readonly failures: readonly ReadFailure[]
  readonly failed: number
}

/** A package, as it is and as the database of its package manager declares it. */
export interface VerifiedPackage extends ReadPackage {
  /** `unknown`: the database declares nothing of its files. */
  readonly status: 'pass' | 'fail' | 'unknown'
}

/** A mention that is not registered as a reference. */
export interface UnregisteredMention {
  /** The key of the owner that is mentioned. */
  readonly key: ByteString
  /** Its first place, if we know it. */
  readonly place: MentionPlace | undefined
}

/** Whether an image is what it should be. */
export interface Verification
  extends Pick<Integrity, 'name' | 'size' | 'kind' | 'directory' | 'checksums' | 'declaredProblem'> {
  /**
   * `fail` if anything differs from what is registered, or from a checksum. Else `unknown` if there was anything that we
   * could not read or compare.
   */
  readonly verdict: 'pass' | 'fail' | 'unknown'
  /** Whether the image declares what its owners should be, so that we could read it. */
  readonly isRegistered: boolean
  /** The owners in the image, and those that are registered, in byte order of their keys. */
  readonly owners: readonly VerifiedOwner[]
  /** The packages whose files a database declares, in byte order of their keys. */
  readonly packages: readonly VerifiedPackage[]
  readonly references: VerifiedReferences
  readonly files: ReadFiles
  /** What else is wrong with the image, and with what it declares. */
  readonly problems: readonly FormatError[]
  /** Whether we could read all metadata. */
  readonly complete: boolean
}

/** Numbers of references. Those of owners that we could not read in full do not count. */
export interface VerifiedReferences {
  readonly registered: number
  /** The registered ones that their owners mention. */
  readonly found: number
  /** Mentions that are not registered. Nix registers those of a build's inputs only. */
  readonly unregistered: number
}

/** Compares what an image is with what it says that it should be. */
export function verify(integrity: Integrity): Verification {
  const { declared, declaredProblem, files, checksums, name, size, kind, directory } = integrity
  const read = new Map(integrity.owners.map((owner) => [owner.key, owner]))
  const keys = [...new Set([...read.keys(), ...(declared?.graph.keys ?? [])])].sort()
  const owners = keys.map((key) => verifyOwner(key, read.get(key), declared))
  const packages = integrity.packages.map(verifyPackage)
  const problems = [...integrity.problems, ...warningsOf(declared, owners)]
  const differs =
    owners.some((owner) => owner.differs) ||
    packages.some(({ flaws }) => flaws.length > 0) ||
    checksums.some(isDifferent)
  const isUnsure =
    [...owners, ...packages].some(({ status }) => status !== 'pass') ||
    (declared === undefined && packages.length === 0) ||
    (declared?.warnings.length ?? 0) > 0 ||
    files.failed > 0 ||
    checksums.some(({ problem }) => problem !== undefined) ||
    !integrity.complete
  return {
    name,
    size,
    kind,
    directory,
    verdict: differs ? 'fail' : isUnsure ? 'unknown' : 'pass',
    isRegistered: declared !== undefined,
    declaredProblem,
    owners,
    packages,
    references: countReferences(owners, declared),
    files,
    checksums,
    problems,
    complete: integrity.complete,
  }
}

function verifyPackage(one: ReadPackage): VerifiedPackage {
  const isWrong = one.flaws.length + one.failed > 0
  return { ...one, status: isWrong ? 'fail' : one.isUndeclared ? 'unknown' : 'pass' }
}

/** Whether a checksum differs. Other problems keep us from computing it. */
function isDifferent({ problem }: FoundChecksum): boolean {
  return problem?.code === 'CHECKSUM'
}

const UNREAD = { hash: undefined, size: undefined, mentions: [], undeclared: undefined, failures: [], failed: 0 }

function verifyOwner(key: ByteString, owner: ReadOwner | undefined, declared: References | undefined): VerifiedOwner {
  const { hash, size, mentions, undeclared, failures, failed } = owner ?? UNREAD
  const registeredHash = declared?.contentHashes.get(key)
  const registeredSize = declared?.contentSizes?.get(key)
  const isAbsent = owner === undefined
  const registered = declared === undefined ? [] : referencesOf(declared, key)
  const isWhole = !isAbsent && failed === 0
  const found = new Set(mentions)
  // What we could not read may mention them.
  const missing = isWhole ? registered.filter((reference) => !found.has(reference)) : []
  const known = new Set(registered)
  const others = registeredHash === undefined ? [] : mentions.filter((mention) => !known.has(mention))
  const omitted = others.length === 0 || declared === undefined ? [] : ledTo(key, others, declared)
  const unregistered = others
    .filter((other) => !omitted.includes(other))
    .map((other) => ({ key: other, place: undeclared?.get(other) }))
  const hasOther = isOther(hash, registeredHash) || isOther(size, registeredSize)
  const differs = isAbsent || hasOther || missing.length + omitted.length > 0
  const status = differs || failed > 0 ? 'fail' : registeredHash === undefined ? 'unknown' : 'pass'
  const registeredAs = { registeredHash, registeredSize }
  return {
    key,
    status,
    differs,
    isAbsent,
    hash,
    size,
    ...registeredAs,
    missing,
    omitted,
    unregistered,
    failures,
    failed,
  }
}

/** Those of some owners that the registered references of an owner lead to, and the owner itself. */
function ledTo(key: ByteString, others: readonly ByteString[], { graph }: References): readonly ByteString[] {
  const reached = reachableFrom(graph.references, [numberOfKey(graph, key)])
  return others.filter((other) => reached[numberOfKey(graph, other)] === 1)
}

/** Whether both are known, and differ. */
export function isOther<Value extends string | number>(
  found: Value | undefined,
  registered: Value | undefined,
): boolean {
  return found !== undefined && registered !== undefined && found !== registered
}

function countReferences(owners: readonly VerifiedOwner[], declared: References | undefined): VerifiedReferences {
  let [registered, missing, unregistered] = [0, 0, 0]
  for (const owner of owners) {
    if (owner.isAbsent || owner.failed > 0) continue
    if (declared !== undefined) registered += referencesOf(declared, owner.key).length
    missing += owner.missing.length
    unregistered += owner.unregistered.length
  }
  return { registered, found: registered - missing, unregistered }
}

/** The warnings about what the image declares, without those that an owner stands for. */
function warningsOf(declared: References | undefined, owners: readonly VerifiedOwner[]): readonly FormatError[] {
  const told = new Set(owners.flatMap(({ key, status }) => (status === 'pass' ? [] : [quoted(key)])))
  return (declared?.warnings ?? []).filter(({ facts: { found } }) => !told.has(String(found)))
}
