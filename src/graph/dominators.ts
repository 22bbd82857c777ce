import { type DominatorTree, ROOT, treeOfParents, UNREACHABLE } from './dominator-tree.ts'
import type { StoreGraph } from './store-graph.ts'

/**
 * The dominator tree of a graph below a virtual root that refers to all roots. A reference of a path to itself changes
 * nothing. A root may be given twice.
 *
 * This is the simple version of Lengauer and Tarjan, "A fast algorithm for finding dominators in a flowgraph", ACM
 * TOPLAS 1(1), 1979. It uses path compression without balancing and takes O(m log n). Semi-NCA and
 * Cooper-Harvey-Kennedy are shorter but quadratic on worst-case graphs (Georgiadis, Tarjan and Werneck, "Finding
 * dominators in practice", JGAA 10(1), 2006, section 2). An attacker can choose the graph of an image.
 */
export function dominatorTree(graph: StoreGraph, roots: readonly number[]): DominatorTree {
  const search = searchDepthFirst(graph, roots)
  const dominators = immediateDominators(graph, roots, search)
  const parent = new Int32Array(graph.paths.length).fill(UNREACHABLE)
  const order = search.path.subarray(1)
  for (const [index, path] of order.entries()) {
    const dominator = dominators[index + 1]!
    parent[path] = dominator === 0 ? ROOT : search.path[dominator]!
  }
  return treeOfParents(parent, order)
}

/** A depth-first search. It numbers the paths that it reaches from 1 on, in preorder; the virtual root has number 0. */
interface DepthFirstSearch {
  /** The path of each number; the entry at 0 means nothing. */
  readonly path: Uint32Array
  /** The number of each path; 0 if it is not reached. */
  readonly number: Uint32Array
  /** For each number, the number of its parent in the spanning tree. */
  readonly parent: Uint32Array
}

function searchDepthFirst({ paths, references: { start, list } }: StoreGraph, roots: readonly number[]) {
  const path = new Uint32Array(paths.length + 1)
  const number = new Uint32Array(paths.length)
  const parent = new Uint32Array(paths.length + 1)
  /** For each path, its first reference that we have not followed yet. */
  const next = start.slice(0, paths.length)
  let reached = 0
  const reach = (target: number, from: number): number => {
    reached += 1
    path[reached] = target
    number[target] = reached
    parent[reached] = from
    return reached
  }
  for (const root of roots) {
    if (number[root] !== 0) continue
    // The spanning tree serves as the stack: we go back from a path to its parent.
    let current = reach(root, 0)
    while (current !== 0) {
      const at = path[current]!
      if (next[at] === start[at + 1]) {
        current = parent[current]!
        continue
      }
      const target = list[next[at]!]!
      next[at]! += 1
      if (number[target] === 0) current = reach(target, current)
    }
  }
  return { path: path.subarray(0, reached + 1), number, parent: parent.slice(0, reached + 1) }
}

/**
 * For each number, the number of its immediate dominator. The steps are those of section 4 of the paper. But we empty a
 * bucket when we reach its own vertex, not at each link into it; by then everything that its vertices need is linked.
 */
function immediateDominators({ referrers }: StoreGraph, roots: readonly number[], search: DepthFirstSearch) {
  const { path, number, parent } = search
  const count = path.length
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
    const target = path[vertex]!
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
