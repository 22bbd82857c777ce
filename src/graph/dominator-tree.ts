/** The virtual root, which refers to every root: it stands for the whole image. */
export const ROOT = -1
/** Stands for "no root reaches it". */
export const UNREACHABLE = -2

/**
 * Which path holds which. Path d dominates path p if every route from the roots to p goes through d, so that p goes
 * away with d. Each path dominates itself.
 */
export interface DominatorTree {
  /** For each path, its closest dominator other than itself, or {@link ROOT}, or {@link UNREACHABLE}. */
  readonly parent: Int32Array
  /** The reached paths in preorder of the tree: each parent, followed by all that it dominates. */
  readonly order: Uint32Array
  /**
   * The paths that p dominates, itself first: `order[first[p] .. end[p])`. Both are {@link NOWHERE} if p is not
   * reached.
   */
  readonly first: Uint32Array
  readonly end: Uint32Array
  /** For each path, a dominator further up, or {@link ROOT}. See {@link lowestCommonDominator}. */
  readonly jump: Int32Array
}

/** A place after every place of the order, so that no range contains it. */
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
  /** For each path, where its next child goes in the preorder. */
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
 * For each path, an ancestor to jump to, so that we can find any ancestor in logarithmic time. See Myers, "An
 * applicative random-access stack", Information Processing Letters 17 (1983), section 3. Two jumps of equal length join
 * to one of the next length, as digits carry in skew binary numbers.
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

/** The paths that go away with a path, itself first; none if it is not reached. This is a view, not a copy. */
export function dominatedBy({ order, first, end }: DominatorTree, path: number): Uint32Array {
  return order.subarray(first[path]!, end[path]!)
}

/** Whether one path dominates another; false if either is not reached. */
export function dominates({ first, end }: DominatorTree, dominator: number, path: number): boolean {
  return first[path]! >= first[dominator]! && first[path]! < end[dominator]!
}

/**
 * The lowest path that dominates all the given paths. {@link ROOT} if no path dominates them all or if there are
 * no paths; {@link UNREACHABLE} if one of them is not reached.
 *
 * A path dominates all of them exactly if it dominates the first and the last in preorder. We find it in time
 * logarithmic in the depth of the tree. So many sets of users in a deep tree stay cheap, even if an attacker made the
 * image.
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
