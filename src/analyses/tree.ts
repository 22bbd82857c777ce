import { soleHolders } from '../graph/cuts.ts'
import { ROOT, UNREACHABLE } from '../graph/dominator-tree.ts'
import { isSelectionKey } from '../owners/package-key.ts'
import type { GraphSizes } from './graph-sizes.ts'

/** A row of the dominator tree. A path retains its own bytes and those of the rows one level below. */
export interface TreeRow {
  readonly kind:
    | 'path'
    /**
     * Paths that several of the paths beside this row hold together, with all that they hold. The largest of them are the rows
     * below.
     */
    | 'jointly'
    /** Paths that are too small or too many to show. */
    | 'more'
    /** Content stored once for several paths below, which goes away when all of these do. */
    | 'shared'
    /** Owners that no root reaches. */
    | 'unreached'
    | 'total'
  /** For a path: its number. */
  readonly path?: number
  /** How many paths it stands for, itself and those it holds. */
  readonly paths: number
  /** Bytes that go away with it. */
  readonly retained: number
  /** For a path: the bytes that it does not share. */
  readonly itself?: number
  /** A character for each level to the left: '|' if the level goes on below, else ' '. */
  readonly levels: string
  /** Whether it is the last row below its parent. */
  readonly isLast: boolean
  readonly isTop: boolean
}

export interface TreeOptions {
  /** Levels below the roots. */
  readonly depth: number
  /** How many rows we show below each parent. */
  readonly top: number
  /** We sum up paths that retain less. */
  readonly min: number
  /** Puts the paths below a parent in order; without it, those that retain most come first. */
  readonly inOrder?: (paths: readonly number[]) => readonly number[]
}

/** A row before we know its place in the tree. */
interface Branch extends Pick<TreeRow, 'kind' | 'path' | 'paths' | 'retained' | 'itself'> {
  /** For paths that are held jointly: their numbers. */
  readonly jointly?: readonly number[]
}

/** The dominator tree from the roots down: what each path holds alone, and what several hold together. */
export function dominatorRows(sizes: GraphSizes, options: TreeOptions): readonly TreeRow[] {
  const { graph, roots, tree, own, exclusive, retained } = sizes
  const holders = soleHolders(graph, tree)
  const isRoot = new Set(roots.map(({ node }) => node))
  const childrenOf = childLists(tree.parent)
  // What holds the packages that a system is for is no package.
  const isCounted = (path: number): boolean => !isSelectionKey(graph.keys[path]!)
  const countOf = (path: number): number => tree.end[path]! - tree.first[path]! - (isCounted(path) ? 0 : 1)
  const branchOf = (path: number): Branch => {
    return { kind: 'path', path, paths: countOf(path), retained: retained[path]!, itself: exclusive[path]! }
  }
  const largestFirst = (some: readonly number[]) => [...some].sort((a, b) => retained[b]! - retained[a]! || a - b)
  const { top: most, min, inOrder = largestFirst } = options
  /** The first of some paths, and the sum of the others. */
  const firstOf = (some: readonly number[]): Branch[] => {
    const shown = inOrder(some)
      .filter((path) => retained[path]! >= min)
      .slice(0, most)
    const isShown = new Set(shown)
    const others = some.filter((path) => !isShown.has(path))
    return [...shown.map(branchOf), ...sum('more', others, retained, countOf)]
  }
  /** The rows below a parent: the paths that a reference of its own holds, in order, then sums. */
  const branchesOf = (parent: number, whole: number): Branch[] => {
    const children = childrenOf.get(parent) ?? []
    const held = children.filter((path) => (parent === ROOT ? isRoot.has(path) : holders[path] === parent))
    const heldSet = new Set(held)
    const jointly = children.filter((path) => !heldSet.has(path))
    const branches = [
      ...firstOf(held),
      ...sum('jointly', jointly, retained, countOf).map((branch): Branch => ({ ...branch, jointly })),
    ]
    const rest = whole - branches.reduce((bytes, branch) => bytes + branch.retained, 0)
    return rest === 0 ? branches : [...branches, { kind: 'shared', paths: 0, retained: rest }]
  }

  const rows: TreeRow[] = []
  const stack: {
    readonly branch: Branch
    readonly levels: string
    readonly isLast: boolean
    readonly depth: number
  }[] = []
  const push = (branches: readonly Branch[], levels: string, depth: number): void => {
    for (let index = branches.length - 1; index >= 0; index -= 1) {
      stack.push({ branch: branches[index]!, levels, isLast: index === branches.length - 1, depth })
    }
  }
  const total = own.reduce((bytes, path) => bytes + path, 0)
  const unreached = [...tree.parent.keys()].filter((path) => tree.parent[path] === UNREACHABLE)
  const lost = unreached.reduce((bytes, path) => bytes + own[path]!, 0)
  const top = branchesOf(ROOT, total - lost)
  if (unreached.length > 0) top.push({ kind: 'unreached', paths: unreached.length, retained: lost })
  push(top, '', 0)
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { branch, levels, isLast, depth } = at
    const { jointly, ...row } = branch
    rows.push({ ...row, levels, isLast, isTop: depth === 0 })
    const below = depth === 0 ? '' : levels + (isLast ? ' ' : '|')
    // A joint row stands for paths of its own level.
    if (jointly !== undefined) push(firstOf(jointly), below, depth + 1)
    if (depth >= options.depth) continue
    if (branch.path !== undefined) {
      push(branchesOf(branch.path, branch.retained - exclusive[branch.path]!), below, depth + 1)
    }
  }
  const all = graph.keys.filter((_, path) => isCounted(path)).length
  rows.push({ kind: 'total', paths: all, retained: total, levels: '', isLast: true, isTop: true })
  return rows
}

function childLists(parent: Int32Array): ReadonlyMap<number, number[]> {
  const children = new Map<number, number[]>()
  for (const [path, above] of parent.entries()) {
    if (above === UNREACHABLE) continue
    const known = children.get(above)
    if (known === undefined) children.set(above, [path])
    else known.push(path)
  }
  return children
}

function sum(
  kind: Branch['kind'],
  paths: readonly number[],
  retained: Float64Array,
  countOf: (path: number) => number,
): Branch[] {
  if (paths.length === 0) return []
  return [
    {
      kind,
      paths: paths.reduce((count, path) => count + countOf(path), 0),
      retained: paths.reduce((bytes, path) => bytes + retained[path]!, 0),
    },
  ]
}
