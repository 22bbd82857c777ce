import { describe, expect, it } from 'vitest'
import { dominatedBy, dominates, lowestCommonDominator, ROOT, UNREACHABLE } from '../../../src/graph/dominator-tree.ts'
import { dominatorTree } from '../../../src/graph/dominators.ts'
import { reachableFrom } from '../../../src/graph/reference-graph.ts'
import { chain, everyGraphOfThree, type RootedGraph, without } from '../../graph/random-graph.ts'

/** For each reached path those that are reached no more without it. */
function dominatedByRemoval({ graph, roots }: RootedGraph): Map<number, Set<number>> {
  const before = reachableFrom(graph.references, roots)
  const dominated = new Map<number, Set<number>>()
  for (const path of graph.keys.keys()) {
    if (before[path] === 0) continue
    const rest = without(graph, (from, to) => from === path || to === path)
    const after = reachableFrom(
      rest.references,
      roots.filter((root) => root !== path),
    )
    dominated.set(path, new Set([...before.keys()].filter((other) => before[other] === 1 && after[other] === 0)))
  }
  return dominated
}

function expectDominators(rooted: RootedGraph): void {
  const { graph, roots } = rooted
  const tree = dominatorTree(graph, roots)
  const dominated = dominatedByRemoval(rooted)
  expect([...tree.order].sort((a, b) => a - b)).toEqual([...dominated.keys()])
  for (const path of graph.keys.keys()) {
    const dominators = [...dominated.keys()].filter((other) => other !== path && dominated.get(other)!.has(path))
    // The closest is the one that dominates fewest: dominators of a path dominate each other in a row.
    dominators.sort((a, b) => dominated.get(a)!.size - dominated.get(b)!.size)
    expect(tree.parent[path]).toBe(dominated.has(path) ? (dominators[0] ?? ROOT) : UNREACHABLE)
    const below = dominatedBy(tree, path)
    expect(new Set(below)).toEqual(dominated.get(path) ?? new Set())
    if (dominated.has(path)) expect(below[0]).toBe(path)
    for (const other of graph.keys.keys()) {
      expect(dominates(tree, path, other)).toBe(dominated.get(path)?.has(other) ?? false)
    }
  }
}

describe('dominatorTree', () => {
  it('has what no root reaches any more without a path, on every graph of three', () => {
    let graphs = 0
    for (const rooted of everyGraphOfThree()) {
      expectDominators(rooted)
      graphs += 1
    }
    expect(graphs).toBe(4096)
  })

  it('goes through a chain longer than any call stack', () => {
    const size = 100_000
    const tree = dominatorTree(chain(size), [0])
    expect(tree.parent).toEqual(Int32Array.from({ length: size }, (_, path) => path - 1))
    expect(dominatedBy(tree, size - 10)).toHaveLength(10)
    for (let path = 0; path < size; path += 1) {
      if (lowestCommonDominator(tree, [size - 1, path]) !== path) throw new Error(`not ${path}`)
    }
  })
})
