import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { globMatcher } from '../owners/glob.ts'
import { nameOf, packageOf, splitKey } from '../owners/names.ts'

/** An owner and its bytes in all regions. */
export interface OwnerSize {
  readonly key: ByteString
  readonly own: number
}

/** The owners of one package, largest first. */
export interface PackageCopies {
  readonly name: string
  /** Versions, or builds of one version. Outputs of one build are one copy. */
  readonly copies: number
  readonly paths: readonly OwnerSize[]
}

/** All owners and their bytes in all regions. */
export function ownerSizes({ attribution: { accounts } }: Inventory): OwnerSize[] {
  return Array.from(ownerTotals(accounts), ([key, { own }]) => ({ key, own }))
}

/** The packages whose names match a glob, largest first. */
export function packageCopies(glob: string, inventory: Inventory): readonly PackageCopies[] {
  const matches = globMatcher(glob)
  const packages = new Map<string, OwnerSize[]>()
  for (const path of ownerSizes(inventory)) {
    const name = splitKey(path.key).pname
    if (!matches(name)) continue
    const known = packages.get(name)
    if (known === undefined) packages.set(name, [path])
    else known.push(path)
  }
  const sum = (paths: readonly OwnerSize[]): number => paths.reduce((total, { own }) => total + own, 0)
  return Array.from(packages, ([name, paths]) => ({
    name,
    copies: copiesIn(paths),
    paths: paths.sort((a, b) => b.own - a.own || (a.key < b.key ? -1 : 1)),
  })).sort((a, b) => sum(b.paths) - sum(a.paths) || (a.name < b.name ? -1 : 1))
}

/**
 * Outputs of one build have one version, so "3.0.14-dev" and "3.0.14" are one copy. Two builds of one output are two.
 */
function copiesIn(paths: readonly OwnerSize[]): number {
  const versions = new Set(paths.map(({ key }) => packageOf(key).version))
  const builds = new Map<ByteString, number>()
  for (const { key } of paths) builds.set(nameOf(key), (builds.get(nameOf(key)) ?? 0) + 1)
  return Math.max(versions.size, ...builds.values())
}
