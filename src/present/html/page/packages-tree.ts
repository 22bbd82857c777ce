import { type ImageModel, type Owners, ownersPresent } from './image-model.ts'
import { type Tree, type TreeNode, treeOf } from './tree.ts'

/** The owners by the packages that they are of: each output and version of a package, each architecture. */
export function packagesTree(model: ImageModel, { names, of }: NonNullable<Owners['packages']>): Tree {
  const { data, owners, places } = model
  const groups = new Map<number, TreeNode[]>()
  let all = 0
  for (const owner of ownersPresent(model)) {
    const own = owners.own[owner]!
    all += own
    const leaf = { name: owners.labels[owner]!, kind: 'o', own, unpacked: owners.unpacked[owner]!, owner, below: [] }
    const known = groups.get(of[owner]!)
    if (known === undefined) groups.set(of[owner]!, [leaf])
    else known.push(leaf)
  }
  const nodes = Array.from(groups, ([number, below]): TreeNode => {
    if (below.length === 1) return below[0]!
    const unpacked = below.reduce((sum, leaf) => sum + leaf.unpacked, 0)
    return { name: names[number]!, kind: 'p', own: 0, unpacked, owner: -1, below }
  })
  const rest = data.size - all
  if (rest > 0) {
    nodes.push({ name: `[not in ${data.noun[1]}]`, kind: 't', own: rest, unpacked: 0, owner: -1, below: [] })
  }
  return treeOf({ name: places.names[0]!, kind: 'i', own: 0, unpacked: places.unpacked[0]!, owner: -1, below: nodes })
}
