import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type DominatorTree, UNREACHABLE } from '../graph/dominator-tree.ts'
import { dominatorTree } from '../graph/dominators.ts'
import type { SplitBytes } from '../graph/freed-bytes.ts'
import { type Reference, type ReferenceGraph, withoutReferences } from '../graph/reference-graph.ts'
import { retainedSizes } from '../graph/retained-sizes.ts'
import type { Attribution } from '../inventory/attribution.ts'
import { type OwnerTotal, ownerTotals } from '../inventory/owner-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { kindsOf } from '../owners/kinds-of.ts'
import { BUILT_IN, type ReferenceKinds } from '../owners/reference-kind.ts'
import type { References } from '../owners/references.ts'
import type { Root } from '../owners/roots.ts'

/** The sizes of all owners of an image, and what holds them. Arrays are by node number. */
export interface GraphSizes {
  /**
   * The references that hold the owners. References that are there by chance are among them only where no other reference
   * leads to the owner.
   */
  readonly graph: ReferenceGraph
  readonly roots: readonly Root[]
  /** All references that are there by chance. None of them can be cut. */
  readonly byChance: readonly Reference[]
  /** What references are there for. */
  readonly kinds: ReferenceKinds
  /** The same for the graph without them; absent if there are none. */
  readonly certain?: Omit<GraphSizes, 'certain'>
  readonly tree: DominatorTree
  /** Bytes in the image, including a share of shared bytes, so that all add up. */
  readonly own: Float64Array
  readonly unpacked: Float64Array
  /** Bytes that go away if nothing refers to the node any more. */
  readonly retained: Float64Array
  /** The part of `own` that the node does not share. */
  readonly exclusive: Float64Array
  /**
   * The part of `exclusive` that references hold. If an owner has copies in the regions of the roots and elsewhere, it is
   * only the former: a kernel or an initrd in /boot is there for the boot loader, whatever refers to its store path. So is a
   * package that lies on the medium as a file, whatever needs the installed one.
   */
  readonly held: Float64Array
  /** Bytes that go away if the references to the node are removed: `retained` from what references hold. */
  readonly freed: Float64Array
  /**
   * Bytes that only owners share. We leave out bytes that a file without an owner uses too, because no owner frees them.
   */
  readonly shared: readonly SplitBytes[]
}

/** The sizes of all owners of an inventory with references. */
export function sizesOfInventory(inventory: Inventory, references: References): GraphSizes {
  const { attribution, kind, roots, composition } = inventory
  return graphSizes(attribution, references, roots, kindsOf(kind, references.graph, roots, composition))
}

/** Computes the size of each owner, and what would go away with it. */
export function graphSizes(
  attribution: Attribution,
  { graph: all, byChance = [] }: Pick<References, 'graph' | 'byChance'>,
  roots: readonly Root[],
  kinds: ReferenceKinds = BUILT_IN,
): GraphSizes {
  const nodeOf = new Map<ByteString, number>(all.keys.map((key, node) => [key, node]))
  const totals = ownerTotals(attribution.accounts)
  const own = Float64Array.from(all.keys, (key) => totals.get(key)?.own ?? 0)
  const unpacked = Float64Array.from(all.keys, (key) => totals.get(key)?.unpacked ?? 0)
  const exclusive = own.slice()
  const shared: SplitBytes[] = []
  for (const { owners, shares, others, bytes } of attribution.shared) {
    const nodes = owners.map((owner) => nodeOf.get(owner)!)
    for (const [index, node] of nodes.entries()) exclusive[node]! -= shares[index]!
    if (!others) shared.push({ nodes, shares, bytes })
  }
  // The selection of packages has no bytes. What is installed is in images, and a package beside them is a file to install.
  const ofRoots = regionsOf(roots.flatMap(({ node }) => totals.get(all.keys[node]!) ?? []))
  const rootRegions = ofRoots.size > 0 ? ofRoots : new Set(attribution.images.map(({ path }) => path))
  const held = exclusive.map((bytes, node) => {
    const regions = Object.entries(totals.get(all.keys[node]!)?.ownByRegion ?? {})
    const copies = regions.filter(([region]) => !rootRegions.has(region))
    if (copies.length === regions.length) return bytes
    return copies.reduce((rest, [, copy]) => Math.max(rest - copy, 0), bytes)
  })
  return sizesInGraph({ graph: all, byChance }, roots, kinds, { own, unpacked, exclusive, held, shared })
}

/** The bytes of owners by node number, as far as they do not depend on references. */
export type OwnerBytes = Pick<GraphSizes, 'own' | 'unpacked' | 'exclusive' | 'held' | 'shared'>

/** Computes what would go away with each owner. It needs no image, so a page in a browser uses it too. */
export function sizesInGraph(
  { graph: all, byChance = [] }: Pick<References, 'graph' | 'byChance'>,
  roots: readonly Root[],
  kinds: ReferenceKinds,
  bytes: OwnerBytes,
): GraphSizes {
  const begins = roots.map(({ node }) => node)
  const sizesOf = (graph: ReferenceGraph): Omit<GraphSizes, 'certain'> => {
    const tree = dominatorTree(graph, begins)
    const retained = retainedSizes(tree, bytes.exclusive, bytes.shared)
    const freed = retainedSizes(tree, bytes.held, bytes.shared)
    return { ...bytes, graph, roots, byChance, kinds, tree, retained, freed }
  }
  if (byChance.length === 0) return sizesOf(all)
  const certain = sizesOf(withoutReferences(all, byChance))
  const needless = byChance.filter(({ to }) => certain.tree.parent[to] !== UNREACHABLE)
  return { ...sizesOf(withoutReferences(all, needless)), certain }
}

/** The same without some references and roots. Sizes of a node by itself stay as they are. */
export function sizesWithout(
  sizes: GraphSizes,
  removed: readonly Reference[],
  isRemovedRoot: (node: number) => boolean,
): GraphSizes {
  const roots = sizes.roots.filter(({ node }) => !isRemovedRoot(node))
  const begins = roots.map(({ node }) => node)
  const rest = (some: Omit<GraphSizes, 'certain'>): Omit<GraphSizes, 'certain'> => {
    const graph = withoutReferences(some.graph, removed)
    const tree = dominatorTree(graph, begins)
    const retained = retainedSizes(tree, some.exclusive, some.shared)
    return { ...some, graph, roots, tree, retained, freed: retainedSizes(tree, some.held, some.shared) }
  }
  return { ...rest(sizes), ...(sizes.certain === undefined ? {} : { certain: rest(sizes.certain) }) }
}

/** The bytes of a node that no reference holds: its copies in other regions than those of the roots. */
export function bytesBeside({ exclusive, held }: Pick<GraphSizes, 'exclusive' | 'held'>, node: number): number {
  return exclusive[node]! - held[node]!
}

function regionsOf(totals: readonly OwnerTotal[]): ReadonlySet<ByteString> {
  return new Set(totals.flatMap(({ ownByRegion }) => Object.keys(ownByRegion)))
}
