import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { UNREACHABLE } from '../graph/dominator-tree.ts'
import { neighbours, reachableFrom } from '../graph/reference-graph.ts'
import type { GraphSizes } from './graph-sizes.ts'

/** An owner in an exported graph, by its number in the graph of the image. Sizes are in bytes. */
export interface ExportedNode {
  readonly node: number
  readonly key: ByteString
  readonly own: number
  readonly retained: number
  readonly unpacked: number
  readonly isRoot: boolean
  /** Whether a root leads to it. */
  readonly isReached: boolean
}

/** Owners and the references between them, for other programs. A reference of an owner to itself is left out. */
export interface ExportedGraph {
  readonly nodes: readonly ExportedNode[]
  /** Pairs of numbers: who refers to whom. */
  readonly edges: readonly (readonly [from: number, to: number])[]
}

/**
 * All owners with their references.
 * @param targets only owners on the routes from a root to one of these; without it all owners
 */
export function exportedGraph(
  { graph, roots, tree, own, retained, unpacked }: GraphSizes,
  targets?: readonly number[],
): ExportedGraph {
  const rootNodes = new Set(roots.map(({ node }) => node))
  const leadsToTarget = targets === undefined ? undefined : reachableFrom(graph.referrers, targets)
  const isReached = (node: number): boolean => tree.parent[node] !== UNREACHABLE
  const isExported = (node: number): boolean =>
    leadsToTarget === undefined || targets?.includes(node) === true || (leadsToTarget[node] === 1 && isReached(node))
  const nodes: ExportedNode[] = []
  const edges: [number, number][] = []
  for (const [node, key] of graph.keys.entries()) {
    if (!isExported(node)) continue
    const sizes = { own: own[node]!, retained: retained[node]!, unpacked: unpacked[node]! }
    nodes.push({ node, key, ...sizes, isRoot: rootNodes.has(node), isReached: isReached(node) })
    for (const to of neighbours(graph.references, node)) if (to !== node && isExported(to)) edges.push([node, to])
  }
  return { nodes, edges }
}
