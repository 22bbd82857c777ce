import { freedBy } from '../graph/cuts.ts'
import { bytesFreed, bytesFreedByEach } from '../graph/freed-bytes.ts'
import { isAmong, neighbours, type Reference, reachableFrom } from '../graph/reference-graph.ts'
import { type GraphSizes, sizesWithout } from './graph-sizes.ts'

/** What a user removes: references, and owners with all references to them. */
export interface Removal {
  readonly references: readonly Reference[]
  readonly owners: readonly number[]
}

/** An owner that goes away, and the bytes that it frees. */
export interface GoneOwner {
  readonly node: number
  readonly frees: number
}

/** An owner that stays although something that led to it goes. */
export interface StayingOwner {
  readonly node: number
  /** The owners that still refer to it, ascending. Empty for a root. */
  readonly heldBy: readonly number[]
}

/** What goes and what stays without some references and owners. */
export interface Without {
  /** The bytes that go away: the sum of those in `gone`. */
  readonly freed: number
  /** Those that free most first. */
  readonly gone: readonly GoneOwner[]
  /**
   * Everything that the removed references and owners lead to and that stays: the targets of the references first, and
   * largest first.
   */
  readonly stays: readonly StayingOwner[]
}

export function without(sizes: GraphSizes, { references, owners }: Removal): Without {
  const { graph, roots, own, held, shared } = sizes
  const removed = removedReferences(sizes, { references, owners })
  const begins = roots.map(({ node }) => node)
  const goes = goneWithout(sizes, { references, owners })
  const isGone = new Set(goes)
  const reached = reachableFrom(graph.references, begins)
  const stays = (node: number): boolean => reached[node] === 1 && !isGone.has(node)
  const frees = bytesFreedByEach(goes, held, shared)
  const targets = references.map(({ to }) => to)
  const isTarget = new Set(targets)
  const led = reachableFrom(graph.references, [...targets, ...owners])
  const isReferenceRemoved = isAmong(removed)
  return {
    freed: [...frees.values()].reduce((sum, bytes) => sum + bytes, 0),
    gone: goes.map((node) => ({ node, frees: frees.get(node)! })).sort((a, b) => b.frees - a.frees || a.node - b.node),
    stays: [...graph.keys.keys()]
      .filter((node) => led[node] === 1 && stays(node))
      .sort((a, b) => Number(isTarget.has(b)) - Number(isTarget.has(a)) || own[b]! - own[a]! || a - b)
      .map((node) => ({
        node,
        heldBy: [...neighbours(graph.referrers, node)].filter(
          (from) => from !== node && stays(from) && !isReferenceRemoved({ from, to: node }),
        ),
      })),
  }
}

/** The bytes that go away without some references and owners: `freed` of `without`, which takes longer. */
export function freedWithout(sizes: GraphSizes, removal: Removal): number {
  return bytesFreed(goneWithout(sizes, removal), sizes.held, sizes.shared)
}

/** The owners that go, ascending. */
function goneWithout(sizes: GraphSizes, removal: Removal): readonly number[] {
  const isRemoved = new Set(removal.owners)
  const begins = sizes.roots.map(({ node }) => node)
  const left = begins.filter((node) => !isRemoved.has(node))
  return freedBy(sizes.graph, begins, removedReferences(sizes, removal), left)
}

/** The sizes of what is left without some references and owners. What goes is no longer reached. */
export function whatIsLeft(sizes: GraphSizes, removal: Removal): GraphSizes {
  const isRemoved = new Set(removal.owners)
  return sizesWithout(sizes, removedReferences(sizes, removal), (root) => isRemoved.has(root))
}

/** The references that go, those to removed owners among them. */
function removedReferences({ graph }: GraphSizes, { references, owners }: Removal): readonly Reference[] {
  const ofOwners = owners.flatMap((to) => Array.from(neighbours(graph.referrers, to), (from) => ({ from, to })))
  return [...references, ...ofOwners]
}
