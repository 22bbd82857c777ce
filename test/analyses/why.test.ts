import { notStrictEqual, strictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GraphSizes } from '../../src/analyses/graph-sizes.ts'
import { type RouteLine, type Why, type WhyOptions, why } from '../../src/analyses/why.ts'
import { dominatorTree } from '../../src/graph/dominators.ts'
import type { SplitBytes } from '../../src/graph/freed-bytes.ts'
import type { Reference, ReferenceGraph } from '../../src/graph/reference-graph.ts'
import { retainedSizes } from '../../src/graph/retained-sizes.ts'
import { BUILT_IN } from '../../src/owners/reference-kind.ts'
import { edgesOf, graphOf, type RootedGraph, rootedGraphs } from '../graph/random-graph.ts'

const SHORT: WhyOptions = { from: undefined, all: false }

/** Sizes of a graph: what each path has for itself, and what some have in common. */
function sizesOf({ graph, roots }: RootedGraph, exclusive: Float64Array, shared: readonly SplitBytes[]): GraphSizes {
  const tree = dominatorTree(graph, roots)
  return {
    graph,
    byChance: [],
    roots: roots.map((node) => ({ node, reason: 'given' as const })),
    tree,
    own: exclusive,
    unpacked: exclusive,
    kinds: BUILT_IN,
    retained: retainedSizes(tree, exclusive, shared),
    exclusive,
    held: exclusive,
    freed: retainedSizes(tree, exclusive, shared),
    shared,
  }
}

/** What is reached from some paths by references that may be followed, by trying each of them again and again. */
function reach(
  graph: ReferenceGraph,
  begins: readonly number[],
  isFollowed: (reference: Reference) => boolean = () => true,
): Set<number> {
  const reached = new Set(begins)
  const references = edgesOf(graph).filter(isFollowed)
  for (let before = -1; before !== reached.size; ) {
    before = reached.size
    for (const { from, to } of references) if (reached.has(from)) reached.add(to)
  }
  return reached
}

const keyOf = ({ from, to }: Reference): string => `${from} ${to}`

/** What goes away with some references, in paths and in bytes. */
function freedWithout(sizes: GraphSizes, removed: readonly Reference[]): { paths: number[]; bytes: number } {
  const { graph, roots } = sizes
  const begins = roots.map(({ node }) => node)
  const keys = new Set(removed.map(keyOf))
  const before = reach(graph, begins)
  const after = reach(graph, begins, (reference) => !keys.has(keyOf(reference)))
  const paths = [...graph.keys.keys()].filter((path) => before.has(path) && !after.has(path))
  return { paths, bytes: bytesOf(sizes, paths) }
}

function bytesOf({ exclusive, shared }: GraphSizes, paths: readonly number[]): number {
  let bytes = 0
  for (const path of paths) bytes += exclusive[path]!
  for (const group of shared) if (group.nodes.every((path) => paths.includes(path))) bytes += group.bytes
  return bytes
}

function* subsets<T>(items: readonly T[], size: number): Generator<T[]> {
  if (size === 0) yield []
  else {
    for (const [index, item] of items.entries()) {
      for (const rest of subsets(items.slice(index + 1), size - 1)) yield [item, ...rest]
    }
  }
}

/** Steps to each path from where routes begin, of routes that do not go through the target. */
function stepsBefore(graph: ReferenceGraph, begins: readonly number[], target: number): Map<number, number> {
  const steps = new Map(begins.map((path) => [path, 0]))
  const references = edgesOf(graph).filter(({ from }) => from !== target)
  for (let changed = true; changed; ) {
    changed = false
    for (const { from, to } of references) {
      const step = (steps.get(from) ?? Number.POSITIVE_INFINITY) + 1
      if (step >= (steps.get(to) ?? Number.POSITIVE_INFINITY)) continue
      steps.set(to, step)
      changed = true
    }
  }
  return steps
}

