import { describe, expect, it } from 'vitest'
import { freedBy } from '../../../src/graph/cuts.ts'
import { minimumCut } from '../../../src/graph/minimum-cut.ts'
import { neighbours, type Reference, reachableFrom } from '../../../src/graph/reference-graph.ts'
import {
  chain,
  edgesOf,
  everyGraphOfThree,
  graphOf,
  largeGraph,
  type RootedGraph,
  without,
} from '../../graph/random-graph.ts'

/** Every smallest set of references without which no root reaches a path. */
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
  const capacities = graph.keys.map((_, path) => new Map([...neighbours(graph.references, path)].map((to) => [to, 1])))
  const source = capacities.push(new Map(roots.map((root) => [root, Number.POSITIVE_INFINITY]))) - 1
  const augment = (path: number, seen: Set<number>): boolean => {
    if (path === target) return true
    seen.add(path)
    for (const [next, capacity] of [...capacities[path]!]) {
      if (capacity === 0 || seen.has(next) || !augment(next, seen)) continue
      capacities[path]!.set(next, capacity - 1)
      capacities[next]!.set(path, (capacities[next]!.get(path) ?? 0) + 1)
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
  expect(cut === undefined).toBe(roots.includes(target))
  if (cut === undefined) return
  const isReached = reachableFrom(graph.references, roots)[target] === 1
  expect(freedBy(graph, roots, cut).includes(target)).toBe(isReached)
  expect(cut).toHaveLength(disjointRoutes({ graph, roots }, target))
  for (const { from, to } of cut) expect(neighbours(graph.references, from)).toContain(to)
  expect(cut).toEqual([...cut].sort((a, b) => a.from - b.from || a.to - b.to))
}

/** Compares with every smallest cut: it is one of them, and frees no path that one of them does not. */
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
    expect(freed.every((path) => freedByOther.has(path))).toBe(true)
  }
  return true
}

describe('minimumCut', () => {
  it('is a smallest set, and frees what each of them does, on every graph of three', () => {
    for (const rooted of everyGraphOfThree()) for (const path of [0, 1, 2]) expectLeastCut(rooted, path, 9)
  })

  it('copes with a long chain, a long ladder and a large graph', () => {
    const size = 100_000
    expect(minimumCut(chain(size), [0], size - 1)).toEqual([{ from: size - 2, to: size - 1 }])
    const rungs: number[] = []
    for (let path = 0; path + 3 < size; path += 2)
      rungs.push(path, path + 2, path + 1, path + 3, path, path + 3, path + 1, path)
    expect(minimumCut(graphOf(size, rungs), [0, 1], size - 1)).toHaveLength(2)
    const large = largeGraph(20_000, 300_000)
    for (const target of [19_999, 10_000, 500]) {
      const cut = minimumCut(large, [0, 1, 2], target)!
      expect(freedBy(large, [0, 1, 2], cut)).toContain(target)
      expect(cut.length).toBeLessThanOrEqual(neighbours(large.referrers, target).length)
    }
  })
})
