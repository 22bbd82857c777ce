import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { referenceGraph } from '../graph/reference-graph.ts'
import { type NamedReference, referenceKey } from './named-reference.ts'
import type { InstalledPackage, PackageDatabase } from './package-database.ts'
import { mediumKey, packageKey, selectionKey } from './package-key.ts'
import type { Composition, OwnerRole } from './reference-kind.ts'
import type { References } from './references.ts'
import { isWithin } from './version-order.ts'

/** A reference from one package to another, by their numbers in the database. */
interface Dependency {
  readonly from: number
  readonly to: number
  readonly isWeak: boolean
}

/**
 * The dependencies between installed packages. An alternative that is not installed counts for nothing. If several
 * alternatives are installed, the package depends on each of them, as `apt-cache depends --installed` lists them.
 */
function dependenciesOf(kind: string, { packages, nativeArchitecture }: PackageDatabase): readonly Dependency[] {
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
  for (const [from, { requires, architecture }] of packages.entries()) {
    const wanted = architecture === 'all' ? (nativeArchitecture ?? architecture) : architecture
    for (const { alternatives, isWeak } of requires) {
      const candidates = alternatives.flatMap((name) =>
        ofVersion(kind, packages, from, name, ofArchitecture(packages, wanted, named.get(name) ?? [])),
      )
      for (const to of new Set(candidates)) {
        if (to !== from) found.push({ from, to, isWeak })
      }
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
  candidates: readonly number[],
): readonly number[] {
  if (candidates.length < 2) return candidates
  const limits = packages[from]!.requires.flatMap((required) => required.limits?.get(name) ?? [])
  const versions = candidates.filter((number) => {
    const { name: own, architecture, version } = packages[number]!
    const isProvided = own !== name && `${own}:${architecture}` !== name
    return isProvided || limits.every((limit) => isWithin(kind, version, limit))
  })
  const fitting = versions.length > 0 ? versions : candidates
  const isOlder = (number: number, other: number): boolean => {
    const [one, another] = [packages[number]!, packages[other]!]
    const isOther = one.name === another.name && one.architecture === another.architecture
    return isOther && isWithin(kind, one.version, { relation: '<', version: another.version })
  }
  const isOnMedium = packages[from]!.selection === 'on medium'
  return isOnMedium ? fitting.filter((number) => !fitting.some((other) => isOlder(number, other))) : fitting
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
function keyedReferences(kind: string, { installed, onMedium }: PackageDatabases): readonly KeyedReference[] {
  const found: KeyedReference[] = []
  const link = (from: ByteString | undefined, to: ByteString | undefined, isWeak = false): void => {
    if (from !== undefined && to !== undefined) found.push({ from, to, isWeak })
  }
  const keysOf = ({ packages }: PackageDatabase) => packages.map((one) => packageKey(kind, one))
  const isInstalled = new Set<ByteString | undefined>()
  for (const database of installed) {
    const keyOf = keysOf(database)
    const dependencies = dependenciesOf(kind, database)
    for (const number of selectedPackages(database.packages, dependencies)) link(selectionKey(kind), keyOf[number])
    for (const { from, to, isWeak } of dependencies) link(keyOf[from], keyOf[to], isWeak)
    for (const key of keyOf) isInstalled.add(key)
  }
  if (onMedium !== undefined) {
    const keyOf = keysOf(onMedium)
    const dependencies = dependenciesOf(kind, onMedium).filter(({ from }) => !isInstalled.has(keyOf[from]))
    const required = new Set(dependencies.filter(({ isWeak }) => !isWeak).map(({ to }) => to))
    for (const [number, key] of keyOf.entries()) {
      if (!required.has(number) && !isInstalled.has(key)) link(mediumKey(kind), key)
    }
    for (const { from, to, isWeak } of dependencies) link(keyOf[from], keyOf[to], isWeak)
  }
  return found
}

/**
 * The references between packages.
 * @param owners the keys of the packages that have files in the image
 */
export function packageReferences(
  kind: string,
  databases: PackageDatabases,
  owners: ReadonlySet<ByteString>,
): References {
  const { installed, onMedium } = databases
  const tops = [
    ...(installed.length === 0 ? [] : [selectionKey(kind)]),
    ...(onMedium === undefined ? [] : [mediumKey(kind)]),
  ]
  const packages = packagesIn(installed).map((one) => packageKey(kind, one))
  const keys = [...new Set([...tops, ...owners, ...packages.filter((key) => key !== undefined)])].sort()
  const numbers = new Map(keys.map((key, number) => [key, number]))
  const edges = keyedReferences(kind, databases).flatMap(({ from, to }) => {
    // A package on the medium is unknown here if its file belongs to an owner of another kind.
    const [start, end] = [numbers.get(from), numbers.get(to)]
    return start === undefined || end === undefined ? [] : [start, end]
  })
  const isIncomplete = [...installed, ...(onMedium === undefined ? [] : [onMedium])].some(
    ({ problems, unread }) => problems.length > 0 || unread !== undefined,
  )
  return {
    graph: referenceGraph(keys, edges),
    origin: 'database',
    directory: '',
    contentHashes: new Map(),
    sources: sourcesOf(kind, databases),
    warnings: [],
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
  const references = keyedReferences(kind, databases)
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
