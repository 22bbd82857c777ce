import type { FileTree } from '../../../parsers/image.ts'
import type { OpenImage } from '../../images/open-image.ts'
import type { TreeOwners } from '../owner.ts'
import { isStorePathName } from './store-path.ts'

/**
 * Finds the store paths of a tree: entries with the name of a store path below a nix/store directory anywhere. In an
 * image that is not a disc they may also be at the root, because NixOS packs them without /nix/store.
 */
export function storePathsInTree({ image: { tree, format } }: OpenImage): TreeOwners {
  const { count, parents } = tree
  const ownerOf = new Uint32Array(count)
  const isOwner = new Uint8Array(count)
  const isStore = new Uint8Array(count)
  if (format.looksInside !== 'files') isStore[0] = 1
  for (let index = 1; index < count; index += 1) {
    const parent = parents[index]!
    const above = ownerOf[parent]!
    if (isOwner[above] === 1) {
      ownerOf[index] = above
      continue
    }
    ownerOf[index] = index
    if (isStore[parent] === 1 && isStorePathName(tree.nameOf(index))) isOwner[index] = 1
    else if (isNixStore(tree, index)) isStore[index] = 1
  }
  return { ownerOf, isOwner, keyOf: ({ name }) => name, problems: [] }
}

/** Whether an entry is a directory "nix/store". */
function isNixStore(tree: FileTree, index: number): boolean {
  if (tree.typeOf(index) !== 'directory' || tree.nameOf(index) !== 'store') return false
  return tree.nameOf(tree.parents[index]!) === 'nix'
}
