import {
  type Reference,
  type ReferenceGraph,
  reachableFrom,
  referenceGraph,
  withoutReferences,
} from './reference-graph.ts'

/** What it costs to remove a reference: nothing, one, or it cannot be removed. */
export const COST = { free: 0, one: 1, fixed: 2 } as const

/**
 * The cheapest references to remove so that no root reaches a node, ordered by the names of the referrers, then of the
 * targets. Empty if no root reaches the node now; undefined if it is a root, which no reference keeps, and if fixed
 * references alone lead to it.
 *
 * If there are several cheapest sets, we return the one nearest to the node. It is unique and frees the least besides
 * the node: each other cheapest set frees everything that it frees. (A route into the part that it cuts off also enters
 * the larger part that another set cuts off.) So it answers "how do I get rid of this, and of no more than I must". The
 * set nearest to the roots could be `toplevel -> system-path`, which removes everything.
 *
 * By the theorem of Ford and Fulkerson, its cost is the largest flow from the roots, where the cost of each reference is
 * its capacity. We use Dinic's algorithm (Dinitz, "Algorithm for solution of a problem of maximum flow in networks with
 * power estimation", 1970). It takes O(m^1.5) on networks of unit capacities (Even and Tarjan, "Network flow and testing
 * graph connectivity", SIAM Journal on Computing 4(4), 1975, theorem 3).
 * @param costs of each reference, by its place in the list of references; one each by default
 */
export function minimumCut(
  graph: ReferenceGraph,
  roots: readonly number[],
  target: number,
  costs: Uint8Array = new Uint8Array(graph.references.list.length).fill(COST.one),
): readonly Reference[] | undefined {
  if (roots.includes(target)) return undefined
  const fixed = referencesWhere(graph, (index) => costs[index] === COST.fixed)
  if (fixed.length > 0) {
    const held = referenceGraph(
      graph.keys,
      fixed.flatMap(({ from, to }) => [from, to]),
    )
    if (reachableFrom(held.references, roots)[target] === 1) return undefined
  }
  const isRoot = new Uint8Array(graph.keys.length)
  for (const root of roots) isRoot[root] = 1
  const network: Network = {
    graph,
    isRoot,
    target,
    flow: new Uint32Array(graph.references.list.length),
    costs,
    referenceOf: referencesOfReferrers(graph),
  }
  let distances = distancesToTarget(network)
  while (roots.some((root) => distances[root] !== FAR)) {
    block(network, roots, distances)
    distances = distancesToTarget(network)
  }
  const into = referencesWhere(graph, (_, from, to) => distances[from] === FAR && distances[to] !== FAR)
  // A free reference of a node that the set frees need not be removed.
  const rest = withoutReferences(graph, into)
  const isReached = reachableFrom(rest.references, roots)
  return into.filter(({ from }) => isReached[from] === 1)
}

/**
 * Each reference has its cost as capacity, and a fixed one has no limit; nor have the roots. Nothing flows into a root or
 * out of the target.
 */
interface Network {
  readonly graph: ReferenceGraph
  readonly isRoot: Uint8Array
  readonly target: number
  /** How many routes take each reference, by its place in the list of references. */
  readonly flow: Uint32Array
  readonly costs: Uint8Array
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
 * How many steps each node is from the target, along references with room and against references with flow; FAR if
 * it cannot reach the target. The search stops at roots.
 */
function distancesToTarget(network: Network): Int32Array {
  const { graph, isRoot, target, flow, referenceOf } = network
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
      if (distances[referrer] !== FAR || !hasRoom(network, referenceOf[at]!)) continue
      distances[referrer] = distance
      queue.push(referrer)
    }
    for (let index = references.start[node]!; index < references.start[node + 1]!; index += 1) {
      const reference = references.list[index]!
      if (distances[reference] !== FAR || flow[index] === 0) continue
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
  const { graph, target, flow } = network
  /** For each node, how many of its steps we have finished with. */
  const tried = new Uint32Array(graph.keys.length)
  /** The way from a root: its nodes except the first, and the references that lead to them. */
  const way: number[] = []
  const steps: Step[] = []
  for (const root of new Set(roots)) {
    let node = root
    while (distances[node] !== FAR) {
      const step = nextStep(network, distances, tried, node)
      if (step !== undefined) {
        steps.push(step)
        way.push(node)
        node = step.node
        if (node !== target) continue
        for (const { index, change } of steps) flow[index]! += change
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

/** A step nearer to the target: the next node, the place of its reference, and how its flow changes. */
interface Step {
  readonly node: number
  readonly index: number
  readonly change: 1 | -1
}

function nextStep(network: Network, distances: Int32Array, tried: Uint32Array, node: number): Step | undefined {
  const { graph, isRoot, flow, referenceOf } = network
  const { references, referrers } = graph
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
    if (isForward && hasRoom(network, index)) return { node: next, index, change: 1 }
    if (!isForward && flow[index]! > 0) return { node: next, index, change: -1 }
  }
  return undefined
}

/** Whether another route may take a reference. */
function hasRoom({ flow, costs }: Network, index: number): boolean {
  return flow[index]! < costs[index]! || costs[index] === COST.fixed
}

/** The references that a condition on their place and their ends holds for. */
function referencesWhere(
  { references, keys }: ReferenceGraph,
  holds: (index: number, from: number, to: number) => boolean,
): Reference[] {
  const found: Reference[] = []
  for (let from = 0; from < keys.length; from += 1) {
    for (let index = references.start[from]!; index < references.start[from + 1]!; index += 1) {
      const to = references.list[index]!
      if (holds(index, from, to)) found.push({ from, to })
    }
  }
  return found
}
