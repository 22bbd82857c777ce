/** Stands for the virtual root, which refers to every root: losing it is losing the image. */
export const ROOT = -1
/** Stands for "not reached from any root". */
export const UNREACHABLE = -2

/**
 * Which path holds which: path d dominates path p when every route from the roots to p goes through d, so that p goes
 * away with d. Each path dominates itself.
 */
export interface DominatorTree {
  /** For each path the dominator closest to it that is not itself, {@link ROOT} or {@link UNREACHABLE}. */
  readonly parent: Int32Array
  /** The reached paths in preorder of the tree: parents before children, and what a path dominates next to it. */
  readonly order: Uint32Array
  /** What path p dominates, itself first: `order[first[p] .. end[p])`. Both are {@link NOWHERE} when p is not reached. */
  readonly first: Uint32Array
  readonly end: Uint32Array
  /** For each path a dominator further up, or {@link ROOT}: see {@link lowestCommonDominator}. */
  readonly jump: Int32Array
}

/** A place after every place of the order: no range begins before it and ends after it. */
const NOWHERE = 0xffff_ffff

/**
 * Makes the tree from immediate dominators.
 * @param order the reached paths, each after its immediate dominator
 */
export function treeOfParents(parent: Int32Array, order: Uint32Array): DominatorTree {
  const sizes = new Uint32Array(parent.length)
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const path = order[index]!
    sizes[path]! += 1
    const above = parent[path]!
    if (above !== ROOT) sizes[above]! += sizes[path]!
  }
  const preorder = new Uint32Array(order.length)
  const first = new Uint32Array(parent.length).fill(NOWHERE)
  const end = new Uint32Array(parent.length).fill(NOWHERE)
  /** Where in the preorder the next child of each path begins. */
  const free = new Uint32Array(parent.length)
  let freeOfRoot = 0
  for (const path of order) {
    const above = parent[path]!
    const at = above === ROOT ? freeOfRoot : free[above]!
    if (above === ROOT) freeOfRoot += sizes[path]!
    else free[above]! += sizes[path]!
    first[path] = at
    end[path] = at + sizes[path]!
    free[path] = at + 1
    preorder[at] = path
  }
  return { parent, order: preorder, first, end, jump: jumps(parent, preorder) }
}

/**
 * For each path an ancestor to jump to, such that any ancestor is found in logarithmic time: Myers, "An applicative
 * random-access stack", Information Processing Letters 17 (1983), section 3. Two jumps of equal length are joined to
 * one of the next length, as digits carry in skew binary numbers.
 */
function jumps(parent: Int32Array, order: Uint32Array): Int32Array {
  const jump = new Int32Array(parent.length).fill(ROOT)
  const depth = new Uint32Array(parent.length)
  const depthOf = (path: number): number => (path === ROOT ? 0 : depth[path]!)
  const jumpOf = (path: number): number => (path === ROOT ? ROOT : jump[path]!)
  for (const path of order) {
    const above = parent[path]!
    const near = jumpOf(above)
    const far = jumpOf(near)
    depth[path] = depthOf(above) + 1
    jump[path] = depthOf(above) - depthOf(near) === depthOf(near) - depthOf(far) ? far : above
  }
  return jump
}

/** What goes away with a path: the paths it dominates, itself first; none when it is not reached. A view, not a copy. */
export function dominatedBy({ order, first, end }: DominatorTree, path: number): Uint32Array {
  return order.subarray(first[path]!, end[path]!)
}

/** Whether a path is among those that go away with another; a path that is not reached is in no such relation. */
export function dominates({ first, end }: DominatorTree, dominator: number, path: number): boolean {
  return first[path]! >= first[dominator]! && first[path]! < end[dominator]!
}

/**
 * The lowest path that dominates each of the given: losing it loses them all, and it is the last to do so. {@link ROOT}
 * when only losing several roots does (and for no paths at all), {@link UNREACHABLE} when one of them is not reached.
 *
 * A path dominates all of them exactly when it dominates those that come first and last in preorder. It is found in
 * time logarithmic in the depth of the tree, so that many sets of users in a deep tree, as a hostile image could have
 * them, stay cheap.
 */
export function lowestCommonDominator(tree: DominatorTree, paths: Iterable<number>): number {
  const { parent, first, jump } = tree
  let lowest = ROOT
  let last = ROOT
  for (const path of paths) {
    if (parent[path] === UNREACHABLE) return UNREACHABLE
    if (lowest === ROOT || first[path]! < first[lowest]!) lowest = path
    if (last === ROOT || first[path]! > first[last]!) last = path
  }
  while (lowest !== ROOT && !dominates(tree, lowest, last)) {
    const further = jump[lowest]!
    const isTooFar = further === ROOT || dominates(tree, further, last)
    lowest = isTooFar ? parent[lowest]! : further
  }
  return lowest
}