/** The references that lines show. Holds on the way that the tree they draw is the one they tell of. */
function drawnReferences(lines: readonly RouteLine[], begins: readonly number[], target: number): Reference[] {
  const references: Reference[] = []
  /** The path of the last line of each level, the level of the line above first. */
  const above: number[] = []
  for (const [index, { path, from, levels, isLast, follows }] of lines.entries()) {
    const level = from === undefined ? 0 : levels.length + 1
    strictEqual(above[level - 1], from)
    above.length = level
    above.push(path)
    if (from === undefined) strictEqual(begins.includes(path), true)
    else references.push({ from, to: path })
    // It is the last of its level when what comes next at that level or above is above.
    const next = lines.slice(index + 1).find((line) => depthOf(line) <= level)
    strictEqual(isLast, next === undefined || depthOf(next) < level)
    for (const [at, bar] of [...levels].entries()) {
      const goesOn = lines.slice(index + 1).find((line) => depthOf(line) <= at + 1)
      strictEqual(bar, goesOn !== undefined && depthOf(goesOn) === at + 1 ? '|' : ' ')
    }
    // What follows is told once, at the line that is nearest to the beginning; nothing follows on the target.
    const leads = lines[index + 1] !== undefined && depthOf(lines[index + 1]!) === level + 1
    strictEqual(leads, path !== target && follows === 'here')
    if (path === target) strictEqual(follows, 'here')
    else {
      const same = [...lines.entries()].filter(([, line]) => line.path === path)
      const here = same.filter(([, line]) => line.follows === 'here')
      strictEqual(here.length, 1)
      const [at, line] = here[0]!
      strictEqual(follows, at === index ? 'here' : at < index ? 'above' : 'below')
      strictEqual(depthOf(line), Math.min(...same.map(([, other]) => depthOf(other))))
    }
  }
  expect(new Set(references.map(keyOf)).size).toBe(references.length)
  return references
}

const depthOf = ({ from, levels }: RouteLine): number => (from === undefined ? 0 : levels.length + 1)

/** Holds for the routes of any answer. */
function expectRoutes(sizes: GraphSizes, target: number, { from, all }: WhyOptions): Why {
  const { graph, roots } = sizes
  const begins = from === undefined ? roots.map(({ node }) => node) : [from]
  const answer = why(sizes, target, { from, all })
  const steps = stepsBefore(graph, begins, target)
  const drawn = drawnReferences(answer.routes, begins, target)
  const isReference = new Set(edgesOf(graph).map(keyOf))
  for (const reference of drawn) {
    strictEqual(isReference.has(keyOf(reference)), true)
    notStrictEqual(reference.from, reference.to)
  }
  expect(answer.routes.length > 0).toBe(reach(graph, begins).has(target))
  if (answer.routes.length === 0) return answer

  const shown = drawn.filter(({ to }) => to === target).map((reference) => reference.from)
  const onRoutes = [...graph.keys.keys()].filter(
    (path) => path !== target && steps.has(path) && isReference.has(keyOf({ from: path, to: target })),
  )
  expect(answer.hiddenReferrers).toBe(onRoutes.length - shown.length)
  // A shortest route is drawn to each.
  const drawnGraph = graphOf(
    graph.keys.length,
    drawn.flatMap((reference) => [reference.from, reference.to]),
  )
  const drawnSteps = stepsBefore(drawnGraph, begins, target)
  for (const referrer of shown) strictEqual(drawnSteps.get(referrer), steps.get(referrer))
  const nearest = [...onRoutes].sort((a, b) => steps.get(a)! - steps.get(b)! || a - b)
  for (const referrer of all ? onRoutes : nearest.slice(0, 10)) strictEqual(shown.includes(referrer), true)
  if (all) {
    const reaching = new Set([...graph.keys.keys()].filter((path) => reach(graph, [path]).has(target)))
    const expected = edgesOf(graph).filter(
      (edge) => edge.from !== edge.to && edge.from !== target && steps.has(edge.from) && reaching.has(edge.to),
    )
    expect(drawn.map(keyOf).sort()).toEqual(expected.map(keyOf).sort())
  } else {
    const cut = (answer.smallest?.references ?? []).slice(0, 10)
    for (const reference of cut) if (steps.has(reference.from)) expect(drawn).toContainEqual(reference)
    expect(shown.length).toBeLessThanOrEqual(10 + cut.length)
  }
  return answer
}

