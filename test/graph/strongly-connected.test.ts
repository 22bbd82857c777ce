import fc from 'fast-check'
import { expect, it } from 'vitest'
import { neighbours, reachableFrom, type StoreGraph } from '../../src/graph/store-graph.ts'
import { componentReferences, stronglyConnected } from '../../src/graph/strongly-connected.ts'
import { everyGraphOfThree, rootedGraphs } from './random-graph.ts'

function expectComponents({ paths, references }: StoreGraph): void {
  const components = stronglyConnected(references)
  const { count, componentOf } = components
  expect(new Set(componentOf)).toEqual(new Set(Array.from({ length: count }, (_, component) => component)))
  const below = componentReferences(references, components)
  expect(below.start).toHaveLength(count + 1)
  const expected = Array.from({ length: count }, () => new Set<number>())
  const reached = paths.map((_, path) => reachableFrom(references, [path]))
  for (const from of paths.keys()) {
    for (const to of paths.keys()) {
      const isMutual = reached[from]![to] === 1 && reached[to]![from] === 1
      expect(componentOf[from] === componentOf[to]).toBe(isMutual)
    }
    for (const to of neighbours(references, from)) {
      // Reverse topological order.
      expect(componentOf[to]).toBeLessThanOrEqual(componentOf[from]!)
      if (componentOf[to] !== componentOf[from]) expected[componentOf[from]!]!.add(componentOf[to]!)
    }
  }
  for (const [component, targets] of expected.entries()) {
    const found = neighbours(below, component)
    expect(found).toHaveLength(targets.size)
    expect(new Set(found)).toEqual(targets)
  }
}

it('has the paths together that reach each other, and refers from higher components to lower ones', () => {
  for (const { graph, roots } of everyGraphOfThree()) if (roots.length === 0) expectComponents(graph)
  fc.assert(
    fc.property(rootedGraphs(20), ({ graph }) => expectComponents(graph)),
    { numRuns: 500 },
  )
})
