import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import fc from 'fast-check'
import { it } from 'vitest'
import { neighbours, type ReferenceGraph, reachableFrom } from '../../src/graph/reference-graph.ts'
import { componentReferences, stronglyConnected } from '../../src/graph/strongly-connected.ts'
import { everyGraphOfThree, rootedGraphs } from './random-graph.ts'

function expectComponents({ keys, references }: ReferenceGraph): void {
  const components = stronglyConnected(references)
  const { count, componentOf } = components
  deepStrictEqual(new Set(componentOf), new Set(Array.from({ length: count }, (_, component) => component)))
  const below = componentReferences(references, components)
  strictEqual(below.start.length, count + 1)
  const expected = Array.from({ length: count }, () => new Set<number>())
  const reached = keys.map((_, node) => reachableFrom(references, [node]))
  for (const from of keys.keys()) {
    for (const to of keys.keys()) {
      const isMutual = reached[from]![to] === 1 && reached[to]![from] === 1
      strictEqual(componentOf[from] === componentOf[to], isMutual)
    }
    for (const to of neighbours(references, from)) {
      // Reverse topological order.
      ok(componentOf[to]! <= componentOf[from]!)
      if (componentOf[to] !== componentOf[from]) expected[componentOf[from]!]!.add(componentOf[to]!)
    }
  }
  for (const [component, targets] of expected.entries()) {
    const found = neighbours(below, component)
    strictEqual(found.length, targets.size)
    deepStrictEqual(new Set(found), targets)
  }
}

it('has the nodes together that reach each other, and refers from higher components to lower ones', () => {
  for (const { graph, roots } of everyGraphOfThree()) if (roots.length === 0) expectComponents(graph)
  fc.assert(
    fc.property(rootedGraphs(20), ({ graph }) => expectComponents(graph)),
    { numRuns: 500 },
  )
})
