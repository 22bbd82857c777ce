import { type Cut, freedBy, soleHolders } from '../graph/cuts.ts'
import { dominatedBy, dominates, UNREACHABLE } from '../graph/dominator-tree.ts'
import { bytesFreedByEach } from '../graph/freed-bytes.ts'
import { COST, minimumCut } from '../graph/minimum-cut.ts'
import { isAmong, neighbours, type Reference, type ReferenceGraph, reachableFrom } from '../graph/reference-graph.ts'
import { type Steps, shortestSteps, UNREACHED } from '../graph/shortest-steps.ts'
import type { ReferenceKind } from '../owners/reference-kind.ts'
import type { Root } from '../owners/roots.ts'
import { MAX_CUT } from './cuts.ts'
import type { GraphSizes } from './graph-sizes.ts'

/** Why an owner is in an image, and how to remove it. Paths are numbers of the graph. */
export interface Why {
  readonly path: number
  /** Why it is a root; undefined if it is not one. */
  readonly root: Root | undefined
  /** Its other referrers that the roots reach, in the order of their names. */
  readonly referrers: readonly number[]
  /** Those that refer to it by chance. They are among the referrers only if no other reference leads to it. */
  readonly byChance: readonly number[]
  /** The routes that lead to it, as a tree from where they begin. */
  readonly routes: readonly RouteLine[]
  /** How many direct referrers we show no route for. */
  readonly hiddenReferrers: number
  /** How many direct referrers only this path reaches, so that no route to it passes them. */
  readonly referrersBehind: number
  /** Bytes that go away if nothing refers to it any more. */
  readonly retained: number
  /** What the removal of each single reference to it frees: at most one of them frees anything. */
  readonly referring: readonly Cut[]
  /**
   * The references, to it and further up, that each hold it alone, nearest first, without structural ones. Each frees at
   * least as much as the one before.
   */
  readonly single: readonly Cut[]
  /**
   * The references to remove together: as few built in ones as possible, best none, and no structural one; of these sets
   * the one that frees least besides. Undefined for a root, for an unreached path, and if structural references or those
   * by chance hold it from a root on.
   */
  readonly smallest: SmallestCut | undefined
  /** All references to it, if that is another set than `smallest`, none of them is structural, and they are few. */
  readonly direct: SmallestCut | undefined
  /** The other paths that go away with it, largest first. */
  readonly goesWithIt: readonly number[]
}

/** References to remove together. */
export interface SmallestCut {
  readonly references: readonly Reference[]
  /** How many of them are built in. */
  readonly builtIn: number
  readonly bytes: number
  /** All paths that go away, including the path in question and those that it holds; ascending. */
  readonly frees: readonly number[]
  /** The part of `bytes` of each of these paths; the parts add up. */
  readonly parts: ReadonlyMap<number, number>
}

/** A path on a route. */
export interface RouteLine {
  readonly path: number
  /** The path above, whose reference leads here; undefined where a route begins. */
  readonly from: number | undefined
  /** A character for each level to the left: '|' if the level goes on below, else ' '. */
  readonly levels: string
  readonly isLast: boolean
  /**
   * Where the tree shows the paths after this one: here, or at the line of this path that is nearest to the beginning.
   */
  readonly follows: 'here' | 'above' | 'below'
}

export interface WhyOptions {
  /** Where routes begin, instead of at the roots. */
  readonly from: number | undefined
  /** Show all paths of any route, not one route for each direct referrer. */
  readonly all: boolean
}

/** How many direct referrers get a route without `all`. */
const MAX_REFERRERS = 10

