import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { type ByteSource, formatError } from '../../parsers/bytes/source.ts'
import { referenceGraph } from '../graph/reference-graph.ts'
import { type NamedReference, referenceKey } from './named-reference.ts'
import type { InstalledPackage, PackageDatabase } from './package-database.ts'
import { mediumKey, packageKey, selectionKey } from './package-key.ts'
import type { Composition, OwnerRole } from './reference-kind.ts'
import type { References } from './references.ts'
import { isWithin, type VersionLimit } from './version-order.ts'

/** A reference from one package to another, by their numbers in the database. */
interface Dependency {
  readonly from: number
  readonly to: number
  readonly isWeak: boolean
}

/**
 * The most packages that we look at for what packages require, beyond one each. A few names can stand for any number: if 20,000
 * packages provide a name and require it, each depends on all.
 */
const MOST_CANDIDATES = 1 << 20

/** The dependencies of a database. */
interface Dependencies {
  readonly found: readonly Dependency[]
  /** Whether they are so many that some are left out. */
  readonly isCut: boolean
}

/**
 * The dependencies between installed packages. An alternative that is not installed counts for nothing. If several
 * alternatives are installed, the package depends on each of them, as `apt-cache depends --installed` lists them.
 */
function dependenciesOf(kind: string, { packages, nativeArchitecture }: PackageDatabase): Dependencies {
  // "libc6:i386" of dpkg; few packages ask for another architecture than their own.
  const isQualified = new Set<ByteString>()
  for (const { requires } of packages) {
    for (const { alternatives } of requires)
      for (const name of alternatives) if (name.includes(':')) isQualified.add(name)
  }
  const named = new Map<ByteString, number[]>()
  const add = (name: ByteString, number: number): void => {
    const known = named.get(name)
    if (known === undefined) named.set(name, [number])
    else known.push(number)
  }
  for (const [number, { name, architecture, provides }] of packages.entries()) {
    for (const its of new Set([name, ...provides])) {
      add(its, number)
      if (isQualified.has(`${its}:${architecture}`)) add(`${its}:${architecture}`, number)
    }
  }
  const found: Dependency[] = []
  let left = MOST_CANDIDATES
  for (const [from, { requires, architecture }] of packages.entries()) {
    const wanted = architecture === 'all' ? (nativeArchitecture ?? architecture) : architecture
    const limits = limitsOf(packages[from]!)
    /** By the number of each package that it depends on, whether it works without it. */
    const own = new Map<number, boolean>()
    for (const { alternatives, isWeak } of requires) {
      left -= alternatives.reduce((sum, name) => sum + Math.max((named.get(name)?.length ?? 0) - 1, 0), 0)
      if (left < 0) return { found, isCut: true }
      const candidates = alternatives.flatMap((name) =>
        ofVersion(
          kind,
          packages,
          from,
          name,
          limits.get(name) ?? [],
          ofArchitecture(packages, wanted, named.get(name) ?? []),
        ),
      )
      for (const to of candidates) if (to !== from) own.set(to, isWeak && (own.get(to) ?? true))
    }
    for (const [to, isWeak] of own) found.push({ from, to, isWeak })
  }
  return { found, isCut: false }
}

/** The limits on versions that a package has, by name. */
function limitsOf({ requires }: InstalledPackage): ReadonlyMap<ByteString, readonly VersionLimit[]> {
  const found = new Map<ByteString, VersionLimit[]>()
  for (const { limits } of requires) {
    for (const [name, limit] of limits ?? []) {
      const known = found.get(name)
      if (known === undefined) found.set(name, [limit])
      else known.push(limit)
    }
  }
  return found
}

/** Architectures of packages that fit any other: "all" of dpkg, "any" of pacman, "noarch" of apk and rpm. */
const ANY_ARCHITECTURE = new Set<ByteString>(['all', 'any', 'noarch', ''])

/** The packages of one name that a package can use: those of its own architecture, if there are any. */
function ofArchitecture(
  packages: readonly InstalledPackage[],
  wanted: ByteString,
  candidates: readonly number[],
): readonly number[] {
  if (candidates.length < 2) return candidates
  const fitting = candidates.filter((number) => {
    const { architecture } = packages[number]!
    return architecture === wanted || ANY_ARCHITECTURE.has(architecture) || ANY_ARCHITECTURE.has(wanted)
  })
  return fitting.length > 0 ? fitting : candidates
}

