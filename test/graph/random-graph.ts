import fc from 'fast-check'
import { type StoreGraph, storeGraph } from '../../src/graph/store-graph.ts'

export interface RootedGraph {
  readonly graph: StoreGraph
  readonly roots: readonly number[]
}

/** A graph whose paths are named so that their names are in the order of their numbers. */
export function graphOf(size: number, edges: ArrayLike<number>): StoreGraph {
  return storeGraph(
    Array.from({ length: size }, (_, path) => `${String(path).padStart(32, '0')}-name`),
    edges,
  )
}

/**
 * Graphs with cycles, references of paths to themselves, several roots, and parts that no root reaches; from hardly any
 * references to four for each path, the same one several times among them.
 */
export function rootedGraphs(maxSize: number): fc.Arbitrary<RootedGraph> {
  return fc
    .integer({ min: 2, max: maxSize })
    .chain((size) => fc.tuple(fc.constant(size), fc.nat({ max: 4 * size }), fc.boolean()))
    .chain(([size, count, isTree]) => {
      const path = fc.nat({ max: size - 1 })
      return fc.record({
        size: fc.constant(size),
        edges: arrayOf(fc.tuple(path, path), count),
        // For each path but the first a lower one that refers to it, so that more is reached than chance would have it.
        parents: arrayOf(fc.nat({ max: size }), isTree ? size - 1 : 0),
        roots: fc.oneof({ arbitrary: fc.constant([0]), weight: 2 }, fc.array(path, { maxLength: 3 })),
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

/** Every graph of three paths, with every set of roots: 4,096. */
export function* everyGraphOfThree(): Generator<RootedGraph> {
  for (let set = 0; set < 1 << 9; set += 1) {
    const edges: number[] = []
    for (let bit = 0; bit < 9; bit += 1) if ((set >> bit) & 1) edges.push(Math.floor(bit / 3), bit % 3)
    const graph = graphOf(3, edges)
    for (let rootSet = 0; rootSet < 8; rootSet += 1) {
      yield { graph, roots: [0, 1, 2].filter((path) => (rootSet >> path) & 1) }
    }
  }
}

/** One long chain of references, from the first path to the last. */
export function chain(size: number): StoreGraph {
  const edges = new Uint32Array(2 * (size - 1))
  for (let path = 0; path + 1 < size; path += 1) edges.set([path, path + 1], 2 * path)
  return graphOf(size, edges)
}

/** A graph like that of a large system: `references` each; nine in ten of them to higher numbers, so that there are cycles. */
export function largeGraph(size: number, references: number): StoreGraph {
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

/** A graph without a path, or some references: what is left is looked through as it is. */
export function without(
  { paths, references }: StoreGraph,
  isRemoved: (from: number, to: number) => boolean,
): StoreGraph {
  const edges: number[] = []
  for (let from = 0; from < paths.length; from += 1) {
    for (const to of references.list.subarray(references.start[from]!, references.start[from + 1]!)) {
      if (!isRemoved(from, to)) edges.push(from, to)
    }
  }
  return storeGraph(paths, edges)
}

/** All references of a graph. */
export function edgesOf({ paths, references }: StoreGraph): { from: number; to: number }[] {
  return paths.flatMap((_, from) =>
    Array.from(references.list.subarray(references.start[from]!, references.start[from + 1]!), (to) => ({ from, to })),
  )
}
