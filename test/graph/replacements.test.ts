import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { neighbours, reachableFrom, referenceGraph } from '../../src/graph/reference-graph.ts'
import { Replacements } from '../../src/graph/replacements.ts'
import { graphOf, type RootedGraph, rootedGraphs } from './random-graph.ts'

/** By hand: a new graph in which every reference to a replaced node leads to its replacement. */
function freedByHand(
  { graph, roots }: RootedGraph,
  replacements: ReadonlyMap<number, number>,
  given: ReadonlySet<number>,
) {
  const edges: number[] = []
  for (const from of graph.keys.keys()) {
    for (const to of neighbours(graph.references, from)) edges.push(from, replacements.get(to) ?? to)
  }
  const before = reachableFrom(graph.references, roots)
  const begins = roots.map((root) => (given.has(root) ? (replacements.get(root) ?? root) : root))
  const after = reachableFrom(referenceGraph(graph.keys, edges).references, begins)
  return [...graph.keys.keys()].filter((node) => before[node] === 1 && after[node] === 0)
}

describe('replacements', () => {
  it('frees what a graph with other references does not reach', () => {
    let freed = 0
    fc.assert(
      fc.property(
        rootedGraphs(12),
        fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 4 }),
        fc.nat(),
        (rooted, pairs, bits) => {
          const count = rooted.graph.keys.length
          const kept = new Set(pairs.map(([, to]) => to % count))
          const replacements = new Map(
            pairs.map(([from, to]) => [from % count, to % count] as const).filter(([from]) => !kept.has(from)),
          )
          const given = new Set(rooted.roots.filter((root) => ((bits >> root) & 1) === 1))
          const found = new Replacements(rooted.graph, rooted.roots, given).freedBy(replacements)
          expect(found).toEqual(freedByHand(rooted, replacements, given))
          freed += found.length
        },
      ),
    )
    expect(freed).toBeGreaterThan(20)
  })

  it('frees what only the replaced node holds, and nothing that its replacement needs', () => {
    // 0 -> 1, 0 -> 2; 1 -> 3, 1 -> 4; 2 -> 4
    const search = new Replacements(graphOf(5, [0, 1, 0, 2, 1, 3, 1, 4, 2, 4]), [0])
    expect(search.freedBy(new Map([[1, 2]]))).toEqual([1, 3])
    expect(search.freedBy(new Map([[2, 1]]))).toEqual([2])
    expect(search.freedBy(new Map())).toEqual([])
  })

  it('keeps a root, unless something outside names it', () => {
    const graph = graphOf(3, [1, 2])
    expect(new Replacements(graph, [0, 1]).freedBy(new Map([[1, 0]]))).toEqual([])
    expect(new Replacements(graph, [0, 1], new Set([1])).freedBy(new Map([[1, 0]]))).toEqual([1, 2])
  })
})