/**
 * The packages of one name whose versions a package can use, if there are any. A package manager made sure of that for what is
 * installed. Of those that lie on a medium in several versions, it would install the newest one.
 */
function ofVersion(
  kind: string,
  packages: readonly InstalledPackage[],
  from: number,
  name: ByteString,
  limits: readonly VersionLimit[],
  candidates: readonly number[],
): readonly number[] {
  if (candidates.length < 2) return candidates
  const versions = candidates.filter((number) => {
    const { name: own, architecture, version } = packages[number]!
    const isProvided = own !== name && `${own}:${architecture}` !== name
    return isProvided || limits.every((limit) => isWithin(kind, version, limit))
  })
  const fitting = versions.length > 0 ? versions : candidates
  return packages[from]!.selection === 'on medium' ? newestOf(kind, packages, fitting) : fitting
}

/** Of several versions of a package those that are not older than another. */
function newestOf(
  kind: string,
  packages: readonly InstalledPackage[],
  candidates: readonly number[],
): readonly number[] {
  const isOlder = (one: InstalledPackage, other: InstalledPackage): boolean =>
    isWithin(kind, one.version, { relation: '<', version: other.version })
  const idOf = ({ name, architecture }: InstalledPackage): string => `${name}:${architecture}`
  const newest = new Map<string, InstalledPackage>()
  for (const number of candidates) {
    const one = packages[number]!
    const known = newest.get(idOf(one))
    if (known === undefined || isOlder(known, one)) newest.set(idOf(one), one)
  }
  return candidates.filter((number) => !isOlder(packages[number]!, newest.get(idOf(packages[number]!))!))
}

/** A package without a mark was chosen, where some have one. */
const SELECTED = new Set<InstalledPackage['selection']>(['essential', 'chosen', undefined])

/**
 * The packages that the system is for: those that a user chose and the essential ones. Without a record of what was
 * chosen, these are the essential packages and those that no other one depends on.
 */
function selectedPackages(
  packages: readonly InstalledPackage[],
  dependencies: readonly Dependency[],
): readonly number[] {
  const numbers = [...packages.keys()]
  if (packages.some(({ selection }) => selection === 'chosen' || selection === 'automatic')) {
    return numbers.filter((number) => SELECTED.has(packages[number]!.selection))
  }
  const required = new Set(dependencies.filter(({ isWeak }) => !isWeak).map(({ to }) => to))
  return numbers.filter((number) => {
    const { selection } = packages[number]!
    return selection === 'essential' || (selection === undefined && !required.has(number))
  })
}

/**
 * The databases of a package manager in the images of an image: of what is installed in each root file system, and of what
 * lies on the medium as files. The same package may be in several of them; it is one owner then.
 */
export interface PackageDatabases {
  readonly installed: readonly PackageDatabase[]
  readonly onMedium: PackageDatabase | undefined
}

/** References by keys, and which of them a package can do without. */
interface KeyedReference extends NamedReference {
  readonly isWeak: boolean
}

/**
 * What holds the packages: the selection those that a system is for, and the medium those that no other package there
 * requires. What is installed needs only what is installed, and a package on the medium what lies there, too.
 */
