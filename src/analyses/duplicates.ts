import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { storePathTotals } from '../inventory/store-path-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { globMatcher } from '../owners/glob.ts'
import { packageName } from '../owners/nix/package-name.ts'
import { nameOfBase, parseStorePathName } from '../owners/nix/store-path.ts'

/** A store path and its bytes in all regions. */
export interface StorePathSize {
  readonly base: ByteString
  readonly own: number
}

/** The store paths of one package, largest first. */
export interface PackageCopies {
  readonly name: string
  /** Versions, or builds of one version. Outputs of one build are one copy. */
  readonly copies: number
  readonly paths: readonly StorePathSize[]
}

/** All store paths and their bytes in all regions. */
export function storePathSizes({ attribution: { accounts } }: Inventory): StorePathSize[] {
  return Array.from(storePathTotals(accounts), ([base, { own }]) => ({ base, own }))
}

/** The packages whose names match a glob, largest first. */
export function packageCopies(glob: string, inventory: Inventory): readonly PackageCopies[] {
  const matches = globMatcher(glob)
  const packages = new Map<string, StorePathSize[]>()
  for (const path of storePathSizes(inventory)) {
    const name = parseStorePathName(path.base)?.pname
    if (name === undefined || !matches(name)) continue
    const known = packages.get(name)
    if (known === undefined) packages.set(name, [path])
    else known.push(path)
  }
  const sum = (paths: readonly StorePathSize[]): number => paths.reduce((total, { own }) => total + own, 0)
  return Array.from(packages, ([name, paths]) => ({
    name,
    copies: copiesIn(paths),
    paths: paths.sort((a, b) => b.own - a.own || (a.base < b.base ? -1 : 1)),
  })).sort((a, b) => sum(b.paths) - sum(a.paths) || (a.name < b.name ? -1 : 1))
}

/**
 * Outputs of one build have one version, so "3.0.14-dev" and "3.0.14" are one copy. Two builds of one output are two.
 */
function copiesIn(paths: readonly StorePathSize[]): number {
  const versions = new Set(paths.map(({ base }) => packageName(base).version))
  const builds = new Map<ByteString, number>()
  for (const { base } of paths) builds.set(nameOfBase(base), (builds.get(nameOfBase(base)) ?? 0) + 1)
  return Math.max(versions.size, ...builds.values())
}
