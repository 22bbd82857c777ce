import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graphSizes } from '../../src/analyses/graph-sizes.ts'
import { neighbours, reachableFrom, withoutReferences } from '../../src/graph/reference-graph.ts'
import { edgesOf, rootedGraphs } from '../graph/random-graph.ts'

const NOTHING = { accounts: [], shared: [], images: [], warnings: [], complete: true }

describe('the graph that holds owners', () => {
  it('reaches what all references reach, and goes by chance only where there is no other way', () => {
    let kept = 0
    let left = 0
    fc.assert(
      fc.property(rootedGraphs(12), fc.infiniteStream(fc.boolean()), ({ graph, roots }, chances) => {
        const all = edgesOf(graph)
        const byChance = all.filter(() => chances.next().value)
        const given = roots.map((node) => ({ node, reason: 'given' as const }))
        const { graph: holding } = graphSizes(NOTHING, { graph, byChance }, given)
        expect([...reachableFrom(holding.references, roots)]).toEqual([...reachableFrom(graph.references, roots)])
        const certain = reachableFrom(withoutReferences(graph, byChance).references, roots)
        for (const { from, to } of all) {
          const isKept = neighbours(holding.references, from).includes(to)
          const isByChance = byChance.some((other) => other.from === from && other.to === to)
          expect(isKept).toBe(!isByChance || certain[to] === 0)
          if (isByChance) isKept ? kept++ : left++
        }
      }),
      { numRuns: 300, seed: 5 },
    )
    expect([kept > 50, left > 50]).toEqual([true, true])
  })
})
