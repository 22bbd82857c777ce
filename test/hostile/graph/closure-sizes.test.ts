import { describe, expect, it } from 'vitest'
import { closureSizes } from '../../../src/graph/closure-sizes.ts'
import { type ReferenceGraph, reachableFrom } from '../../../src/graph/reference-graph.ts'
import { chain, graphOf, largeGraph } from '../../graph/random-graph.ts'

function closureSize({ references }: ReferenceGraph, own: Float64Array, path: number): number {
  let sum = 0
  for (const [other, isReached] of reachableFrom(references, [path]).entries()) if (isReached) sum += own[other]!
  return sum
}

describe('closureSizes', () => {
  it('copes with a long chain, a long circle and a large graph', () => {
    const size = 100_000
    const closures = closureSizes(chain(size), new Float64Array(size).fill(1))
    expect(closures).toEqual(Float64Array.from({ length: size }, (_, path) => size - path))
    const circle = Array.from({ length: size }, (_, path) => [path, (path + 1) % size]).flat()
    expect(closureSizes(graphOf(size, circle), new Float64Array(size).fill(1))).toEqual(
      new Float64Array(size).fill(size),
    )
    const large = largeGraph(20_000, 300_000)
    const own = Float64Array.from({ length: 20_000 }, (_, path) => path)
    const sums = closureSizes(large, own)
    for (let path = 0; path < 20_000; path += 1999) expect(sums[path]).toBe(closureSize(large, own, path))
  })
})
