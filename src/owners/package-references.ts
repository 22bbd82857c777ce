import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { referenceGraph } from '../graph/reference-graph.ts'
import type { NamedReference } from './named-reference.ts'
import type { InstalledPackage, PackageDatabase } from './package-database.ts'
import { packageKey, selectionKey } from './package-key.ts'
import type { Composition } from './reference-kind.ts'
import type { References } from './references.ts'

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
function dependenciesOf(packages: readonly InstalledPackage[]): readonly Dependency[] {
  const named = new Map<ByteString, number[]>()
  const add = (name: ByteString, number: number): void => {
    const known = named.get(name)
    if (known === undefined) named.set(name, [number])
    else known.push(number)
  }
  for (const [number, { name, provides }] of packages.entries()) {
    add(name, number)
    for (const provided of new Set(provides)) if (provided !== name) add(provided, number)
  }
  const found: Dependency[] = []
  for (const [from, { requires }] of packages.entries()) {
    for (const { alternatives, isWeak } of requires) {
      const candidates = alternatives.flatMap((name) => ofArchitecture(packages, from, named.get(name) ?? []))
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
  from: number,
  candidates: readonly number[],
): readonly number[] {
  if (candidates.length < 2) return candidates
  const wanted = packages[from]!.architecture
  const fitting = candidates.filter((number) => {
    const { architecture } = packages[number]!
    return architecture === wanted || ANY_ARCHITECTURE.has(architecture) || ANY_ARCHITECTURE.has(wanted)
  })
  return fitting.length > 0 ? fitting : candidates
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
 * The references between the packages of a database: the selection refers to packages, and these to one another.
 * @param owners the keys of the packages that have files in the image
 */
export function packageReferences(
  kind: string,
  { packages, problems }: PackageDatabase,
  owners: ReadonlySet<ByteString>,
): References {
  const keyOf = packages.map((one) => packageKey(kind, one))
  const dependencies = dependenciesOf(packages)
  const selected = selectedPackages(packages, dependencies)
  const selection = selectionKey(kind)
  const keys = [...new Set([selection, ...owners, ...keyOf.filter((key) => key !== undefined)])].sort()
  const numbers = new Map(keys.map((key, number) => [key, number]))
  const edges: number[] = []
  const link = (from: ByteString | undefined, to: ByteString | undefined): void => {
    if (from !== undefined && to !== undefined) edges.push(numbers.get(from)!, numbers.get(to)!)
  }
  for (const number of selected) link(selection, keyOf[number])
  for (const { from, to } of dependencies) link(keyOf[from], keyOf[to])
  return {
    graph: referenceGraph(keys, edges),
    origin: 'database',
    directory: '',
    contentHashes: new Map(),
    warnings: [],
    incomplete: problems.length === 0 ? [] : [numbers.get(selection)!],
  }
}

/** The essential packages, and the references that a user can do without: those that packages only recommend. */
export function packageComposition(kind: string, { packages }: PackageDatabase): Composition {
  const keyOf = packages.map((one) => packageKey(kind, one))
  const dependencies = dependenciesOf(packages)
  const required = new Set(dependencies.filter(({ isWeak }) => !isWeak).map(({ from, to }) => `${from} ${to}`))
  const weak: NamedReference[] = []
  for (const { from, to, isWeak } of dependencies) {
    const [named, other] = [keyOf[from], keyOf[to]]
    if (isWeak && !required.has(`${from} ${to}`) && named !== undefined && other !== undefined) {
      weak.push({ from: named, to: other })
    }
  }
  const essential = packages.flatMap(({ selection }, number) => {
    const key = keyOf[number]
    return selection === 'essential' && key !== undefined ? [key] : []
  })
  return { roles: new Map(essential.map((key) => [key, 'essential'])), mentions: [], weak }
}