/** Holds for what an answer says about cuts. */
function expectCuts(sizes: GraphSizes, target: number, maxSize: number): number | undefined {
  const { graph, roots } = sizes
  const begins = roots.map(({ node }) => node)
  const reached = reach(graph, begins)
  const answer = why(sizes, target, SHORT)
  expect(answer.root?.node).toBe(begins.includes(target) ? target : undefined)
  const references = edgesOf(graph)
  const direct = references.filter(({ from, to }) => to === target && from !== target && reached.has(from))
  expect(answer.referrers).toEqual(direct.map(({ from }) => from))
  expect(answer.referring).toEqual(direct.map((edge) => ({ ...edge, bytes: freedWithout(sizes, [edge]).bytes })))
  const others = begins.filter((root) => root !== target)
  const reachedElse = reach(graph, others, (edge) => edge.from !== target && edge.to !== target)
  expect(answer.referrersBehind).toBe(direct.filter(({ from }) => !reachedElse.has(from)).length)

  const alone = references.map((edge) => ({ edge, freed: freedWithout(sizes, [edge]) }))
  const holding = alone.filter(({ freed }) => freed.paths.includes(target))
  expect([...answer.single].sort((a, b) => a.from - b.from || a.to - b.to)).toEqual(
    holding.map(({ edge, freed }) => ({ ...edge, bytes: freed.bytes })),
  )
  // The nearest first: each next one frees what the one before does, and more.
  const freedInOrder = answer.single.map((cut) => freedWithout(sizes, [cut]).paths)
  for (const [index, freed] of freedInOrder.entries()) {
    const before = freedInOrder[index - 1] ?? []
    expect(freed.length).toBeGreaterThan(before.length)
    expect(before.every((path) => freed.includes(path))).toBe(true)
  }

  const gone = reached.has(target) ? [...reached].filter((path) => path !== target && !reachedElse.has(path)) : []
  expect(new Set(answer.goesWithIt)).toEqual(new Set(gone))
  expect(answer.goesWithIt).toEqual([...gone].sort((a, b) => sizes.own[b]! - sizes.own[a]! || a - b))

  expect(answer.smallest === undefined).toBe(!reached.has(target) || begins.includes(target))
  if (answer.smallest === undefined) return undefined
  const freed = freedWithout(sizes, answer.smallest.references)
  expect(freed.paths).toContain(target)
  expect(answer.smallest).toMatchObject({ frees: freed.paths, bytes: freed.bytes })
  const { parts } = answer.smallest
  expect([...parts.keys()]).toEqual(freed.paths)
  expect([...parts.values()].reduce((sum, part) => sum + part, 0)).toBe(freed.bytes)
  const usable = references.filter(({ from, to }) => from !== to && reached.has(from))
  for (let size = 0; size < Math.min(answer.smallest.references.length, maxSize); size += 1) {
    for (const fewer of subsets(usable, size)) strictEqual(freedWithout(sizes, fewer).paths.includes(target), false)
  }
  return answer.smallest.references.length
}

const bytes = fc.nat({ max: 5 })
const group = fc.record({ nodes: fc.array(fc.nat({ max: 13 }), { minLength: 1, maxLength: 3 }), bytes })

/** Sizes on random graphs, and a path to ask about. */
function scenarios(maxSize: number): fc.Arbitrary<{ sizes: GraphSizes; target: number; other: number }> {
  return fc
    .record({
      rooted: rootedGraphs(maxSize),
      sizes: fc.array(bytes, { minLength: 14, maxLength: 14 }),
      groups: fc.array(group, { maxLength: 5 }),
      target: fc.nat({ max: 13 }),
      other: fc.nat({ max: 13 }),
    })
    .map(({ rooted, sizes, groups, target, other }) => {
      const size = rooted.graph.keys.length
      const shared = groups.map(({ nodes, bytes }) => ({
        nodes: nodes.map((path) => path % size),
        shares: nodes.map((_, index) => (index === 0 ? bytes : 0)),
        bytes,
      }))
      return {
        sizes: sizesOf(rooted, Float64Array.from(sizes.slice(0, size)), shared),
        target: target % size,
        other: other % size,
      }
    })
}

/** A graph with unit sizes. */
function plain(graph: ReferenceGraph, roots: readonly number[]): GraphSizes {
  return sizesOf({ graph, roots }, new Float64Array(graph.keys.length).fill(1), [])
}

/** A line as short text: indented by level, '*' where what follows is above, '+' where it is below. */
function drawing({ routes }: Why): string[] {
  return routes.map(
    (line) => `${' '.repeat(depthOf(line))}${line.path}${{ here: '', above: '*', below: '+' }[line.follows]}`,
  )
}

