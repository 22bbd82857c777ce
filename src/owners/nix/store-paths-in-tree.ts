import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { FileTree } from '../../../parsers/image.ts'
import type { OpenImage } from '../../images/open-image.ts'
import type { TreeOwners } from '../owner.ts'
import { isStorePathName } from './store-path.ts'

/**
 * Finds the store paths of a tree: entries with the name of a store path below a directory nix/store anywhere.
 * @param directory of the store: "/nix/store"
 * @param isAtRoot whether an image that is no disc may have them at its root, because NixOS packs them without /nix/store
 */
export function storePathsInTree(
  { image: { tree, format } }: OpenImage,
  directory: ByteString,
  isAtRoot: boolean,
): TreeOwners {
  const [, above, name] = directory.split('/')
  const { count, parents } = tree
  const ownerOf = new Uint32Array(count)
  const isOwner = new Uint8Array(count)
  const isStore = new Uint8Array(count)
  if (isAtRoot && format.looksInside !== 'files') isStore[0] = 1
  for (let index = 1; index < count; index += 1) {
    const parent = parents[index]!
    const owner = ownerOf[parent]!
    if (isOwner[owner] === 1) {
      ownerOf[index] = owner
      continue
    }
    ownerOf[index] = index
    if (isStore[parent] === 1 && isStorePathName(tree.nameOf(index))) isOwner[index] = 1
    else if (isDirectory(tree, index, name!) && tree.nameOf(parent) === above) isStore[index] = 1
  }
  return { ownerOf, isOwner, keyOf: ({ name }) => name, problems: [] }
}

function isDirectory(tree: FileTree, index: number, name: ByteString): boolean {
  return tree.typeOf(index) === 'directory' && tree.nameOf(index) === name
}
