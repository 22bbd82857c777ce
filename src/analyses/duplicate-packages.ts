import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { UNREACHABLE } from '../graph/dominator-tree.ts'
import { bytesFreed } from '../graph/freed-bytes.ts'
import { neighbours, numberOfKey, reachableFrom } from '../graph/reference-graph.ts'
import { freedByReplacing } from '../graph/replacements.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import type { Root } from '../owners/roots.ts'
import { chainsIn } from './chains.ts'
import type { GraphSizes } from './graph-sizes.ts'
import { bytesOf, type PackageCopies, type PackagePath, packagesIn } from './package-copies.ts'

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
const MAX_STEPS = 200_000_000
const PATH_STEPS = 20
/** We keep this many links of a chain. Those of real images have less than 20. */
const MAX_CHAIN = 100

/** @param sizes of the inventory's graph; undefined without references */
export function duplicatePackages(inventory: Inventory, sizes: GraphSizes | undefined): DuplicatePackages {
  const all = packagesIn(inventory)
  const several = all.filter(({ copies }) => copies.length > 1)
  const variants = variantsAmong(all)
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

/** Packages of several names that are one package but for a word of `VARIANT`. */
function variantsAmong(
  all: readonly PackageCopies[],
): readonly { readonly name: string; readonly packages: readonly PackageCopies[] }[] {
  const groups = new Map<string, PackageCopies[]>()
  for (const some of all) {
    const name = some.name.replace(VARIANT, '')
    const known = groups.get(name)
    if (known === undefined) groups.set(name, [some])
    else known.push(some)
  }
  return Array.from(groups, ([name, packages]) => ({ name, packages })).filter(({ packages }) => packages.length > 1)
}

type AnyCopy = Pick<PackageCopies['copies'][number], 'paths'>

/** A copy with the name of its package. */
type NamedCopy = PackageCopies['copies'][number] & { readonly name: string }

/** Computes what copies save, as long as its budget lasts. */
class Savings {
  isComplete = true
  readonly #sizes: GraphSizes | undefined
  readonly #chainOf: (key: ByteString) => readonly ByteString[]
  readonly #roots: readonly number[]
  readonly #given: ReadonlySet<number>
  readonly #rootOf: ReadonlyMap<number, Root>
  #stepsLeft = MAX_STEPS

  constructor(inventory: Inventory, sizes: GraphSizes | undefined) {
    this.#sizes = sizes
    this.#chainOf = chainsIn(inventory, MAX_CHAIN)
    const { roots } = inventory
    this.#roots = roots.map(({ node }) => node)
    // Nothing in the image refers to these: they are there because a list of its contents names them.
    this.#given = new Set(
      roots.flatMap(({ node, reason }) => (reason === 'unreferenced' || reason === 'cycle' ? node : [])),
    )
    this.#rootOf = new Map(roots.map((root) => [root.node, root]))
  }

  packageOf(name: string, kind: DuplicatePackage['kind'], copies: readonly NamedCopy[]): DuplicatePackage {
    const shown = copies.map(
      (copy): DuplicateCopy => ({
        ...copy,
        paths: copy.paths.map((path) => this.#pathOf(path)),
        ifKept: this.#replacing(copy, copies),
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
    if (this.#sizes === undefined) return 0
    const replacements = new Map<number, number>()
    for (const { copies, keep } of packages) {
      if (keep === undefined) continue
      for (const [from, to] of this.#replacements(copies[keep]!, copies)) replacements.set(from, to)
    }
    return this.#bytesOf(freedByReplacing(this.#sizes.graph, this.#roots, replacements, this.#given))
  }

  #pathOf(path: PackagePath): DuplicatePath {
    const chain = this.#chainOf(path.key)
    if (this.#sizes === undefined) return { ...path, retained: undefined, referrers: [], chain }
    const { graph, tree, retained } = this.#sizes
    const node = numberOfKey(graph, path.key)
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

  /** What goes away if one copy takes the place of the others. */
  #replacing(kept: AnyCopy, copies: readonly AnyCopy[]): Replacement | undefined {
    if (this.#sizes === undefined) return undefined
    const { graph } = this.#sizes
    const count = copies.reduce((sum, { paths }) => sum + paths.length, 0)
    this.#stepsLeft -= 3 * (graph.keys.length + graph.references.list.length) + PATH_STEPS * count
    if (this.#stepsLeft < 0) {
      this.isComplete = false
      return undefined
    }
    const replacements = this.#replacements(kept, copies)
    if (replacements.size === 0) return undefined
    const freed = freedByReplacing(graph, this.#roots, replacements, this.#given)
    const needed = reachableFrom(
      graph.references,
      kept.paths.map(({ key }) => numberOfKey(graph, key)),
    )
    return {
      bytes: this.#bytesOf(freed),
      gone: freed.map((node) => graph.keys[node]!),
      stays: copies.flatMap(({ paths }) =>
        paths === kept.paths ? [] : paths.flatMap(({ key }) => (replacements.has(numberOfKey(graph, key)) ? [] : key)),
      ),
      needsOthers: [...replacements.keys()].some((node) => needed[node] === 1),
    }
  }

  /** For each output of the other copies that one copy has too, that of this copy. */
  #replacements(kept: AnyCopy, copies: readonly AnyCopy[]): ReadonlyMap<number, number> {
    const { graph } = this.#sizes!
    const byOutput = new Map(kept.paths.map(({ output, key }) => [output, { key, node: numberOfKey(graph, key) }]))
    const replacements = new Map<number, number>()
    for (const { paths } of copies) {
      for (const { key, output } of paths) {
        const target = byOutput.get(output)
        if (target === undefined || target.key === key) continue
        replacements.set(numberOfKey(graph, key), target.node)
      }
    }
    return replacements
  }

  #bytesOf(freed: readonly number[]): number {
    const { held, shared } = this.#sizes!
    return bytesFreed(freed, held, shared)
  }
}
