import { type DominatorTree, ROOT, treeOfParents, UNREACHABLE } from './dominator-tree.ts'
import type { ReferenceGraph } from './reference-graph.ts'

/**
 * The dominator tree of a graph below a virtual root that refers to all roots. A reference of a node to itself changes
 * nothing. A root may be given twice.
 *
 * This is the simple version of Lengauer and Tarjan, "A fast algorithm for finding dominators in a flowgraph", ACM
 * TOPLAS 1(1), 1979. It uses path compression without balancing and takes O(m log n). Semi-NCA and
 * Cooper-Harvey-Kennedy are shorter but quadratic on worst-case graphs (Georgiadis, Tarjan and Werneck, "Finding
 * dominators in practice", JGAA 10(1), 2006, section 2). An attacker can choose the graph of an image.
 */
export function dominatorTree(graph: ReferenceGraph, roots: readonly number[]): DominatorTree {
  const search = searchDepthFirst(graph, roots)
  const dominators = immediateDominators(graph, roots, search)
  const parent = new Int32Array(graph.keys.length).fill(UNREACHABLE)
  const order = search.node.subarray(1)
  for (const [index, node] of order.entries()) {
    const dominator = dominators[index + 1]!
    parent[node] = dominator === 0 ? ROOT : search.node[dominator]!
  }
  return treeOfParents(parent, order)
}

/** A depth-first search. It numbers the nodes that it reaches from 1 on, in preorder; the virtual root has number 0. */
interface DepthFirstSearch {
  /** The node of each number; the entry at 0 means nothing. */
  readonly node: Uint32Array
  /** The number of each node; 0 if it is not reached. */
  readonly number: Uint32Array
  /** For each number, the number of its parent in the spanning tree. */
  readonly parent: Uint32Array
}

function searchDepthFirst({ keys, references: { start, list } }: ReferenceGraph, roots: readonly number[]) {
  const node = new Uint32Array(keys.length + 1)
  const number = new Uint32Array(keys.length)
  const parent = new Uint32Array(keys.length + 1)
  /** For each node, its first reference that we have not followed yet. */
  const next = start.slice(0, keys.length)
  let reached = 0
  const reach = (target: number, from: number): number => {
    reached += 1
    node[reached] = target
    number[target] = reached
    parent[reached] = from
    return reached
  }
  for (const root of roots) {
    if (number[root] !== 0) continue
    // The spanning tree serves as the stack: we go back from a node to its parent.
    let current = reach(root, 0)
    while (current !== 0) {
      const at = node[current]!
      if (next[at] === start[at + 1]) {
        current = parent[current]!
        continue
      }
      const target = list[next[at]!]!
      next[at]! += 1
      if (number[target] === 0) current = reach(target, current)
    }
  }
  return { node: node.subarray(0, reached + 1), number, parent: parent.slice(0, reached + 1) }
}

/**
 * For each number, the number of its immediate dominator. The steps are those of section 4 of the paper. But we empty a
 * bucket when we reach its own vertex, not at each link into it; by then everything that its vertices need is linked.
 */
function immediateDominators({ referrers }: ReferenceGraph, roots: readonly number[], search: DepthFirstSearch) {
  const { node, number, parent } = search
  const count = node.length
  const semi = parent.slice()
  for (const root of roots) semi[number[root]!] = 0
  const dominator = new Uint32Array(count)
  /** Vertices by semidominator, as chains that end in 0. Vertex 0 is in no chain. */
  const firstInBucket = new Uint32Array(count)
  const nextInBucket = new Uint32Array(count)
  const forest = new LinkEvalForest(parent, semi)

  for (let vertex = count - 1; vertex > 0; vertex -= 1) {
    // Step 3: a vertex in this bucket has the bucket's vertex as dominator, or shares the dominator of a vertex
    // between.
    for (let below = firstInBucket[vertex]!; below !== 0; below = nextInBucket[below]!) {
      const between = forest.evaluate(below, vertex + 1)
      dominator[below] = semi[between]! < vertex ? between : vertex
    }
    // Step 2: we compute the semidominator from all referrers.
    const target = node[vertex]!
    let least = semi[vertex]!
    for (let index = referrers.start[target]!; index < referrers.start[target + 1]!; index += 1) {
      const referrer = number[referrers.list[index]!]!
      if (referrer === 0) continue
      // A referrer that is not linked yet comes before this vertex, or is this vertex, and counts itself.
      const candidate = referrer <= vertex ? referrer : semi[forest.evaluate(referrer, vertex + 1)]!
      if (candidate < least) least = candidate
    }
    semi[vertex] = least
    nextInBucket[vertex] = firstInBucket[least]!
    firstInBucket[least] = vertex
  }
  // Step 4. A vertex whose semidominator is the virtual root has it as dominator, 0: we never empty that bucket.
  for (let vertex = 1; vertex < count; vertex += 1) {
    if (dominator[vertex] !== semi[vertex]) dominator[vertex] = dominator[dominator[vertex]!]!
  }
  return dominator
}

/**
 * The forest of section 4 of the paper, with LINK and EVAL. We link vertices to their parents from the highest number
 * down, so "linked" means "not below the last linked one".
 */
class LinkEvalForest {
  /** For each vertex, an ancestor; the label sums up the vertices between them. */
  readonly #ancestor: Uint32Array
  readonly #semi: Uint32Array
  /** For each vertex, the one with the least semidominator from it up to, but without, its ancestor. */
  readonly #label: Uint32Array
  readonly #stack: number[] = []

  constructor(parent: Uint32Array, semi: Uint32Array) {
    this.#ancestor = parent.slice()
    this.#semi = semi
    this.#label = parent.map((_, vertex) => vertex)
  }

  /**
   * The vertex with the least semidominator from a linked one up to, but without, its tree's root: EVAL with COMPRESS.
   */
  evaluate(vertex: number, lastLinked: number): number {
    const ancestor = this.#ancestor
    const semi = this.#semi
    const label = this.#label
    const stack = this.#stack
    for (let below = vertex; ancestor[below]! >= lastLinked; below = ancestor[below]!) stack.push(below)
    for (let below = stack.pop(); below !== undefined; below = stack.pop()) {
      const above = ancestor[below]!
      if (semi[label[above]!]! < semi[label[below]!]!) label[below] = label[above]!
      ancestor[below] = ancestor[above]!
    }
    return label[vertex]!
  }
}
