import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { UNREACHABLE } from '../graph/dominator-tree.ts'
import { bytesFreed } from '../graph/freed-bytes.ts'
import { neighbours, reachableFrom } from '../graph/reference-graph.ts'
import { Replacements } from '../graph/replacements.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import type { Root } from '../owners/roots.ts'
import { chainsIn } from './chains.ts'
import type { GraphSizes } from './graph-sizes.ts'
import {
  bytesOf,
  type PackageCopies,
  type PackagePath,
  packageOfPaths,
  packagesIn,
  sizesWithFiles,
} from './package-copies.ts'

/** The packages that an image holds in several copies. */
export interface DuplicatePackages {
  /** Those that save most first. */
  readonly packages: readonly DuplicatePackage[]
  /**
   * The bytes that go away if each package in several versions or builds is there only in the copy that saves most; undefined
   * without references. Variants do not count.
   */
  readonly saved: number | undefined
  /** Whether we computed what each copy saves. */
  readonly computedAll: boolean
}

/** A package in several copies. */
export interface DuplicatePackage {
  readonly name: string
  /**
   * Several versions; several builds of the versions that there are; or variants, which are packages of their own by name:
   * "systemd" and "systemd-minimal".
   */
  readonly kind: 'versions' | 'builds' | 'variants'
  readonly own: number
  /** Largest first. */
  readonly copies: readonly DuplicateCopy[]
  /** The index of the copy to keep that saves most; undefined if none saves anything. */
  readonly keep: number | undefined
  /** What that saves. */
  readonly saved: number
}

/** A version or a build of a package. */
export interface DuplicateCopy {
  /** The name of the package, which is that of the variant. */
  readonly name: string
  readonly version: string
  readonly own: number
  /** Its outputs, largest first. */
  readonly paths: readonly DuplicatePath[]
  /** What goes away if this copy takes the place of the others; undefined if it cannot, or if we do not know. */
  readonly ifKept: Replacement | undefined
}

/** An output of a copy. */
export interface DuplicatePath extends PackagePath {
  /** Bytes that go away if nothing refers to it any more; undefined without references. */
  readonly retained: number | undefined
  /** Keys of its other referrers that the roots reach. */
  readonly referrers: readonly ByteString[]
  /** Keys on a shortest way up to a root, itself first. */
  readonly chain: readonly ByteString[]
  /** Why it is a root; absent if it is not one. */
  readonly root?: Root
}

/** The result if every reference to the other copies of a package led to one of them. */
export interface Replacement {
  readonly bytes: number
  /** The keys of what goes away, the other copies among them. */
  readonly gone: readonly ByteString[]
  /** The outputs of other copies that this copy lacks, by key. They stay. */
  readonly stays: readonly ByteString[]
  /** Whether this copy itself needs one of the others, as it is built now. */
  readonly needsOthers: boolean
}

/** The words by which nixpkgs tells builds of a package apart in its name, and all behind them. */
const VARIANT = /-(?:minimal|full|interactive|headless|small|bootstrap|static)(?:-.*)?$/

/** The work on savings: nodes and references that we visit, and `PATH_STEPS` for each path. It is about a second. */
const MAX_STEPS = 30_000_000
const PATH_STEPS = 50
/** We keep this many links of a chain. Those of real images have less than 20. */
const MAX_CHAIN = 100

