import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graphSizes } from '../../src/analyses/graph-sizes.ts'
import { why } from '../../src/analyses/why.ts'
import { minimumCut } from '../../src/graph/minimum-cut.ts'
import { type Reference, reachableFrom, withoutReferences } from '../../src/graph/reference-graph.ts'
import { edgesOf, graphOf, type RootedGraph, rootedGraphs } from '../graph/random-graph.ts'

const NOTHING = { accounts: [], shared: [], images: [], warnings: [], complete: true }

function* subsets<T>(items: readonly T[], size: number): Generator<T[]> {
  if (size === 0) yield []
  else {
    for (const [index, item] of items.entries()) {
      for (const rest of subsets(items.slice(index + 1), size - 1)) yield [item, ...rest]
    }
  }
}

/** The fewest of some references whose removal cuts a node off, by trying all sets; undefined if not even all of them do. */
function fewest({ graph, roots }: RootedGraph, target: number, some: readonly Reference[]): number | undefined {
  for (let size = 0; size <= some.length; size += 1) {
    for (const removed of subsets(some, size)) {
      if (reachableFrom(withoutReferences(graph, removed).references, roots)[target] === 0) return size
    }
  }
  return undefined
}

describe('a smallest cut with references that cannot be removed', () => {
  it('has none of them, and is as small as can be', () => {
    let undefinedCuts = 0
    let sizes = 0
    fc.assert(
      fc.property(rootedGraphs(5), fc.infiniteStream(fc.boolean()), ({ graph, roots }, choices) => {
        const edges = edgesOf(graph).filter(({ from, to }) => from !== to)
        fc.pre(edges.length <= 9)
        const fixed = edges.filter(() => choices.next().value)
        const free = edges.filter((edge) => !fixed.includes(edge))
        for (const target of graph.keys.keys()) {
          const cut = minimumCut(graph, roots, target, fixed)
          if (roots.includes(target)) continue
          const expected = fewest({ graph, roots }, target, free)
          expect(cut?.length).toBe(expected)
          if (cut === undefined) {
            undefinedCuts += 1
            continue
          }
          sizes += cut.length
          const isFixed = ({ from, to }: Reference) => fixed.some((other) => other.from === from && other.to === to)
          expect(cut.filter(isFixed)).toEqual([])
          expect(reachableFrom(withoutReferences(graph, cut).references, roots)[target]).toBe(0)
        }
      }),
      { numRuns: 400, seed: 11 },
    )
    expect([undefinedCuts > 20, sizes > 200]).toEqual([true, true])
  })
})

describe('why, with references by chance', () => {
  const answer = (
    count: number,
    edges: readonly [number, number][],
    byChance: readonly [number, number][],
    path: number,
  ) => {
    const references = byChance.map(([from, to]) => ({ from, to }))
    const graph = graphOf(count, [...edges, ...byChance].flat())
    const roots = [{ node: 0, reason: 'given' as const }]
    return why(graphSizes(NOTHING, { graph, byChance: references }, roots), path, { from: undefined, all: false })
  }

  it('shows nothing that only they lead to, where there is another reason', () => {
    // 0 → 1 → 4 is certain; 0 → 2 by chance, and 2 → 3 → 4.
    const found = answer(
      5,
      [
        [0, 1],
        [1, 4],
        [2, 3],
        [3, 4],
      ],
      [[0, 2]],
      4,
    )
    expect(found.routes.map(({ path }) => path)).toEqual([0, 1, 4])
    expect(found.referrers).toEqual([1])
    expect(found.smallest?.references).toEqual([{ from: 1, to: 4 }])
  })

  it('cuts around them where there is no other reason', () => {
    const found = answer(
      4,
      [
        [0, 1],
        [0, 2],
      ],
      [
        [1, 3],
        [2, 3],
      ],
      3,
    )
    expect(found.byChance).toEqual([1, 2])
    expect(found.routes.map(({ path }) => path)).toEqual([0, 1, 3, 2, 3])
    expect(found.smallest?.references).toEqual([
      { from: 0, to: 1 },
      { from: 0, to: 2 },
    ])
    expect(found.single).toEqual([])
  })

  it('has no cut of a path that they hold from the root on', () => {
    const found = answer(2, [], [[0, 1]], 1)
    expect([found.smallest, found.single]).toEqual([undefined, []])
  })
})
