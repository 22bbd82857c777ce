import { strictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freedBy } from '../../src/graph/cuts.ts'
import { COST, minimumCut } from '../../src/graph/minimum-cut.ts'
import { neighbours, type Reference, reachableFrom } from '../../src/graph/reference-graph.ts'
import { edgesOf, graphOf, largeGraph, type RootedGraph, rootedGraphs, without } from './random-graph.ts'

/** Every smallest set of references without which no root reaches a node. */
function smallestCuts({ graph, roots }: RootedGraph, target: number, maxSize: number): Reference[][] | undefined {
  const reached = reachableFrom(graph.references, roots)
  const edges = edgesOf(graph).filter(({ from, to }) => reached[from] === 1 && from !== to)
  const isCut = (removed: readonly Reference[]): boolean => {
    const rest = without(graph, (from, to) => removed.some((cut) => cut.from === from && cut.to === to))
    return reachableFrom(rest.references, roots)[target] === 0
  }
  for (let size = 0; size <= maxSize; size += 1) {
    const cuts = [...subsets(edges, size)].filter(isCut)
    if (cuts.length > 0) return cuts
  }
  return undefined
}

function* subsets<T>(items: readonly T[], size: number): Generator<T[]> {
  if (size === 0) yield []
  else {
    for (const [index, item] of items.entries()) {
      for (const rest of subsets(items.slice(index + 1), size - 1)) yield [item, ...rest]
    }
  }
}

/** How many routes without a common reference there are: one after the other by search, as Ford and Fulkerson do. */
function disjointRoutes({ graph, roots }: RootedGraph, target: number): number {
  const capacities = graph.keys.map((_, node) => new Map([...neighbours(graph.references, node)].map((to) => [to, 1])))
  const source = capacities.push(new Map(roots.map((root) => [root, Number.POSITIVE_INFINITY]))) - 1
  const augment = (node: number, seen: Set<number>): boolean => {
    if (node === target) return true
    seen.add(node)
    for (const [next, capacity] of [...capacities[node]!]) {
      if (capacity === 0 || seen.has(next) || !augment(next, seen)) continue
      capacities[node]!.set(next, capacity - 1)
      capacities[next]!.set(node, (capacities[next]!.get(node) ?? 0) + 1)
      return true
    }
    return false
  }
  let routes = 0
  while (augment(source, new Set())) routes += 1
  return routes
}

/** Holds for every target of a graph: the cut is one, it is as small as can be, and in order. */
function expectCut({ graph, roots }: RootedGraph, target: number, cut: readonly Reference[] | undefined): void {
  strictEqual(cut === undefined, roots.includes(target))
  if (cut === undefined) return
  const isReached = reachableFrom(graph.references, roots)[target] === 1
  strictEqual(freedBy(graph, roots, cut).includes(target), isReached)
  strictEqual(cut.length, disjointRoutes({ graph, roots }, target))
  for (const { from, to } of cut) strictEqual(neighbours(graph.references, from).includes(to), true)
  expect(cut).toEqual([...cut].sort((a, b) => a.from - b.from || a.to - b.to))
}

/** Compares with every smallest cut: it is one of them, and frees no node that one of them does not. */
function expectLeastCut(rooted: RootedGraph, target: number, maxSize: number): boolean {
  const { graph, roots } = rooted
  const cut = minimumCut(graph, roots, target)
  expectCut(rooted, target, cut)
  const smallest = cut === undefined ? undefined : smallestCuts(rooted, target, maxSize)
  if (smallest === undefined) return false
  expect(smallest).toContainEqual(cut)
  const freed = freedBy(graph, roots, cut!)
  for (const other of smallest) {
    const freedByOther = new Set(freedBy(graph, roots, other))
    expect(freed.every((node) => freedByOther.has(node))).toBe(true)
  }
  return true
}

/** Every set of references without a fixed one that cuts a node off, with what it costs and frees. */
function costlyCuts(
  { graph, roots }: RootedGraph,
  target: number,
  costOf: (reference: Reference) => number,
): { cost: number; frees: number; references: Reference[] }[] {
  const edges = edgesOf(graph).filter((edge) => edge.from !== edge.to && costOf(edge) !== COST.fixed)
  const cuts: { cost: number; frees: number; references: Reference[] }[] = []
  for (let size = 0; size <= edges.length; size += 1) {
    for (const references of subsets(edges, size)) {
      const isRemoved = (from: number, to: number) => references.some((one) => one.from === from && one.to === to)
      if (reachableFrom(without(graph, isRemoved).references, roots)[target] === 1) continue
      const cost = references.reduce((sum, reference) => sum + costOf(reference), 0)
      cuts.push({ cost, frees: freedBy(graph, roots, references).length, references })
    }
  }
  return cuts
}

