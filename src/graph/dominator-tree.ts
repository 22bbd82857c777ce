/** The virtual root, which refers to every root: it stands for the whole image. */
export const ROOT = -1
/** Stands for "no root reaches it". */
export const UNREACHABLE = -2

/**
 * Which node holds which. Node d dominates node p if every route from the roots to p goes through d, so that p goes
 * away with d. Each node dominates itself.
 */
export interface DominatorTree {
  /** For each node, its closest dominator other than itself, or {@link ROOT}, or {@link UNREACHABLE}. */
  readonly parent: Int32Array
  /** The reached nodes in preorder of the tree: each parent, followed by all that it dominates. */
  readonly order: Uint32Array
  /**
   * The nodes that p dominates, itself first: `order[first[p] .. end[p])`. Both are {@link NOWHERE} if p is not
   * reached.
   */
  readonly first: Uint32Array
  readonly end: Uint32Array
  /** For each node, a dominator further up, or {@link ROOT}. See {@link lowestCommonDominator}. */
  readonly jump: Int32Array
}

/** A place after every place of the order, so that no range contains it. */
const NOWHERE = 0xffff_ffff

/**
 * Makes the tree from immediate dominators.
 * @param order the reached nodes, each after its immediate dominator
 */
export function treeOfParents(parent: Int32Array, order: Uint32Array): DominatorTree {
  const sizes = new Uint32Array(parent.length)
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const node = order[index]!
    sizes[node]! += 1
    const above = parent[node]!
    if (above !== ROOT) sizes[above]! += sizes[node]!
  }
  const preorder = new Uint32Array(order.length)
  const first = new Uint32Array(parent.length).fill(NOWHERE)
  const end = new Uint32Array(parent.length).fill(NOWHERE)
  /** For each node, where its next child goes in the preorder. */
  const free = new Uint32Array(parent.length)
  let freeOfRoot = 0
  for (const node of order) {
    const above = parent[node]!
    const at = above === ROOT ? freeOfRoot : free[above]!
    if (above === ROOT) freeOfRoot += sizes[node]!
    else free[above]! += sizes[node]!
    first[node] = at
    end[node] = at + sizes[node]!
    free[node] = at + 1
    preorder[at] = node
  }
  return { parent, order: preorder, first, end, jump: jumps(parent, preorder) }
}

/**
 * For each node, an ancestor to jump to, so that we can find any ancestor in logarithmic time. See Myers, "An
 * applicative random-access stack", Information Processing Letters 17 (1983), section 3. Two jumps of equal length join
 * to one of the next length, as digits carry in skew binary numbers.
 */
function jumps(parent: Int32Array, order: Uint32Array): Int32Array {
  const jump = new Int32Array(parent.length).fill(ROOT)
  const depth = new Uint32Array(parent.length)
  const depthOf = (node: number): number => (node === ROOT ? 0 : depth[node]!)
  const jumpOf = (node: number): number => (node === ROOT ? ROOT : jump[node]!)
  for (const node of order) {
    const above = parent[node]!
    const near = jumpOf(above)
    const far = jumpOf(near)
    depth[node] = depthOf(above) + 1
    jump[node] = depthOf(above) - depthOf(near) === depthOf(near) - depthOf(far) ? far : above
  }
  return jump
}

/** The nodes that go away with a node, itself first; none if it is not reached. This is a view, not a copy. */
export function dominatedBy({ order, first, end }: DominatorTree, node: number): Uint32Array {
  return order.subarray(first[node]!, end[node]!)
}

/** Whether one node dominates another; false if either is not reached. */
export function dominates({ first, end }: DominatorTree, dominator: number, node: number): boolean {
  return first[node]! >= first[dominator]! && first[node]! < end[dominator]!
}

/**
 * The lowest node that dominates all the given nodes. {@link ROOT} if no node dominates them all or if there are
 * no nodes; {@link UNREACHABLE} if one of them is not reached.
 *
 * A node dominates all of them exactly if it dominates the first and the last in preorder. We find it in time
 * logarithmic in the depth of the tree. So many sets of users in a deep tree stay cheap, even if an attacker made the
 * image.
 */
export function lowestCommonDominator(tree: DominatorTree, nodes: Iterable<number>): number {
  const { parent, first, jump } = tree
  let lowest = ROOT
  let last = ROOT
  for (const node of nodes) {
    if (parent[node] === UNREACHABLE) return UNREACHABLE
    if (lowest === ROOT || first[node]! < first[lowest]!) lowest = node
    if (last === ROOT || first[node]! > first[last]!) last = node
  }
  while (lowest !== ROOT && !dominates(tree, lowest, last)) {
    const further = jump[lowest]!
    const isTooFar = further === ROOT || dominates(tree, further, last)
    lowest = isTooFar ? parent[lowest]! : further
  }
  return lowest
}
