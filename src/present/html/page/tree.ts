import type { PageTree } from '../page-data.ts'

/** A tree in columns, in preorder: the nodes below a node follow it, up to its `end`. */
export interface Tree {
  readonly count: number
  readonly names: readonly string[]
  /** A letter of `KIND_LETTERS` for each node. */
  readonly kinds: string
  /** The node above; -1 for the root, which is node 0. */
  readonly parent: Int32Array
  readonly end: Uint32Array
  /** Bytes of the node alone, and with all nodes below. */
  readonly own: Float64Array
  readonly total: Float64Array
  /** Content bytes, with those of all nodes below. */
  readonly unpacked: Float64Array
  /** The number of the owner, for a node that is one; else -1. */
  readonly owner: Int32Array
  /** The number of the owner that a node is a part of, where no node above is that owner; else -1. Absent if all are -1. */
  readonly partOf?: Int32Array
}

/** A node from which `treeOf` makes a tree. */
export interface TreeNode {
  readonly name: string
  readonly kind: string
  readonly own: number
  readonly unpacked: number
  readonly owner: number
  readonly partOf?: number
  readonly below: readonly TreeNode[]
}

/** Reads the tree of an image. */
export function readTree({ names, kinds, counts, own, unpacked, owners }: PageTree): Tree {
  const owner = new Int32Array(counts.length).fill(-1)
  let next = 0
  for (let node = 0; node < counts.length; node += 1) {
    if (kinds[node] !== 'o') continue
    owner[node] = owners[next]!
    next += 1
  }
  const columns = { names: names.split('\n'), kinds, owner, own: Float64Array.from(own) }
  return withSums(columns, counts, Float64Array.from(unpacked))
}

/** Makes a tree from nodes. */
export function treeOf(root: TreeNode): Tree {
  const nodes: TreeNode[] = []
  const stack = [root]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    nodes.push(node)
    for (let at = node.below.length - 1; at >= 0; at -= 1) stack.push(node.below[at]!)
  }
  return withSums(
    {
      names: nodes.map(({ name }) => name),
      kinds: nodes.map(({ kind }) => kind).join(''),
      owner: Int32Array.from(nodes, ({ owner }) => owner),
      ...(nodes.some(({ partOf = -1 }) => partOf >= 0)
        ? { partOf: Int32Array.from(nodes, ({ partOf = -1 }) => partOf) }
        : {}),
      own: Float64Array.from(nodes, ({ own }) => own),
    },
    nodes.map(({ below }) => below.length),
    Float64Array.from(nodes, ({ unpacked }) => unpacked),
  )
}

function withSums(
  columns: Pick<Tree, 'names' | 'kinds' | 'owner' | 'partOf' | 'own'>,
  counts: readonly number[],
  unpacked: Float64Array,
): Tree {
  const count = counts.length
  const parent = new Int32Array(count).fill(-1)
  const end = new Uint32Array(count)
  const left = Int32Array.from(counts)
  let above = -1
  for (let node = 0; node < count; node += 1) {
    parent[node] = above
    if (above >= 0) left[above]! -= 1
    above = node
    while (above >= 0 && left[above] === 0) {
      end[above] = node + 1
      above = parent[above]!
    }
  }
  const total = columns.own.slice()
  for (let node = count - 1; node > 0; node -= 1) total[parent[node]!]! += total[node]!
  return { ...columns, count, parent, end, total, unpacked }
}

/** The nodes directly below a node, largest first. */
export function childrenOf({ end, total }: Tree, node: number): readonly number[] {
  const children: number[] = []
  for (let child = node + 1; child < end[node]!; child = end[child]!) children.push(child)
  return children.sort((a, b) => total[b]! - total[a]! || a - b)
}

export function hasChildren({ end }: Tree, node: number): boolean {
  return end[node]! > node + 1
}

/** The nodes from the root down to a node, both included. */
export function chainTo({ parent }: Tree, node: number): readonly number[] {
  const chain: number[] = []
  for (let at = node; at >= 0; at = parent[at]!) chain.push(at)
  return chain.reverse()
}

/** The names from below the root down to a node, joined by slashes; '' for the root. */
export function pathTo(tree: Tree, node: number): string {
  return chainTo(tree, node)
    .slice(1)
    .map((at) => tree.names[at]!.replace(/^\//, ''))
    .join('/')
}

/** The node with a path, or the last one on the way to it that is there. */
export function nodeAt(tree: Tree, path: string): number {
  let node = 0
  let rest = path
  while (rest !== '') {
    const next = childrenOf(tree, node).find((child) => {
      const name = tree.names[child]!.replace(/^\//, '')
      return rest === name || rest.startsWith(`${name}/`)
    })
    if (next === undefined) return node
    rest = rest.slice(tree.names[next]!.replace(/^\//, '').length + 1)
    node = next
  }
  return node
}

/** The owner of a node: its own, or that of the closest node above that is one or a part of one; -1 if there is none. */
export function ownerAbove({ owner, partOf, parent }: Tree, node: number): number {
  for (let at = node; at >= 0; at = parent[at]!) {
    if (owner[at]! >= 0) return owner[at]!
    if (partOf !== undefined && partOf[at]! >= 0) return partOf[at]!
  }
  return -1
}