describe('minimumCut with costs', () => {
  it('costs least, then frees least, then has the fewest references, and never a fixed one', () => {
    const seen = { undefined: 0, free: 0, costly: 0 }
    fc.assert(
      fc.property(rootedGraphs(5), fc.infiniteStream(fc.nat({ max: 2 })), ({ graph, roots }, choices) => {
        const edges = edgesOf(graph)
        fc.pre(edges.length <= 10)
        const costs = Uint8Array.from(edges, () => choices.next().value!)
        const costOf = ({ from, to }: Reference): number =>
          costs[edges.findIndex((edge) => edge.from === from && edge.to === to)]!
        for (const target of graph.keys.keys()) {
          const cut = minimumCut(graph, roots, target, costs)
          if (roots.includes(target)) continue
          const all = costlyCuts({ graph, roots }, target, costOf)
          expect(cut === undefined).toBe(all.length === 0)
          if (cut === undefined) {
            seen.undefined += 1
            continue
          }
          const [best] = all.sort(
            (a, b) => a.cost - b.cost || a.frees - b.frees || a.references.length - b.references.length,
          )
          const cost = cut.reduce((sum, reference) => sum + costOf(reference), 0)
          expect([cost, freedBy(graph, roots, cut).length, cut.length]).toEqual([
            best!.cost,
            best!.frees,
            best!.references.length,
          ])
          expect(all.some(({ references }) => JSON.stringify(references) === JSON.stringify(cut))).toBe(true)
          if (cut.length > 0) seen[cost === 0 ? 'free' : 'costly'] += 1
        }
      }),
      { numRuns: 300, seed: 11 },
    )
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20)
  })
})

describe('minimumCut', () => {
  it('is such a set on random graphs', () => {
    const bySize = [0, 0, 0, 0]
    const scenario = fc.tuple(rootedGraphs(9), fc.nat({ max: 8 }))
    fc.assert(
      fc.property(scenario, ([rooted, number]) => {
        const target = number % rooted.graph.keys.length
        if (expectLeastCut(rooted, target, 3)) bySize[minimumCut(rooted.graph, rooted.roots, target)!.length]! += 1
      }),
      { numRuns: 500 },
    )
    // The random graphs are of every kind.
    for (const count of bySize) expect(count).toBeGreaterThan(10)
  })

  it('is as large as there are routes without a common reference, for every node of larger graphs', () => {
    let largest = 0
    fc.assert(
      fc.property(rootedGraphs(60), (rooted) => {
        for (const target of rooted.graph.keys.keys()) {
          const cut = minimumCut(rooted.graph, rooted.roots, target)
          expectCut(rooted, target, cut)
          largest = Math.max(largest, cut?.length ?? 0)
        }
      }),
      { numRuns: 100 },
    )
    expect(largest).toBeGreaterThan(4)
  })

  it('is as large for nodes of graphs in which routes stand in the way of each other', () => {
    let largest = 0
    for (const [size, references] of [
      [100, 250],
      [200, 600],
      [300, 1500],
    ] as const) {
      const graph = largeGraph(size, references)
      for (let target = 1; target < size; target += 2) {
        const cut = minimumCut(graph, [0, 3], target)
        expectCut({ graph, roots: [0, 3] }, target, cut)
        largest = Math.max(largest, cut?.length ?? 0)
      }
    }
    expect(largest).toBeGreaterThan(8)
  })

  it('takes a route back where others are better, and only once', () => {
    // 0 -> 1 -> 4 -> 5 is the shortest route; it must give way to 0 -> 2 -> 4 -> 5 and 0 -> 1 -> 3 -> 6 -> 5.
    const edges = [0, 1, 0, 2, 1, 4, 1, 3, 2, 4, 3, 6, 6, 5, 4, 5]
    expect(minimumCut(graphOf(7, edges), [0], 5)).toEqual([
      { from: 4, to: 5 },
      { from: 6, to: 5 },
    ])
    // Another way into 4, and another one out of 1, are no third route: 4 does not lead to 1.
    const more = [0, 7, 7, 4, 1, 8, 8, 9, 9, 10, 10, 5]
    expect(minimumCut(graphOf(11, [...edges, ...more]), [0], 5)).toEqual([
      { from: 0, to: 1 },
      { from: 4, to: 5 },
    ])
  })

  it('is nearest to the node', () => {
    // 0 -> 1 -> 2 and 3 -> 4, with 5 below 4.
    const graph = graphOf(6, [0, 1, 1, 2, 1, 3, 2, 4, 3, 4, 4, 5])
    expect(minimumCut(graph, [0], 5)).toEqual([{ from: 4, to: 5 }])
    expect(minimumCut(graph, [0], 4)).toEqual([{ from: 0, to: 1 }])
  })

  it('leaves roots, and what they refer to each other, alone', () => {
    const graph = graphOf(4, [0, 1, 1, 2, 0, 2, 2, 2, 2, 3])
    expect(minimumCut(graph, [0, 1, 1], 1)).toBeUndefined()
    expect(minimumCut(graph, [0, 1, 1], 2)).toEqual([
      { from: 0, to: 2 },
      { from: 1, to: 2 },
    ])
    expect(minimumCut(graph, [3], 2)).toEqual([])
    expect(minimumCut(graph, [], 2)).toEqual([])
  })
})