describe('the routes of why', () => {
  it.each([
    ['one for each referrer', false],
    ['all', true],
  ])('are real, whole and the shortest on random graphs: %s', (_, all) => {
    const seen = { unreached: 0, root: 0, repeated: 0, many: 0 }
    fc.assert(
      fc.property(scenarios(14), fc.boolean(), ({ sizes, target, other }, isFrom) => {
        const { routes, root } = expectRoutes(sizes, target, { from: isFrom ? other : undefined, all })
        if (routes.length === 0) seen.unreached += 1
        if (root !== undefined) seen.root += 1
        if (routes.some(({ follows }) => follows !== 'here')) seen.repeated += 1
        if (routes.filter(({ path }) => path === target).length > 2) seen.many += 1
      }),
      { numRuns: 300 },
    )
    // One route for each referrer hardly ever comes by a path twice.
    const { repeated, ...kinds } = seen
    for (const count of [...Object.values(kinds), ...(all ? [repeated] : [])]) expect(count).toBeGreaterThan(10)
  })

  it('are those of the ten nearest referrers, and of the smallest cut', () => {
    // A chain 0 .. 29, and a last path that many of them refer to.
    const fan = fc.record({
      referrers: fc.uniqueArray(fc.nat({ max: 29 }), { minLength: 8, maxLength: 25 }),
      shortcuts: fc.array(fc.tuple(fc.nat({ max: 29 }), fc.nat({ max: 29 })), { maxLength: 60 }),
    })
    let hidden = 0
    fc.assert(
      fc.property(fan, fc.boolean(), ({ referrers, shortcuts }, all) => {
        const chain = Array.from({ length: 29 }, (_, path) => [path, path + 1])
        const graph = graphOf(31, [...chain, ...shortcuts, ...referrers.map((path) => [path, 30])].flat())
        const answer = expectRoutes(plain(graph, [0]), 30, { from: undefined, all })
        expect(answer.hiddenReferrers).toBeLessThanOrEqual(all ? 0 : Math.max(referrers.length - 10, 0))
        if (answer.hiddenReferrers > 0) hidden += 1
      }),
      { numRuns: 80 },
    )
    expect(hidden).toBeGreaterThan(10)
  })

  it('leave out no more than is said, and not what a smallest cut cuts', () => {
    // 1 .. 12 refer to 13, and each is referred to by the root; the 12 references are the smallest cut.
    const fan = Array.from({ length: 12 }, (_, path) => [0, path + 1, path + 1, 13])
    const answer = why(plain(graphOf(14, fan.flat()), [0]), 13, SHORT)
    expect(answer.routes.filter(({ path }) => path === 13)).toHaveLength(10)
    expect(answer.hiddenReferrers).toBe(2)
    expect(why(plain(graphOf(14, fan.flat()), [0]), 13, { from: undefined, all: true })).toMatchObject({
      hiddenReferrers: 0,
    })
    // The eleventh referrer is far, and no other one is so cheap to cut: its route is shown besides.
    const near = Array.from({ length: 10 }, (_, path) => [1, path + 2, path + 2, 14])
    const far = [0, 1, 0, 12, 12, 13, 13, 14]
    const cheap = why(plain(graphOf(15, [...near.flat(), ...far]), [0]), 14, SHORT)
    expect(cheap.smallest?.references).toEqual([
      { from: 0, to: 1 },
      { from: 13, to: 14 },
    ])
    expect(cheap.routes.filter(({ path }) => path === 14)).toHaveLength(11)
    expect(cheap.hiddenReferrers).toBe(0)
  })

  it('end where they arrive: a referrer that is nearest through the target has a route of its own, or none', () => {
    // 0 -> 1 -> 2 -> 1, and 0 -> 3 -> 4 -> 2; 5 is behind 1.
    const sizes = plain(graphOf(6, [0, 1, 1, 2, 2, 1, 0, 3, 3, 4, 4, 2, 1, 5, 5, 1]), [0])
    const answer = why(sizes, 1, SHORT)
    expect(drawing(answer)).toEqual(['0', ' 1', ' 3', '  4', '   2', '    1'])
    expect(answer).toMatchObject({ referrers: [0, 2, 5], hiddenReferrers: 0, referrersBehind: 1 })
  })

  it.each<[string, readonly number[], readonly number[], WhyOptions, readonly string[]]>([
    ['a chain', [0, 1, 1, 2], [0], SHORT, ['0', ' 1', '  2']],
    ['two referrers', [0, 1, 1, 2, 0, 2], [0], SHORT, ['0', ' 2', ' 1', '  2']],
    ['two roots', [0, 2, 1, 2], [0, 1], SHORT, ['0', ' 2', '1', ' 2']],
    ['a root among the roots', [0, 2, 1, 2], [2, 0, 1], SHORT, ['2', '0', ' 2', '1', ' 2']],
    ['a root below a root', [0, 1, 1, 2], [0, 1], SHORT, ['1', ' 2']],
    ['the same, all', [0, 1, 1, 2], [0, 1], { from: undefined, all: true }, ['0', ' 1+', '1', ' 2']],
    [
      'folded',
      [0, 1, 0, 3, 3, 1, 1, 2, 3, 2],
      [0],
      { from: undefined, all: true },
      ['0', ' 1', '  2', ' 3', '  1*', '  2'],
    ],
    ['itself', [0, 2, 2, 2, 0, 0], [0], SHORT, ['0', ' 2']],
    ['in a circle', [0, 1, 1, 2, 2, 1], [0], SHORT, ['0', ' 1', '  2']],
    ['from a path', [0, 1, 1, 2, 0, 2], [0], { from: 1, all: false }, ['1', ' 2']],
    ['from itself', [0, 1, 1, 2, 0, 2], [0], { from: 2, all: false }, ['2']],
    ['from where it does not lead', [0, 1, 0, 2], [0], { from: 1, all: true }, []],
    ['not reached', [1, 2], [0], SHORT, []],
  ])('are drawn: %s', (_, edges, roots, options, expected) => {
    expect(drawing(why(plain(graphOf(4, edges), roots), 2, options))).toEqual(expected)
  })

  it('are no deeper than they have to be, however many circles there are', () => {
    // Depth first, the tree of such a graph is as deep as there are paths.
    const size = 2000
    const edges = Array.from({ length: size }, (_, path) => [path, (path + 1) % size, path, (path * 7) % size, 0, path])
    const { routes } = why(plain(graphOf(size, edges.flat()), [0]), size - 1, { from: undefined, all: true })
    expect(routes.length).toBeGreaterThan(size)
    expect(Math.max(...routes.map(depthOf))).toBe(2)
  })
})

