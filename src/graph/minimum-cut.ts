import type { Reference, ReferenceGraph } from './reference-graph.ts'

/**
 * The fewest references to remove so that no root reaches a node, ordered by the names of the referrers, then of the
 * targets. Empty if no root reaches the node now; undefined if it is a root, which no reference keeps.
 *
 * If there are several smallest sets, we return the one nearest to the node. It is unique and frees the least besides
 * the node: each other smallest set frees everything that it frees. (A route into the part that it cuts off also enters
 * the larger part that another set cuts off.) So it answers "how do I get rid of this, and of no more than I must". The
 * set nearest to the roots could be `toplevel -> system-path`, which removes everything.
 *
 * By the theorem of Ford and Fulkerson, its size is the largest number of routes from the roots that share no
 * reference: a maximum flow of unit capacities. We use Dinic's algorithm (Dinitz, "Algorithm for solution of a problem
 * of maximum flow in networks with power estimation", 1970). It takes O(m^1.5) on these networks (Even and Tarjan,
 * "Network flow and testing graph connectivity", SIAM Journal on Computing 4(4), 1975, theorem 3).
 */
export function minimumCut(
  graph: ReferenceGraph,
  roots: readonly number[],
  target: number,
): readonly Reference[] | undefined {
  if (roots.includes(target)) return undefined
  const isRoot = new Uint8Array(graph.keys.length)
  for (const root of roots) isRoot[root] = 1
  const network: Network = {
    graph,
    isRoot,
    target,
    hasFlow: new Uint8Array(graph.references.list.length),
    referenceOf: referencesOfReferrers(graph),
  }
  let distances = distancesToTarget(network)
  while (roots.some((root) => distances[root] !== FAR)) {
    block(network, roots, distances)
    distances = distancesToTarget(network)
  }
  return referencesInto(graph, distances)
}

/** Each reference has capacity 1; the roots supply without limit. Nothing flows into a root or out of the target. */
interface Network {
  readonly graph: ReferenceGraph
  readonly isRoot: Uint8Array
  readonly target: number
  /** 1 for each reference that a route takes, by its place in the list of references. */
  readonly hasFlow: Uint8Array
  /** For each place in the list of referrers, the place of the same reference in the list of references. */
  readonly referenceOf: Uint32Array
}

const FAR = -1

function referencesOfReferrers({ references, referrers, keys }: ReferenceGraph): Uint32Array {
  const referenceOf = new Uint32Array(references.list.length)
  const next = referrers.start.slice(0, keys.length)
  // Both lists are ascending, so we meet the referrers of each node in their order.
  for (const [index, node] of references.list.entries()) {
    referenceOf[next[node]!] = index
    next[node]! += 1
  }
  return referenceOf
}

/**
 * How many steps each node is from the target, along references without flow and against references with flow; FAR if
 * it cannot reach the target. The search stops at roots.
 */
function distancesToTarget({ graph, isRoot, target, hasFlow, referenceOf }: Network): Int32Array {
  const { references, referrers } = graph
  const distances = new Int32Array(graph.keys.length).fill(FAR)
  distances[target] = 0
  const queue = [target]
  for (let head = 0; head < queue.length; head += 1) {
    const node = queue[head]!
    if (isRoot[node] === 1) continue
    const distance = distances[node]! + 1
    for (let at = referrers.start[node]!; at < referrers.start[node + 1]!; at += 1) {
      const referrer = referrers.list[at]!
      if (distances[referrer] !== FAR || hasFlow[referenceOf[at]!] === 1) continue
      distances[referrer] = distance
      queue.push(referrer)
    }
    for (let index = references.start[node]!; index < references.start[node + 1]!; index += 1) {
      const reference = references.list[index]!
      if (distances[reference] !== FAR || hasFlow[index] === 0) continue
      distances[reference] = distance
      queue.push(reference)
    }
  }
  return distances
}

/**
 * Sends flow along ways on which each step comes nearer to the target, until a step of each is used: a blocking flow.
 * We try the references of each node first, then its referrers, and each of them only once.
 */
function block(network: Network, roots: readonly number[], distances: Int32Array): void {
  const { graph, target, hasFlow } = network
  /** For each node, how many of its steps we have finished with. */
  const tried = new Uint32Array(graph.keys.length)
  /** The way from a root: its nodes except the first, and the references that lead to them. */
  const way: number[] = []
  const steps: number[] = []
  for (const root of new Set(roots)) {
    let node = root
    while (distances[node] !== FAR) {
      const step = nextStep(network, distances, tried, node)
      if (step !== undefined) {
        steps.push(step.index)
        way.push(node)
        node = step.node
        if (node !== target) continue
        for (const index of steps) hasFlow[index]! ^= 1
        steps.length = 0
        way.length = 0
        node = root
        continue
      }
      // A dead end: we do not try the step that led here again.
      if (way.length === 0) break
      node = way.pop()!
      steps.pop()
      tried[node]! += 1
    }
  }
}

/** A step nearer to the target: the next node, and the place of its reference. */
function nextStep(
  { graph: { references, referrers }, isRoot, hasFlow, referenceOf }: Network,
  distances: Int32Array,
  tried: Uint32Array,
  node: number,
): { readonly node: number; readonly index: number } | undefined {
  const nearer = distances[node]! - 1
  const forward = references.start[node]!
  const forwardCount = references.start[node + 1]! - forward
  const backward = referrers.start[node]!
  const count = forwardCount + referrers.start[node + 1]! - backward
  for (; tried[node]! < count; tried[node]! += 1) {
    const step = tried[node]!
    const isForward = step < forwardCount
    const next = isForward ? references.list[forward + step]! : referrers.list[backward + step - forwardCount]!
    if (distances[next] !== nearer || isRoot[next] === 1) continue
    const index = isForward ? forward + step : referenceOf[backward + step - forwardCount]!
    if (hasFlow[index] === (isForward ? 0 : 1)) return { node: next, index }
  }
  return undefined
}

/** The references from nodes that cannot reach the target to nodes that can. */
function referencesInto({ references, keys }: ReferenceGraph, distances: Int32Array): Reference[] {
  const into: Reference[] = []
  for (let from = 0; from < keys.length; from += 1) {
    if (distances[from] !== FAR) continue
    for (let index = references.start[from]!; index < references.start[from + 1]!; index += 1) {
      const to = references.list[index]!
      if (distances[to] !== FAR) into.push({ from, to })
    }
  }
  return into
}