function keyedReferences(
  kind: string,
  { installed, onMedium }: PackageDatabases,
): { readonly found: readonly KeyedReference[]; readonly isCut: boolean } {
  const found: KeyedReference[] = []
  let isAnyCut = false
  const link = (from: ByteString | undefined, to: ByteString | undefined, isWeak = false): void => {
    if (from !== undefined && to !== undefined) found.push({ from, to, isWeak })
  }
  const keysOf = ({ packages }: PackageDatabase) => packages.map((one) => packageKey(kind, one))
  const isInstalled = new Set<ByteString | undefined>()
  for (const database of installed) {
    const keyOf = keysOf(database)
    const { found: dependencies, isCut } = dependenciesOf(kind, database)
    isAnyCut ||= isCut
    for (const number of selectedPackages(database.packages, dependencies)) link(selectionKey(kind), keyOf[number])
    for (const { from, to, isWeak } of dependencies) link(keyOf[from], keyOf[to], isWeak)
    for (const key of keyOf) isInstalled.add(key)
  }
  if (onMedium !== undefined) {
    const keyOf = keysOf(onMedium)
    const { found: all, isCut } = dependenciesOf(kind, onMedium)
    isAnyCut ||= isCut
    const dependencies = all.filter(({ from }) => !isInstalled.has(keyOf[from]))
    const required = new Set(dependencies.filter(({ isWeak }) => !isWeak).map(({ to }) => to))
    for (const [number, key] of keyOf.entries()) {
      if (!required.has(number) && !isInstalled.has(key)) link(mediumKey(kind), key)
    }
    for (const { from, to, isWeak } of dependencies) link(keyOf[from], keyOf[to], isWeak)
  }
  return { found, isCut: isAnyCut }
}

/**
 * The references between packages.
 * @param owners the keys of the packages that have files in the image
 * @param source the image
 */
export function packageReferences(
  kind: string,
  databases: PackageDatabases,
  owners: ReadonlySet<ByteString>,
  source: ByteSource,
): References {
  const { installed, onMedium } = databases
  const tops = [
    ...(installed.length === 0 ? [] : [selectionKey(kind)]),
    ...(onMedium === undefined ? [] : [mediumKey(kind)]),
  ]
  const packages = packagesIn(installed).map((one) => packageKey(kind, one))
  const keys = [...new Set([...tops, ...owners, ...packages.filter((key) => key !== undefined)])].sort()
  const numbers = new Map(keys.map((key, number) => [key, number]))
  const { found, isCut } = keyedReferences(kind, databases)
  const edges = found.flatMap(({ from, to }) => {
    // A package on the medium is unknown here if its file belongs to an owner of another kind.
    const [start, end] = [numbers.get(from), numbers.get(to)]
    return start === undefined || end === undefined ? [] : [start, end]
  })
  const tooMany = (): FormatError =>
    formatError('LIMIT', 'too many packages provide what packages require; further dependencies are left out', source, {
      structure: `packages of ${kind}`,
      offset: 0,
      expected: `at most ${MOST_CANDIDATES} to choose from`,
    })
  const isIncomplete =
    isCut ||
    [...installed, ...(onMedium === undefined ? [] : [onMedium])].some(
      ({ problems, unread }) => problems.length > 0 || unread !== undefined,
    )
  return {
    graph: referenceGraph(keys, edges),
    origin: 'database',
    directory: '',
    contentHashes: new Map(),
    sources: sourcesOf(kind, databases),
    warnings: isCut ? [tooMany()] : [],
    incomplete: isIncomplete ? tops.map((key) => numbers.get(key)!) : [],
  }
}

function packagesIn(databases: readonly PackageDatabase[]): readonly InstalledPackage[] {
  return databases.flatMap(({ packages }) => packages)
}

/** What package each one was built from, by key. */
function sourcesOf(kind: string, { installed, onMedium }: PackageDatabases): ReadonlyMap<ByteString, ByteString> {
  const found = new Map<ByteString, ByteString>()
  for (const one of [...(onMedium?.packages ?? []), ...packagesIn(installed)]) {
    const key = packageKey(kind, one)
    if (key !== undefined && one.source !== undefined) found.set(key, one.source)
  }
  return found
}

/** The packages that are essential or not installed any more, and the references that a user can do without: those that packages only recommend. */
export function packageComposition(kind: string, databases: PackageDatabases): Composition {
  const { found: references } = keyedReferences(kind, databases)
  const required = new Set(references.filter(({ isWeak }) => !isWeak).map(referenceKey))
  const weak = references
    .filter((reference) => reference.isWeak && !required.has(referenceKey(reference)))
    .map(({ from, to }) => ({ from, to }))
  const roles = packagesIn(databases.installed).flatMap((one): [ByteString, OwnerRole][] => {
    const key = packageKey(kind, one)
    const { selection } = one
    return key !== undefined && (selection === 'essential' || selection === 'leftover') ? [[key, selection]] : []
  })
  return { roles: new Map(roles), mentions: [], weak }
}