export function why(sizes: GraphSizes, path: number, { from, all }: WhyOptions): Why {
  // References by chance are no reason while there is another, nor what they alone lead to.
  const { certain } = sizes
  const isCertain = certain !== undefined && certain.tree.parent[path] !== UNREACHABLE
  const reckoned = isCertain ? certain : sizes
  const { graph, roots, byChance, kinds, tree, own, retained, freed } = reckoned
  const rootPaths = roots.map((some) => some.node)
  const begins = from === undefined ? rootPaths : [from]
  const isReached = (other: number): boolean => tree.parent[other] !== UNREACHABLE
  const direct = [...neighbours(graph.referrers, path)].filter((other) => other !== path)
  const referrers = direct.filter(isReached)
  const isByChance = isAmong(byChance)
  const root = roots.find((some) => some.node === path)

  // Some module of the system generates a text. Without that module it goes.
  const kindOf = (reference: Reference): ReferenceKind =>
    reference.to === path && kinds.isGeneratedText(path) ? 'chosen' : kinds.of(reference)
  const holders = soleHolders(graph, tree)
  const single: Cut[] = []
  for (let at = path; at >= 0; at = tree.parent[at]!) {
    const cut = { from: holders[at]!, to: at, bytes: freed[at]! }
    if (cut.from >= 0 && !isByChance(cut) && kindOf(cut) !== 'structural') single.push(cut)
  }
  const smallest = isReached(path)
    ? minimumCut(graph, rootPaths, path, costsOf(reckoned, kindOf, !isCertain))
    : undefined
  const steps = shortestSteps(graph.references, begins, path)
  // Nearest first, because their routes are the shortest.
  const nearest = direct
    .filter((referrer) => steps.distance[referrer] !== UNREACHED)
    .sort((a, b) => steps.distance[a]! - steps.distance[b]! || a - b)
  const children = all
    ? everyRoute(graph, begins, path)
    : shortestRoutes(graph, steps, path, nearest.slice(0, MAX_REFERRERS), (smallest ?? []).slice(0, MAX_REFERRERS))
  const references = referrers
    .filter((referrer) => !dominates(tree, path, referrer))
    .map((from) => ({ from, to: path }))
  const isCut =
    root === undefined &&
    references.length <= MAX_CUT &&
    references.every((reference) => kindOf(reference) !== 'structural' && !isByChance(reference)) &&
    !isSameSet(references, smallest ?? [])
  return {
    path,
    root,
    referrers,
    byChance: byChance
      .filter(({ from, to }) => to === path && sizes.tree.parent[from] !== UNREACHABLE)
      .map(({ from }) => from),
    retained: retained[path]!,
    routes: steps.distance[path] === UNREACHED ? [] : linesOf(children, begins, path),
    hiddenReferrers: nearest.filter((referrer) => children.get(referrer)?.has(path) !== true).length,
    referrersBehind: referrers.filter((referrer) => dominates(tree, path, referrer)).length,
    referring: referrers.map((referrer) => ({
      from: referrer,
      to: path,
      bytes: holders[path] === referrer && !isByChance({ from: referrer, to: path }) ? freed[path]! : 0,
    })),
    single,
    smallest: smallest === undefined ? undefined : cutOf(reckoned, smallest),
    direct: isCut && references.length > 0 ? cutOf(reckoned, references) : undefined,
    goesWithIt: [...dominatedBy(tree, path)]
      .filter((other) => other !== path)
      .sort((a, b) => own[b]! - own[a]! || a - b),
  }
}

/** What it costs to remove each reference of a graph. */
function costsOf(
  { graph, byChance }: Omit<GraphSizes, 'certain'>,
  kindOf: (reference: Reference) => ReferenceKind,
  hasReferencesByChance: boolean,
): Uint8Array {
  const { start, list } = graph.references
  const isByChance = hasReferencesByChance ? isAmong(byChance) : () => false
  const costs = new Uint8Array(list.length)
  for (const from of graph.keys.keys()) {
    for (let index = start[from]!; index < start[from + 1]!; index += 1) {
      const reference = { from, to: list[index]! }
      costs[index] = isByChance(reference) ? COST.fixed : COST_OF_KIND[kindOf(reference)]
    }
  }
  return costs
}

const COST_OF_KIND = { structural: COST.fixed, chosen: COST.free, 'built in': COST.one } as const

/** What the removal of references frees. */
export function cutOf(sizes: Omit<GraphSizes, 'certain'>, references: readonly Reference[]): SmallestCut {
  const { graph, roots, kinds, held, shared } = sizes
  const frees = freedBy(
    graph,
    roots.map(({ node }) => node),
    references,
  )
  const parts = bytesFreedByEach(frees, held, shared)
  return {
    references,
    builtIn: references.filter((reference) => kinds.of(reference) === 'built in').length,
    bytes: [...parts.values()].reduce((sum, part) => sum + part, 0),
    frees,
    parts,
  }
}

