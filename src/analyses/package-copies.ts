import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { neighbours, numberOfKey } from '../graph/reference-graph.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { globMatcher } from '../owners/glob.ts'
import { modelOfKey } from '../owners/models.ts'
import { isNameless, isPackage, packageOf, roleByName, splitKey } from '../owners/names.ts'
import { packagesWithoutFiles } from './packages-without-files.ts'

/** An owner and its bytes in all regions. */
export interface OwnerSize {
  readonly key: ByteString
  readonly own: number
}

/** An owner as a part of a package. */
export interface PackagePath extends OwnerSize {
  /** "dev"; '' for the output without a name. */
  readonly output: string
}

/** One version of a package, or one build of a version: its outputs, largest first. */
export interface PackageCopy {
  /** '' if the name has none. */
  readonly version: string
  readonly own: number
  readonly paths: readonly PackagePath[]
}

/** The owners of one package, in one copy or in several. */
export interface PackageCopies {
  readonly name: string
  /** Versions, or builds of one version, largest first. Outputs of one build are one copy. */
  readonly copies: readonly PackageCopy[]
}

/** All owners and their bytes in all regions, packages without files among them. */
export function ownerSizes(inventory: Inventory): OwnerSize[] {
  return [...sizesWithFiles(inventory), ...packagesWithoutFiles(inventory).map((key) => ({ key, own: 0 }))]
}

/** The owners that have files, and their bytes in all regions. */
export function sizesWithFiles({ attribution: { accounts } }: Inventory): OwnerSize[] {
  return Array.from(ownerTotals(accounts), ([key, { own }]) => ({ key, own }))
}

/** The owners of a package, largest first. */
export function pathsOf({ copies }: PackageCopies): readonly PackagePath[] {
  return copies.flatMap(({ paths }) => paths).sort(bySize)
}

/** The bytes of a package in all of its copies. */
export function bytesOf({ copies }: Pick<PackageCopies, 'copies'>): number {
  return copies.reduce((sum, { own }) => sum + own, 0)
}

/** A package and its owners. */
export interface PackageOwners {
  /** The kind of its owners: "nix", "dpkg". A package of Debian and a store path of the same name are two packages. */
  readonly kind: string
  readonly name: string
  readonly paths: readonly OwnerSize[]
}

/**
 * Owners of an image by their package. An owner whose name says nothing, such as "source", belongs to the package that
 * its content names, or to none. Systems, profiles, farms of links and generated texts are no packages.
 */
export function packagesIn(inventory: Inventory, owners: readonly OwnerSize[]): readonly PackageOwners[] {
  const packages = new Map<string, PackageOwners & { readonly paths: OwnerSize[] }>()
  for (const path of owners) {
    const name = packageNameOf(path.key, inventory)
    if (name === undefined) continue
    const kind = modelOfKey(path.key)?.kind ?? ''
    const known = packages.get(`${kind} ${name}`)
    if (known === undefined) packages.set(`${kind} ${name}`, { kind, name, paths: [path] })
    else known.paths.push(path)
  }
  return [...packages.values()]
}

/** A package with its copies. */
export function packageOfPaths({ name, paths }: PackageOwners, inventory: Inventory): PackageCopies {
  return { name, copies: copiesAmong(paths, inventory) }
}

/** The versions and builds of a package, largest first. */
function copiesAmong(paths: readonly OwnerSize[], inventory: Inventory): readonly PackageCopy[] {
  const versions = new Map<string, PackagePath[]>()
  for (const path of paths) {
    const { version, output } = buildOf(path.key, inventory)
    const known = versions.get(version)
    if (known === undefined) versions.set(version, [{ ...path, output }])
    else known.push({ ...path, output })
  }
  const copies = [...versions].flatMap(([version, some]) =>
    buildsAmong(some.sort(bySize), inventory).map((build) => ({ version, own: sum(build), paths: build })),
  )
  return copies.sort((a, b) => b.own - a.own || bySize(a.paths[0]!, b.paths[0]!))
}

/** The packages whose names match a glob, largest first. */
export function packageCopies(glob: string, inventory: Inventory): readonly PackageCopies[] {
  const matches = globMatcher(glob)
  return packagesIn(inventory, ownerSizes(inventory))
    .filter(({ name }) => matches(name))
    .map((some) => packageOfPaths(some, inventory))
    .sort((a, b) => bytesOf(b) - bytesOf(a) || (a.name < b.name ? -1 : 1))
}