/** @param sizes of the inventory's graph; undefined without references */
export function duplicatePackages(inventory: Inventory, sizes: GraphSizes | undefined): DuplicatePackages {
  const all = packagesIn(inventory, sizesWithFiles(inventory))
  const several = all
    .filter(({ paths }) => paths.length > 1)
    .map((some) => packageOfPaths(some, inventory))
    .filter(({ copies }) => copies.length > 1)
  const variants = [...new Set(all.map(({ kind }) => kind))].flatMap((kind) => {
    const named = new Map(all.flatMap((some) => (some.kind === kind ? [[some.name, some] as const] : [])))
    return variantsAmong([...named.keys()]).map(({ name, names }) => ({
      name,
      packages: names.map((one) => packageOfPaths(named.get(one)!, inventory)),
    }))
  })
  if (several.length === 0 && variants.length === 0) return { packages: [], saved: 0, computedAll: true }
  const work = new Savings(inventory, sizes)
  const packages = [
    ...several.map((some) =>
      work.packageOf(
        some.name,
        kindOf(some),
        some.copies.map((copy) => ({ ...copy, name: some.name })),
      ),
    ),
    ...variants.map(({ name, packages: some }) =>
      work.packageOf(
        name,
        'variants',
        some.flatMap((each) => each.copies.map((copy) => ({ ...copy, name: each.name }))),
      ),
    ),
  ]
  return {
    packages: packages.sort((a, b) => b.saved - a.saved || b.own - a.own || (a.name < b.name ? -1 : 1)),
    saved: sizes === undefined ? undefined : work.together(packages.filter(({ kind }) => kind !== 'variants')),
    computedAll: work.isComplete,
  }
}

/** The packages in several versions or builds, which are duplicates in the strict sense. */
export function strictDuplicates({ packages }: DuplicatePackages): readonly DuplicatePackage[] {
  return packages.filter(({ kind }) => kind !== 'variants')
}

function kindOf({ copies }: PackageCopies): DuplicatePackage['kind'] {
  return new Set(copies.map(({ version }) => version)).size > 1 ? 'versions' : 'builds'
}

/** Names of packages that are one package but for a word of `VARIANT`. */
function variantsAmong(
  all: readonly string[],
): readonly { readonly name: string; readonly names: readonly string[] }[] {
  const groups = new Map<string, string[]>()
  for (const one of all) {
    const name = one.replace(VARIANT, '')
    const known = groups.get(name)
    if (known === undefined) groups.set(name, [one])
    else known.push(one)
  }
  return Array.from(groups, ([name, names]) => ({ name, names })).filter(({ names }) => names.length > 1)
}

/** A copy with the name of its package. */
type NamedCopy = PackageCopies['copies'][number] & { readonly name: string }

/** A copy with the numbers of its paths in the graph, which are slow to look up, and their outputs. */
interface NumberedCopy {
  readonly nodes: readonly number[]
  readonly outputs: readonly string[]
}

/** Computes what copies save, as long as its budget lasts. */
class Savings {
  isComplete = true
  readonly #sizes: GraphSizes | undefined
  readonly #chainOf: (key: ByteString) => readonly ByteString[]
  readonly #rootOf: ReadonlyMap<number, Root>
  /** Numbers of the graph's nodes by key. */
  readonly #nodeOf: ReadonlyMap<ByteString, number>
  readonly #search: Replacements | undefined
  /** The work on one copy, except for its paths. */
  readonly #stepsForOne: number
  #stepsLeft = MAX_STEPS

  constructor(inventory: Inventory, sizes: GraphSizes | undefined) {
    this.#sizes = sizes
    this.#chainOf = chainsIn(inventory, MAX_CHAIN)
    const { roots } = inventory
    this.#rootOf = new Map(roots.map((root) => [root.node, root]))
    const { keys = [], references } = sizes?.graph ?? {}
    this.#nodeOf = new Map(keys.map((key, node) => [key, node]))
    // Nothing in the image refers to these: they are there because a list of its contents names them.
    const given = roots.filter(({ reason }) => reason === 'unreferenced' || reason === 'cycle')
    this.#search =
      sizes &&
      new Replacements(
        sizes.graph,
        roots.map(({ node }) => node),
        new Set(given.map(({ node }) => node)),
      )
    this.#stepsForOne = keys.length + (references?.list.length ?? 0) + (sizes?.shared.length ?? 0)
  }