/** Whether two lists of references, in the order of their referrers, are the same. */
function isSameSet(some: readonly Reference[], others: readonly Reference[]): boolean {
  return some.length === others.length && others.every(isAmong(some))
}

/** The paths that follow each path, in display order. */
type Children = ReadonlyMap<number, ReadonlySet<number>>

/**
 * One shortest route for each referrer. If a reference of a smallest cut lies on none of these, we add a route through
 * it. So the user sees everything that there is to cut.
 */
function shortestRoutes(
  graph: ReferenceGraph,
  steps: Steps,
  target: number,
  referrers: readonly number[],
  cut: readonly Reference[],
): Children {
  const children = new Map<number, Set<number>>()
  const add = (from: number, to: number): void => {
    const known = children.get(from)
    if (known === undefined) children.set(from, new Set([to]))
    else known.add(to)
  }
  const addRoute = (path: number): void => {
    for (let at = path; steps.before[at]! >= 0; at = steps.before[at]!) add(steps.before[at]!, at)
  }
  for (const referrer of referrers) {
    addRoute(referrer)
    add(referrer, target)
  }
  const toTarget = shortestSteps(graph.referrers, [target])
  for (const { from, to } of cut) {
    if (children.get(from)?.has(to) === true || steps.distance[from] === UNREACHED) continue
    addRoute(from)
    add(from, to)
    for (let at = to; toTarget.before[at]! >= 0; at = toTarget.before[at]!) add(at, toTarget.before[at]!)
  }
  return children
}

/** Every reference that lies on a route. */
function everyRoute(graph: ReferenceGraph, begins: readonly number[], target: number): Children {
  const reached = reachableFrom(graph.references, begins)
  const reaching = reachableFrom(graph.referrers, [target])
  const children = new Map<number, Set<number>>()
  for (const path of graph.keys.keys()) {
    if (path === target || reached[path] === 0 || reaching[path] === 0) continue
    children.set(
      path,
      new Set(neighbours(graph.references, path).filter((next) => next !== path && reaching[next] === 1)),
    )
  }
  return children
}

/**
 * The tree as lines, depth first. We show what follows a path at the line nearest to the beginning, which keeps the
 * tree shallow. At its first line in the output, the tree could get as deep as there are paths.
 */
function linesOf(children: Children, begins: readonly number[], target: number): RouteLine[] {
  const lines: RouteLine[] = []
  const tops = [...new Set(begins)].filter((path) => path === target || children.has(path))
  const parents = nearestParents(children, tops, target)
  const told = new Set<number>()
  const stack: Omit<RouteLine, 'follows'>[] = []
  const push = (paths: readonly number[], from: number | undefined, levels: string): void => {
    for (let index = paths.length - 1; index >= 0; index -= 1) {
      stack.push({ path: paths[index]!, from, levels, isLast: index === paths.length - 1 })
    }
  }
  push(tops, undefined, '')
  for (let line = stack.pop(); line !== undefined; line = stack.pop()) {
    const { path, from, levels, isLast } = line
    const isHere = path === target || parents.get(path) === from
    lines.push({ ...line, follows: isHere ? 'here' : told.has(path) ? 'above' : 'below' })
    if (!isHere || path === target) continue
    told.add(path)
    push([...children.get(path)!], path, from === undefined ? '' : levels + (isLast ? ' ' : '|'))
  }
  return lines
}

/** For each path, the parent through which it is nearest to the beginning; undefined where a route begins. */
function nearestParents(
  children: Children,
  tops: readonly number[],
  target: number,
): ReadonlyMap<number, number | undefined> {
  const parents = new Map<number, number | undefined>(tops.map((path) => [path, undefined]))
  // A map's loop also visits entries added during the loop, so the map is its own queue.
  for (const path of parents.keys()) {
    if (path === target) continue
    for (const child of children.get(path)!) if (!parents.has(child)) parents.set(child, path)
  }
  return parents
}

/** The cuts of an answer that are worth an offer. @param all whether to offer one of many references too */
export function offeredCuts({ smallest, direct }: Why, all = false): readonly SmallestCut[] {
  return [smallest, direct].flatMap((cut) =>
    cut === undefined || (cut.references.length > MAX_CUT && !all) ? [] : [cut],
  )
}
