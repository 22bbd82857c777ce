import { type ImageModel, isPackageOf } from './image-model.ts'
import { childrenOf, hasChildren, type Tree, type TreeNode, treeOf } from './tree.ts'

/** Whether files of packages are known, which lie in directories that other packages have files in too. */
export function hasScatteredFiles(model: ImageModel): boolean {
  const { places } = model
  for (let node = 0; node < places.count; node += 1) {
    const owner = places.owner[node]!
    if (owner >= 0 && isPackageOf(model, owner) && hasChildren(places, node)) return true
  }
  return false
}

interface Growing extends TreeNode {
  own: number
  unpacked: number
  readonly below: Growing[]
  readonly byName: Map<string, Growing>
}

/** The image by its directories alone. The files of packages lie where they are in the image, and say whose they are. */
export function directoriesTree(model: ImageModel): Tree {
  const { places } = model
  const { count, names, kinds, parent, end, own, unpacked, owner } = places
  /** Content bytes of each node without those of the nodes below. */
  const alone = unpacked.slice()
  for (let node = 1; node < count; node += 1) {
    // The content of an image in a file is the file's.
    if (kinds[parent[node]!] !== 'f') alone[parent[node]!]! -= unpacked[node]!
  }
  const storeIn = storesOf(places)
  const root = growing(names[0]!, 'i', -1)
  const at: Growing[] = [root]
  /** The package that a node is in; -1 for none. */
  const packageAt = new Int32Array(count).fill(-1)
  for (let node = 0; node < count; node += 1) {
    const above = parent[node]!
    if (above >= 0) packageAt[node] = packageAt[above]!
    if (owner[node]! >= 0 && isPackageOf(model, owner[node]!)) {
      packageAt[node] = owner[node]!
      at[node] = at[above]!
    } else if (above >= 0) {
      const directory = owner[node]! >= 0 ? at[storeIn(above)]! : at[above]!
      at[node] = childOf(directory, names[node]!, kinds[node]!, owner[node]!)
      if (kinds[node] === 'f' && packageAt[node]! >= 0) Object.assign(at[node]!, { partOf: packageAt[node]! })
    }
    at[node]!.own += own[node]!
    at[node]!.unpacked += Math.max(alone[node]!, 0)
    if (kinds[node] === 'f' && end[node]! > node + 1) at[node]!.unpacked = unpacked[node]!
  }
  sumUp(root)
  return treeOf(root)
}

function growing(name: string, kind: string, owner: number): Growing {
  return { name, kind, own: 0, unpacked: 0, owner, below: [], byName: new Map() }
}

function childOf(above: Growing, name: string, kind: string, owner: number): Growing {
  const known = above.byName.get(name)
  if (known !== undefined) return known
  const made = growing(name, kind, owner)
  above.byName.set(name, made)
  above.below.push(made)
  return made
}

/** Finds the node of the directory of the store paths in a region: "nix/store" where the region has it, else the region. */
function storesOf(places: Tree): (region: number) => number {
  const below = (node: number | undefined, name: string): number | undefined =>
    node === undefined ? undefined : childrenOf(places, node).find((child) => places.names[child] === name)
  const known = new Map<number, number>()
  return (region) => {
    const store =
      known.get(region) ?? below(below(region, 'nix'), 'store') ?? below(below(region, 'gnu'), 'store') ?? region
    known.set(region, store)
    return store
  }
}

/** Adds the content bytes of the nodes below to those of each directory. */
function sumUp(root: Growing): void {
  const order: Growing[] = [root]
  for (const node of order) order.push(...node.below)
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const node = order[index]!
    if (node.kind !== 'f') for (const child of node.below) node.unpacked += child.unpacked
  }
}
