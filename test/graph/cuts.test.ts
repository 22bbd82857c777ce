import { strictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cut, freedBy, soleHolders } from '../../src/graph/cuts.ts'
import type { DominatorTree } from '../../src/graph/dominator-tree.ts'
import { dominatorTree } from '../../src/graph/dominators.ts'
import { type ReferenceGraph, reachableFrom } from '../../src/graph/reference-graph.ts'
import { retainedSizes, type SharedBytes } from '../../src/graph/retained-sizes.ts'
import {
  chain,
  edgesOf,
  everyGraphOfThree,
  graphOf,
  largeGraph,
  type RootedGraph,
  rootedGraphs,
  without,
} from './random-graph.ts'

/** What each single reference frees, by removing it. */
function cutsByRemoval({ graph, roots }: RootedGraph, own: Float64Array, shared: readonly SharedBytes[]): Cut[] {
  const before = reachableFrom(graph.references, roots)
  const cuts = edgesOf(graph).map((cut) => {
    const rest = without(graph, (from, to) => from === cut.from && to === cut.to)
    const after = reachableFrom(rest.references, roots)
    const goes = (node: number): boolean => before[node] === 1 && after[node] === 0
    let bytes = 0
    for (const node of graph.keys.keys()) if (goes(node)) bytes += own[node]!
    for (const group of shared) if (group.nodes.every(goes)) bytes += group.bytes
    return { ...cut, bytes }
  })
  // Stable: of equal ones in the order of the graph, which is that of the names.
  return cuts.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes)
}

/** What the references of sole holders free, largest first. */
function soleCuts(graph: ReferenceGraph, tree: DominatorTree, retained: Float64Array): Cut[] {
  const cuts = Array.from(soleHolders(graph, tree), (from, to) => ({ from, to, bytes: retained[to]! }))
  const freeing = cuts.filter(({ from, bytes }) => from >= 0 && bytes > 0)
  return freeing.sort((a, b) => b.bytes - a.bytes || a.from - b.from || a.to - b.to)
}

function expectCuts(rooted: RootedGraph, own: Float64Array, shared: readonly SharedBytes[]): void {
  const { graph, roots } = rooted
  const tree = dominatorTree(graph, roots)
  const retained = retainedSizes(tree, own, shared)
  const expected = cutsByRemoval(rooted, own, shared)
  expect(soleCuts(graph, tree, retained)).toEqual(expected)
  const holders = soleHolders(graph, tree)
  for (const cut of edgesOf(graph)) {
    strictEqual(freedBy(graph, roots, [cut]).includes(cut.to), cut.from === holders[cut.to])
  }
}

describe('soleHolders', () => {
  it('has what each reference alone frees, on every graph of three', () => {
    for (const rooted of everyGraphOfThree()) {
      expectCuts(rooted, Float64Array.of(1, 2, 2), [{ nodes: [1, 2], bytes: 8 }])
    }
  })

  it('has it on random graphs', () => {
    // Few sizes, 0 among them, so that several are equal.
    const bytes = fc.nat({ max: 5 })
    const group = fc.record({ nodes: fc.array(fc.nat({ max: 13 }), { minLength: 1, maxLength: 3 }), bytes })
    const scenario = fc.record({
      rooted: rootedGraphs(14),
      sizes: fc.array(bytes, { minLength: 14, maxLength: 14 }),
      groups: fc.array(group, { maxLength: 5 }),
    })
    fc.assert(
      fc.property(scenario, ({ rooted, sizes, groups }) => {
        const size = rooted.graph.keys.length
        const shared = groups.map((shares) => ({ ...shares, nodes: shares.nodes.map((node) => node % size) }))
        expectCuts(rooted, Float64Array.from(sizes.slice(0, size)), shared)
      }),
      { numRuns: 500 },
    )
    const large = rootedGraphs(60)
    fc.assert(
      fc.property(large, (rooted) => expectCuts(rooted, new Float64Array(rooted.graph.keys.length).fill(1), [])),
      { numRuns: 30 },
    )
  })

  it('is not fooled by what is reached through the node alone, or not at all', () => {
    // 1 is referred to by 0, by 2 below it, by itself, and by 3, which no root reaches.
    const graph = graphOf(4, [0, 1, 1, 1, 1, 2, 2, 1, 3, 1])
    const tree = dominatorTree(graph, [0])
    const retained = retainedSizes(tree, Float64Array.of(1, 2, 4, 8))
    expect(soleCuts(graph, tree, retained)).toEqual([
      { from: 0, to: 1, bytes: 6 },
      { from: 1, to: 2, bytes: 4 },
    ])
  })

  it('copes with a long chain and a large graph', () => {
    const size = 100_000
    const long = chain(size)
    const tree = dominatorTree(long, [0])
    const cuts = soleCuts(long, tree, retainedSizes(tree, new Float64Array(size).fill(1)))
    expect(cuts).toHaveLength(size - 1)
    expect(cuts[0]).toEqual({ from: 0, to: 1, bytes: size - 1 })
    const large = largeGraph(20_000, 300_000)
    const dominators = dominatorTree(large, [0])
    const best = soleCuts(large, dominators, retainedSizes(dominators, new Float64Array(20_000).fill(1)))
    for (const cut of best.slice(0, 3)) expect(freedBy(large, [0], [cut])).toHaveLength(cut.bytes)
  })
})

describe('freedBy', () => {
  it('is what is reached with the references and not without', () => {
    const scenario = rootedGraphs(14).chain((rooted) =>
      fc.tuple(fc.constant(rooted), fc.subarray([...edgesOf(rooted.graph)])),
    )
    fc.assert(
      fc.property(scenario, ([{ graph, roots }, removed]) => {
        const before = reachableFrom(graph.references, roots)
        const rest = without(graph, (from, to) => removed.some((cut) => cut.from === from && cut.to === to))
        const after = reachableFrom(rest.references, roots)
        const expected = [...graph.keys.keys()].filter((node) => before[node] === 1 && after[node] === 0)
        expect(freedBy(graph, roots, removed)).toEqual(expected)
      }),
    )
  })

  it('takes no notice of a reference that is not there', () => {
    expect(freedBy(graphOf(3, [0, 1, 1, 2]), [0], [{ from: 1, to: 0 }])).toEqual([])
  })
})
