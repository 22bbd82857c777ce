import type { OpenImage } from '../../images/open-image.ts'
import type { TreeOwners } from '../owner.ts'
import { isStorePathName } from './store-path.ts'

/**
 * Finds the store paths of a tree: entries with the name of a store path below a nix/store directory anywhere. In an
 * image that is not a disc they may also be at the root, because NixOS packs them without /nix/store.
 */
export function storePathsInTree({ image: { tree, format } }: OpenImage): TreeOwners {
  const { entries } = tree
  const ownerOf = new Uint32Array(entries.length)
  const isOwner = new Uint8Array(entries.length)
  const isStore = new Uint8Array(entries.length)
  if (format.looksInside !== 'files') isStore[0] = 1
  for (let index = 1; index < entries.length; index += 1) {
    const { parent, name, type } = entries[index]!
    const above = ownerOf[parent]!
    if (isOwner[above] === 1) {
      ownerOf[index] = above
      continue
    }
    ownerOf[index] = index
    if (isStore[parent] === 1 && isStorePathName(name)) isOwner[index] = 1
    else if (type === 'directory' && name === 'store' && entries[parent]!.name === 'nix') isStore[index] = 1
  }
  return { ownerOf, isOwner, keyOf: ({ name }) => name, problems: [] }
}
