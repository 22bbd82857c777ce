import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closureSizes } from '../../src/graph/closure-sizes.ts'
import { type ReferenceGraph, reachableFrom } from '../../src/graph/reference-graph.ts'
import { everyGraphOfThree, graphOf, largeGraph, rootedGraphs } from './random-graph.ts'

function closureSize({ references }: ReferenceGraph, own: Float64Array, node: number): number {
  let sum = 0
  for (const [other, isReached] of reachableFrom(references, [node]).entries()) if (isReached) sum += own[other]!
  return sum
}

function expectClosures(graph: ReferenceGraph, own: Float64Array): void {
  expect([...closureSizes(graph, own)]).toEqual(graph.keys.map((_, node) => closureSize(graph, own, node)))
}

describe('closureSizes', () => {
  it('is the sum over what is reached, on every graph of three', () => {
    for (const { graph, roots } of everyGraphOfThree())
      if (roots.length === 0) expectClosures(graph, Float64Array.of(1, 2, 4))
  })

  it('is it on random graphs', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 2 ** 46 }), { minLength: 60, maxLength: 60 })
    fc.assert(
      fc.property(rootedGraphs(60), sizes, ({ graph }, own) => {
        expectClosures(graph, Float64Array.from(own.slice(0, graph.keys.length)))
      }),
      { numRuns: 500 },
    )
  })

  it('is it for graphs of several blocks of columns', () => {
    for (const [size, references] of [
      [2048, 3000],
      [2049, 3000],
      [5000, 6000],
    ] as const) {
      // Without references back, so that there are as many components as nodes, and in reverse.
      const edges = largeGraph(size, references)
      const forward: number[] = []
      for (const from of edges.keys.keys()) {
        for (const to of edges.references.list.subarray(
          edges.references.start[from]!,
          edges.references.start[from + 1]!,
        )) {
          if (to > from) forward.push(from, to)
        }
      }
      const own = Float64Array.from({ length: size }, (_, node) => node + 1)
      for (const graph of [graphOf(size, forward), graphOf(size, forward.slice().reverse())]) {
        const closures = closureSizes(graph, own)
        for (let node = 0; node < size; node += 7) expect(closures[node]).toBe(closureSize(graph, own, node))
      }
    }
  })

  it('counts what is in a cycle once', () => {
    const graph = graphOf(4, [0, 1, 1, 2, 2, 0, 2, 3, 3, 3])
    expect([...closureSizes(graph, Float64Array.of(1, 2, 4, 8))]).toEqual([15, 15, 15, 8])
  })

  it('has nothing for a graph without nodes', () => {
    expect(closureSizes(graphOf(0, []), new Float64Array())).toHaveLength(0)
  })
})
