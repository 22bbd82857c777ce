import type { FileTree, Image } from '../../../parsers/image.ts'
import { isStorePathName } from './store-path.ts'

/** The owner of each entry of a tree: its store path, or the entry itself. */
export interface Owners {
  /** For each entry, the entry that owns it: the top of its store path, or itself. */
  readonly ownerOf: Uint32Array
  /** 1 if the entry is the top of a store path. */
  readonly isStorePath: Uint8Array
}

const known = new WeakMap<FileTree, Owners>()

/**
 * Finds the store paths of a tree: entries with the name of a store path below a nix/store directory anywhere. In an
 * image that is not a disc they may also be at the root, because NixOS packs them without /nix/store. We look once.
 */
export function findOwners(image: Pick<Image, 'tree' | 'format'>): Owners {
  let owners = known.get(image.tree)
  if (owners === undefined) {
    owners = lookForOwners(image)
    known.set(image.tree, owners)
  }
  return owners
}

function lookForOwners({ tree, format }: Pick<Image, 'tree' | 'format'>): Owners {
  const { entries } = tree
  const ownerOf = new Uint32Array(entries.length)
  const isStorePath = new Uint8Array(entries.length)
  const isStore = new Uint8Array(entries.length)
  if (format.looksInside !== 'files') isStore[0] = 1
  for (let index = 1; index < entries.length; index += 1) {
    const { parent, name, type } = entries[index]!
    const above = ownerOf[parent]!
    if (isStorePath[above] === 1) {
      ownerOf[index] = above
      continue
    }
    ownerOf[index] = index
    if (isStore[parent] === 1 && isStorePathName(name)) isStorePath[index] = 1
    else if (type === 'directory' && name === 'store' && entries[parent]!.name === 'nix') isStore[index] = 1
  }
  return { ownerOf, isStorePath }
}