describe('the cuts of why', () => {
  it('free what brute force frees, and are as few as can be', () => {
    const bySize = [0, 0, 0, 0]
    const some = { single: 0, none: 0 }
    fc.assert(
      fc.property(scenarios(8), ({ sizes, target }) => {
        const size = expectCuts(sizes, target, 4)
        if (size === undefined) some.none += 1
        else bySize[Math.min(size, 3)]! += 1
        if (why(sizes, target, SHORT).single.length > 1) some.single += 1
      }),
      { numRuns: 400 },
    )
    // A path that is reached, and no root, is not freed by removing nothing.
    expect(bySize[0]).toBe(0)
    for (const count of [...bySize.slice(1), some.single, some.none]) expect(count).toBeGreaterThan(10)
  })

  it('free what brute force frees in larger graphs', () => {
    fc.assert(
      fc.property(scenarios(14), ({ sizes, target }) => void expectCuts(sizes, target, 2)),
      { numRuns: 200 },
    )
  })

  it('count what is shared with the last of its users', () => {
    // 0 -> 1 -> 3, 0 -> 2 -> 3: 3 takes 1 byte; 10 are shared by 3 and 2, 100 by 3 and 4 below it.
    const rooted = { graph: graphOf(5, [0, 1, 1, 3, 0, 2, 2, 3, 3, 4]), roots: [0] }
    const shared = [
      { nodes: [3, 2], shares: [5, 5], bytes: 10 },
      { nodes: [4, 3], shares: [60, 40], bytes: 100 },
    ]
    const sizes = sizesOf(rooted, Float64Array.of(1, 1, 1, 1, 1), shared)
    const { single, smallest, referring } = why(sizes, 3, SHORT)
    expect(single).toEqual([])
    expect(referring.map((cut) => cut.bytes)).toEqual([0, 0])
    expect(smallest).toEqual({
      references: [
        { from: 1, to: 3 },
        { from: 2, to: 3 },
      ],
      builtIn: 2,
      frees: [3, 4],
      parts: new Map([
        [3, 41],
        [4, 61],
      ]),
      bytes: 102,
    })
  })
})
