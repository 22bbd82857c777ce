import { strictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dominatorTree } from '../../src/graph/dominators.ts'
import { bytesFreedByEach } from '../../src/graph/freed-bytes.ts'
import { reachableFrom } from '../../src/graph/reference-graph.ts'
import { retainedSizes, type SharedBytes } from '../../src/graph/retained-sizes.ts'
import { chain, graphOf, largeGraph, rootedGraphs, without } from './random-graph.ts'

const bytes = fc.integer({ min: 0, max: 2 ** 40 })
const scenario = fc.record({
  rooted: rootedGraphs(14),
  sizes: fc.array(bytes, { minLength: 14, maxLength: 14 }),
  groups: fc.array(fc.record({ nodes: fc.array(fc.nat({ max: 13 }), { minLength: 1, maxLength: 5 }), bytes }), {
    maxLength: 8,
  }),
})

describe('retainedSizes', () => {
  it('is what goes away without the node: its own bytes, and what all users of which go', () => {
    fc.assert(
      fc.property(scenario, ({ rooted: { graph, roots }, sizes, groups }) => {
        const size = graph.keys.length
        const own = Float64Array.from(sizes.slice(0, size))
        const shared = groups.map(({ nodes, bytes }) => ({
          nodes: nodes.map((node) => node % size),
          shares: nodes.map((_, index) => (index === 0 ? bytes : 0)),
          bytes,
        }))
        const retained = retainedSizes(dominatorTree(graph, roots), own, shared)
        const before = reachableFrom(graph.references, roots)
        for (const node of graph.keys.keys()) {
          const after = reachableFrom(
            without(graph, (from, to) => from === node || to === node).references,
            roots.filter((root) => root !== node),
          )
          const goes = (other: number): boolean => before[other] === 1 && after[other] === 0
          let expected = 0
          for (const other of graph.keys.keys()) if (goes(other)) expected += own[other]!
          for (const group of shared) if (group.nodes.every(goes)) expected += group.bytes
          strictEqual(retained[node], expected)
          const each = bytesFreedByEach([...graph.keys.keys()].filter(goes), own, shared)
          strictEqual(
            [...each.values()].reduce((sum, bytes) => sum + bytes, 0),
            expected,
          )
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('frees shared bytes with the last of their users', () => {
    // 0 -> 1 -> 2, 1 -> 3, 0 -> 4; 5 is not reached.
    const tree = dominatorTree(graphOf(6, [0, 1, 1, 2, 1, 3, 0, 4]), [0])
    const own = Float64Array.of(1, 2, 4, 8, 16, 32)
    const of = (...shared: SharedBytes[]): number[] => [...retainedSizes(tree, own, shared)]
    expect(of()).toEqual([31, 14, 4, 8, 16, 0])
    expect(of({ nodes: [2, 3], bytes: 100 })).toEqual([131, 114, 4, 8, 16, 0])
    expect(of({ nodes: [4, 3], bytes: 100 })).toEqual([131, 14, 4, 8, 16, 0])
    expect(of({ nodes: [3, 1], bytes: 100 })).toEqual([131, 114, 4, 8, 16, 0])
    expect(of({ nodes: [2, 2], bytes: 100 })).toEqual([131, 114, 104, 8, 16, 0])
    // What is not reached is not freed by anything, nor is what it has a share in.
    expect(of({ nodes: [2, 5], bytes: 100 })).toEqual(of())
    expect(of({ nodes: [], bytes: 100 })).toEqual(of())
    expect(bytesFreedByEach([1], own, [{ nodes: [], shares: [], bytes: 100 }])).toEqual(new Map([[1, 2]]))
  })

  it('is of nobody when only two roots together free it', () => {
    const tree = dominatorTree(graphOf(3, [0, 2, 1, 2]), [0, 1])
    expect([...retainedSizes(tree, Float64Array.of(1, 2, 4), [{ nodes: [0, 1], bytes: 8 }])]).toEqual([1, 2, 4])
  })

  it('stays exact up to 2^53', () => {
    const largest = 2 ** 53 - 1
    const tree = dominatorTree(chain(3), [0])
    expect([...retainedSizes(tree, Float64Array.of(1, largest - 2, 1))]).toEqual([largest, largest - 1, 1])
  })

  it('copes with a long chain whose parts share bytes, and with a large graph', () => {
    const size = 100_000
    const pairs = Array.from({ length: size }, (_, node) => ({ nodes: [size - 1, node], bytes: 1 }))
    const retained = retainedSizes(dominatorTree(chain(size), [0]), new Float64Array(size).fill(1), pairs)
    expect(retained[0]).toBe(2 * size)
    expect(retained[size - 1]).toBe(2)
    const tree = dominatorTree(largeGraph(20_000, 300_000), [0])
    const large = retainedSizes(tree, new Float64Array(20_000).fill(1))
    expect(large[0]).toBe(tree.order.length)
  })
})
