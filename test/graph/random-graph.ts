import fc from 'fast-check'
import { type Reference, type ReferenceGraph, referenceGraph } from '../../src/graph/reference-graph.ts'

export interface RootedGraph {
  readonly graph: ReferenceGraph
  readonly roots: readonly number[]
}

/** A graph whose nodes are named so that their names are in the order of their numbers. */
export function graphOf(size: number, edges: ArrayLike<number>): ReferenceGraph {
  return referenceGraph(
    Array.from({ length: size }, (_, node) => `${String(node).padStart(32, '0')}-name`),
    edges,
  )
}

/**
 * Graphs with cycles, references of nodes to themselves, several roots, and parts that no root reaches; from hardly any
 * references to four for each node, the same one several times among them.
 */
export function rootedGraphs(maxSize: number): fc.Arbitrary<RootedGraph> {
  return fc
    .integer({ min: 2, max: maxSize })
    .chain((size) => fc.tuple(fc.constant(size), fc.nat({ max: 4 * size }), fc.boolean()))
    .chain(([size, count, isTree]) => {
      const node = fc.nat({ max: size - 1 })
      return fc.record({
        size: fc.constant(size),
        edges: arrayOf(fc.tuple(node, node), count),
        // For each node but the first a lower one that refers to it, so that more is reached than chance would have it.
        parents: arrayOf(fc.nat({ max: size }), isTree ? size - 1 : 0),
        roots: fc.oneof({ arbitrary: fc.constant([0]), weight: 2 }, fc.array(node, { maxLength: 3 })),
      })
    })
    .map(({ size, edges, parents, roots }) => {
      const tree = parents.map((number, index) => [number % (index + 1), index + 1])
      return { graph: graphOf(size, [...edges, ...tree].flat()), roots }
    })
}

function arrayOf<T>(items: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> {
  return fc.array(items, { minLength: length, maxLength: length })
}

/** Every graph of three nodes, with every set of roots: 4,096. */
export function* everyGraphOfThree(): Generator<RootedGraph> {
  for (let set = 0; set < 1 << 9; set += 1) {
    const edges: number[] = []
    for (let bit = 0; bit < 9; bit += 1) if ((set >> bit) & 1) edges.push(Math.floor(bit / 3), bit % 3)
    const graph = graphOf(3, edges)
    for (let rootSet = 0; rootSet < 8; rootSet += 1) {
      yield { graph, roots: [0, 1, 2].filter((node) => (rootSet >> node) & 1) }
    }
  }
}

/** One long chain of references, from the first node to the last. */
export function chain(size: number): ReferenceGraph {
  const edges = new Uint32Array(2 * (size - 1))
  for (let node = 0; node + 1 < size; node += 1) edges.set([node, node + 1], 2 * node)
  return graphOf(size, edges)
}

/** A graph like that of a large system: `references` each; nine in ten of them to higher numbers, so that there are cycles. */
export function largeGraph(size: number, references: number): ReferenceGraph {
  const edges = new Uint32Array(2 * references)
  let state = 1
  const random = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  for (let index = 0; index < references; index += 1) {
    const from = random(size)
    const to = random(10) === 0 ? random(size) : from + random(size - from)
    edges.set([from, to], 2 * index)
  }
  return graphOf(size, edges)
}

/** A graph without a node, or some references: what is left is looked through as it is. */
export function without(
  { keys, references }: ReferenceGraph,
  isRemoved: (from: number, to: number) => boolean,
): ReferenceGraph {
  const edges: number[] = []
  for (let from = 0; from < keys.length; from += 1) {
    for (const to of references.list.subarray(references.start[from]!, references.start[from + 1]!)) {
      if (!isRemoved(from, to)) edges.push(from, to)
    }
  }
  return referenceGraph(keys, edges)
}

/** The references of graphs that a test asked for: it does so for each node. */
const known = new WeakMap<ReferenceGraph, readonly Reference[]>()

/** All references of a graph. */
export function edgesOf(graph: ReferenceGraph): readonly Reference[] {
  const before = known.get(graph)
  if (before !== undefined) return before
  const { list, start } = graph.references
  const edges = graph.keys.flatMap((_, from) =>
    Array.from(list.subarray(start[from]!, start[from + 1]!), (to) => ({ from, to })),
  )
  known.set(graph, edges)
  return edges
}