  packageOf(name: string, kind: DuplicatePackage['kind'], copies: readonly NamedCopy[]): DuplicatePackage {
    const count = copies.reduce((sum, { paths }) => sum + paths.length, 0)
    const numbered = this.#sizes === undefined ? [] : copies.map((copy) => this.#numbered(copy))
    const shown = copies.map(
      (copy, at): DuplicateCopy => ({
        ...copy,
        paths: copy.paths.map((path) => this.#pathOf(path)),
        ifKept: this.#affords(count) ? this.#replacing(numbered[at]!, numbered) : undefined,
      }),
    )
    const best = shown.reduce<number | undefined>((most, { ifKept }, at) => {
      const bytes = ifKept?.bytes ?? 0
      return bytes > (most === undefined ? 0 : shown[most]!.ifKept!.bytes) ? at : most
    }, undefined)
    const saved = best === undefined ? 0 : shown[best]!.ifKept!.bytes
    return { name, kind, own: bytesOf({ copies }), copies: shown, keep: best, saved }
  }

  /** The bytes that go away if each of some packages is there only in its copy to keep. */
  together(packages: readonly DuplicatePackage[]): number {
    const replacements = new Map<number, number>()
    for (const { copies, keep } of packages) {
      if (keep === undefined) continue
      const numbered = copies.map((copy) => this.#numbered(copy))
      for (const [from, to] of replacementsBy(numbered[keep]!, numbered)) replacements.set(from, to)
    }
    return replacements.size === 0 ? 0 : this.#bytesOf(this.#search!.freedBy(replacements))
  }

  #pathOf(path: PackagePath): DuplicatePath {
    const chain = this.#chainOf(path.key)
    if (this.#sizes === undefined) return { ...path, retained: undefined, referrers: [], chain }
    const { graph, tree, retained } = this.#sizes
    const node = this.#nodeOf.get(path.key)!
    const root = this.#rootOf.get(node)
    const referrers = neighbours(graph.referrers, node).filter(
      (other) => other !== node && tree.parent[other] !== UNREACHABLE,
    )
    return {
      ...path,
      retained: retained[node]!,
      referrers: Array.from(referrers, (other) => graph.keys[other]!),
      chain,
      ...(root === undefined ? {} : { root }),
    }
  }

  /** Takes the work on a copy of a package with some paths from the budget. */
  #affords(paths: number): boolean {
    if (this.#sizes === undefined) return false
    this.#stepsLeft -= this.#stepsForOne + PATH_STEPS * paths
    if (this.#stepsLeft < 0) this.isComplete = false
    return this.#stepsLeft >= 0
  }

  #numbered({ paths }: Pick<NamedCopy, 'paths'>): NumberedCopy {
    return { nodes: paths.map(({ key }) => this.#nodeOf.get(key)!), outputs: paths.map(({ output }) => output) }
  }

  /** What goes away if one copy takes the place of the others. */
  #replacing(kept: NumberedCopy, copies: readonly NumberedCopy[]): Replacement | undefined {
    const replacements = replacementsBy(kept, copies)
    if (replacements.size === 0) return undefined
    const { graph } = this.#sizes!
    const keysOf = (nodes: readonly number[]): ByteString[] => nodes.map((node) => graph.keys[node]!)
    const freed = this.#search!.freedBy(replacements)
    const needed = reachableFrom(graph.references, kept.nodes)
    const others = copies.flatMap((copy) => (copy === kept ? [] : copy.nodes))
    return {
      bytes: this.#bytesOf(freed),
      gone: keysOf(freed),
      stays: keysOf(others.filter((node) => !replacements.has(node))),
      needsOthers: others.some((node) => needed[node] === 1 && replacements.has(node)),
    }
  }

  #bytesOf(freed: readonly number[]): number {
    const { held, shared } = this.#sizes!
    return bytesFreed(freed, held, shared)
  }
}

/** For each output of the other copies that one copy has too, that of this copy. */
function replacementsBy(kept: NumberedCopy, copies: readonly NumberedCopy[]): ReadonlyMap<number, number> {
  const byOutput = new Map(kept.outputs.map((output, at) => [output, kept.nodes[at]!]))
  const replacements = new Map<number, number>()
  for (const copy of copies) {
    if (copy === kept) continue
    for (const [at, node] of copy.nodes.entries()) {
      const target = byOutput.get(copy.outputs[at]!)
      if (target !== undefined) replacements.set(node, target)
    }
  }
  return replacements
}
