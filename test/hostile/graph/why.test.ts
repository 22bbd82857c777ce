import { expect, it } from 'vitest'
import { why } from '../../../src/analyses/why.ts'
import { dominatorTree } from '../../../src/graph/dominators.ts'
import { retainedSizes } from '../../../src/graph/retained-sizes.ts'
import { BUILT_IN } from '../../../src/owners/reference-kind.ts'
import { sectionsText } from '../../../src/present/text/sections.ts'
import { PLAIN } from '../../../src/present/text/style.ts'
import { name } from '../../../src/views/cell.ts'
import { STORE_PATHS } from '../../../src/views/nouns.ts'
import { whyView } from '../../../src/views/why.ts'
import { largeGraph } from '../../graph/random-graph.ts'

it('why copes with all routes of a large graph', () => {
  const graph = largeGraph(20_000, 300_000)
  const size = graph.keys.length
  const bytes = new Float64Array(size).fill(1)
  const tree = dominatorTree(graph, [0])
  const sizes = {
    graph,
    roots: [{ node: 0, reason: 'given' as const }],
    byChance: [],
    kinds: BUILT_IN,
    tree,
    own: bytes,
    unpacked: bytes,
    exclusive: bytes,
    held: bytes,
    freed: retainedSizes(tree, bytes),
    shared: [],
    retained: retainedSizes(tree, bytes),
  }
  const answer = why(sizes, size - 1, { from: undefined, all: true })
  const { sections } = whyView([answer], {
    ...sizes,
    nouns: STORE_PATHS,
    nameOf: (node) => name(String(node)),
    evidence: { references: new Map(), isKnown: true, failures: [] },
    hasExcerpts: false,
    hidden: [],
    closure: bytes,
    origin: 'scan',
    complete: true,
    all: true,
    choice: { top: 0, sort: 'frees', min: 0 },
  })
  const text = sectionsText(sections(), { style: PLAIN, unit: 'iec', fullPaths: false })
  expect(answer.routes.length).toBeGreaterThan(150_000)
  expect(text.split('\n').length).toBeGreaterThan(answer.routes.length)
})
