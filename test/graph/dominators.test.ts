import { deepStrictEqual, strictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type DominatorTree,
  dominatedBy,
  dominates,
  lowestCommonDominator,
  ROOT,
  UNREACHABLE,
} from '../../src/graph/dominator-tree.ts'
import { dominatorTree } from '../../src/graph/dominators.ts'
import { reachableFrom } from '../../src/graph/reference-graph.ts'
import { graphOf, largeGraph, type RootedGraph, rootedGraphs, without } from './random-graph.ts'

/** For each reached node those that are reached no more without it. */
function dominatedByRemoval({ graph, roots }: RootedGraph): Map<number, Set<number>> {
  const before = reachableFrom(graph.references, roots)
  const dominated = new Map<number, Set<number>>()
  for (const node of graph.keys.keys()) {
    if (before[node] === 0) continue
    const rest = without(graph, (from, to) => from === node || to === node)
    const after = reachableFrom(
      rest.references,
      roots.filter((root) => root !== node),
    )
    dominated.set(node, new Set([...before.keys()].filter((other) => before[other] === 1 && after[other] === 0)))
  }
  return dominated
}

function expectDominators(rooted: RootedGraph): void {
  const { graph, roots } = rooted
  const tree = dominatorTree(graph, roots)
  const dominated = dominatedByRemoval(rooted)
  expect([...tree.order].sort((a, b) => a - b)).toEqual([...dominated.keys()])
  for (const node of graph.keys.keys()) {
    const dominators = [...dominated.keys()].filter((other) => other !== node && dominated.get(other)!.has(node))
    // The closest is the one that dominates fewest: dominators of a node dominate each other in a row.
    dominators.sort((a, b) => dominated.get(a)!.size - dominated.get(b)!.size)
    strictEqual(tree.parent[node], dominated.has(node) ? (dominators[0] ?? ROOT) : UNREACHABLE)
    const below = dominatedBy(tree, node)
    deepStrictEqual(new Set(below), dominated.get(node) ?? new Set())
    if (dominated.has(node)) strictEqual(below[0], node)
    for (const other of graph.keys.keys()) {
      strictEqual(dominates(tree, node, other), dominated.get(node)?.has(other) ?? false)
    }
  }
}

function parentsBeforeChildren({ order, parent }: DominatorTree): boolean {
  const seen = new Set([ROOT])
  return order.every((node) => seen.has(parent[node]!) && seen.add(node).has(node))
}

describe('dominatorTree', () => {
  it('has it on random graphs', () => {
    fc.assert(fc.property(rootedGraphs(14), expectDominators), { numRuns: 1000 })
    fc.assert(fc.property(rootedGraphs(60), expectDominators), { numRuns: 40 })
  })

  it('has parents before children', () => {
    fc.assert(
      fc.property(rootedGraphs(60), ({ graph, roots }) => {
        expect(parentsBeforeChildren(dominatorTree(graph, roots))).toBe(true)
      }),
    )
  })

  it('finds those of the example of the paper', () => {
    // Lengauer and Tarjan 1979, figures 1 and 2: R A B C D E F G H I J K L are 0 to 12.
    const arcs = ['RA', 'RB', 'RC', 'AD', 'BA', 'BD', 'BE', 'CF', 'CG', 'DL', 'EH', 'FI', 'GI', 'GJ', 'HE', 'HK']
    const names = 'RABCDEFGHIJKL'
    const edges = [...arcs, 'IK', 'JI', 'KI', 'KR', 'LH'].flatMap((arc) => [...arc].map((name) => names.indexOf(name)))
    const { parent } = dominatorTree(graphOf(13, edges), [0])
    const named = Array.from(parent, (dominator, node) => `${names[node]}${names[dominator] ?? '-'}`)
    expect(named.join(' ')).toBe('R- AR BR CR DR ER FC GC HR IR JG KR LD')
  })

  it('copes with graphs made to be slow: long chains that are entered and left everywhere', () => {
    const size = 20_000
    const middle = size / 2
    const edges: number[] = []
    for (let node = 0; node + 1 < size; node += 1) {
      if (node + 1 !== middle) edges.push(node, node + 1)
      // Into the second chain from the first, in the order that is worst to climb, and back to where each began.
      if (node < middle) edges.push(node, size - 1 - node, 0, middle + node)
      else edges.push(node, middle, node, node - middle + 1)
    }
    const { parent, order } = dominatorTree(graphOf(size, edges), [0])
    expect(order).toHaveLength(size)
    expect(parent[middle]).toBe(0)
  })

  it('copes with a large graph', () => {
    const tree = dominatorTree(largeGraph(20_000, 300_000), [0, 1, 2])
    expect(parentsBeforeChildren(tree)).toBe(true)
  })

  it('has nothing without roots', () => {
    const { order, parent } = dominatorTree(graphOf(2, [0, 1]), [])
    expect(order).toHaveLength(0)
    expect([...parent]).toEqual([UNREACHABLE, UNREACHABLE])
    expect(dominatorTree(graphOf(0, []), []).order).toHaveLength(0)
  })
})

describe('lowestCommonDominator', () => {
  it('is the lowest of those that dominate each', () => {
    const scenario = fc.tuple(rootedGraphs(20), fc.array(fc.nat({ max: 19 }), { maxLength: 5 }))
    fc.assert(
      fc.property(scenario, ([rooted, numbers]) => {
        const tree = dominatorTree(rooted.graph, rooted.roots)
        const nodes = numbers.map((number) => number % rooted.graph.keys.length)
        const dominated = dominatedByRemoval(rooted)
        const common = [...dominated].filter(([, below]) => nodes.every((node) => below.has(node)))
        common.sort(([, a], [, b]) => a.size - b.size)
        const isReached = nodes.every((node) => dominated.has(node))
        const expected = nodes.length === 0 ? ROOT : isReached ? (common[0]?.[0] ?? ROOT) : UNREACHABLE
        expect(lowestCommonDominator(tree, nodes)).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })
})
