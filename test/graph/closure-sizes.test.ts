import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closureSizes } from '../../src/graph/closure-sizes.ts'
import { reachableFrom, type StoreGraph } from '../../src/graph/store-graph.ts'
import { everyGraphOfThree, graphOf, largeGraph, rootedGraphs } from './random-graph.ts'

function closureSize({ references }: StoreGraph, own: Float64Array, path: number): number {
  let sum = 0
  for (const [other, isReached] of reachableFrom(references, [path]).entries()) if (isReached) sum += own[other]!
  return sum
}

function expectClosures(graph: StoreGraph, own: Float64Array): void {
  expect([...closureSizes(graph, own)]).toEqual(graph.paths.map((_, path) => closureSize(graph, own, path)))
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
        expectClosures(graph, Float64Array.from(own.slice(0, graph.paths.length)))
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
      // Without references back, so that there are as many components as paths, and in reverse.
      const edges = largeGraph(size, references)
      const forward: number[] = []
      for (const from of edges.paths.keys()) {
        for (const to of edges.references.list.subarray(
          edges.references.start[from]!,
          edges.references.start[from + 1]!,
        )) {
          if (to > from) forward.push(from, to)
        }
      }
      const own = Float64Array.from({ length: size }, (_, path) => path + 1)
      for (const graph of [graphOf(size, forward), graphOf(size, forward.slice().reverse())]) {
        const closures = closureSizes(graph, own)
        for (let path = 0; path < size; path += 7) expect(closures[path]).toBe(closureSize(graph, own, path))
      }
    }
  })

  it('counts what is in a cycle once', () => {
    const graph = graphOf(4, [0, 1, 1, 2, 2, 0, 2, 3, 3, 3])
    expect([...closureSizes(graph, Float64Array.of(1, 2, 4, 8))]).toEqual([15, 15, 15, 8])
  })

  it('has nothing for a graph without paths', () => {
    expect(closureSizes(graphOf(0, []), new Float64Array())).toHaveLength(0)
  })
})
