import { describe, expect, it } from 'vitest'
import { graphSizes } from '../../src/analyses/graph-sizes.ts'
import { why } from '../../src/analyses/why.ts'
import { graphOf } from '../graph/random-graph.ts'

const NOTHING = { accounts: [], shared: [], images: [], warnings: [], complete: true }

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