/** The name of an owner's package; undefined if it is no package, or if its name says nothing, and its content neither. */
function packageNameOf(key: ByteString, { contentNames, composition }: Inventory): string | undefined {
  const content = contentNames?.get(key)
  if (content !== undefined) return content.name
  if (!isWholePackage(key, composition)) return undefined
  const { pname, version } = splitKey(key)
  return version === undefined && isNameless(key) ? undefined : pname
}

/** The version and output of an owner. Several words of an output may stand behind a version: "6.18.2-modules-shrunk". */
function buildOf(key: ByteString, { contentNames }: Inventory): { readonly version: string; readonly output: string } {
  const content = contentNames?.get(key)
  if (content !== undefined) return { version: content.version ?? '', output: '' }
  const { version = '' } = splitKey(key)
  const { output } = packageOf(key)
  // An architecture is no part of the version: what is installed for two of them is there once.
  if (output === '' || !version.endsWith(`-${output}`)) return { version, output }
  const words = /(?:-(?:[a-z]+|lib32|lib64))+$/.exec(version)?.[0] ?? ''
  return { version: version.slice(0, version.length - words.length), output: words.slice(1) }
}

/**
 * Whether an owner is a package: that of a package manager always, and a store path by what it consists of, or by its name
 * where a saved report does not tell.
 */
function isWholePackage(key: ByteString, composition: Inventory['composition']): boolean {
  return isPackage(key) || (composition === undefined ? roleByName(key) : composition.roles.get(key)) === undefined
}

/**
 * Splits the owners of one version into builds: no build has an output twice. Outputs of one build refer to each other
 * where they refer to any of the package, so references keep them together.
 * @param paths largest first
 */
function buildsAmong(paths: readonly PackagePath[], inventory: Inventory): readonly (readonly PackagePath[])[] {
  const isOneBuild = new Set(paths.map(({ output }) => output)).size === paths.length
  if (isOneBuild) return [paths]
  const builds: Group[] = []
  /** For each output, the first build that may lack it. */
  const first = new Map<string, number>()
  for (const group of groupsByReference(paths, inventory)) {
    const outputs = [...group.outputs]
    let at = Math.max(...outputs.map((output) => first.get(output) ?? 0))
    while (at < builds.length && outputs.some((output) => builds[at]!.outputs.has(output))) at += 1
    if (at === builds.length) builds.push({ outputs: new Set(), paths: [] })
    const build = builds[at]!
    for (const path of group.paths) build.paths.push(path)
    for (const output of outputs) {
      build.outputs.add(output)
      first.set(output, outputs.length === 1 ? at + 1 : (first.get(output) ?? 0))
    }
  }
  return builds.map((build) => build.paths.sort(bySize))
}

/** Owners of one build. */
interface Group {
  readonly outputs: Set<string>
  readonly paths: PackagePath[]
}

/** Owners that refer to each other, together, as long as no group has an output twice. */
function groupsByReference(paths: readonly PackagePath[], { references }: Inventory): readonly Group[] {
  const groupOf = new Map(
    paths.map((path): [ByteString, Group] => [path.key, { outputs: new Set([path.output]), paths: [path] }]),
  )
  if (references !== undefined) {
    const { graph } = references
    for (const { key } of paths) {
      for (const node of neighbours(graph.references, numberOfKey(graph, key))) {
        const [mine, other] = [groupOf.get(key)!, groupOf.get(graph.keys[node]!)]
        if (other === undefined || other === mine) continue
        const [small, large] = mine.paths.length < other.paths.length ? [mine, other] : [other, mine]
        if (small.paths.some(({ output }) => large.outputs.has(output))) continue
        for (const path of small.paths) {
          large.paths.push(path)
          large.outputs.add(path.output)
          groupOf.set(path.key, large)
        }
      }
    }
  }
  return [...new Set(groupOf.values())]
}

function sum(paths: readonly OwnerSize[]): number {
  return paths.reduce((total, { own }) => total + own, 0)
}

function bySize(a: OwnerSize, b: OwnerSize): number {
  return b.own - a.own || (a.key < b.key ? -1 : 1)
}
