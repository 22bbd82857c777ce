import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import { pathOf } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { Resolved } from '../images/resolve-path.ts'
import { fullName, isPackage, nameOf, splitKey } from '../owners/names.ts'
import { ownersIn, treeOwners } from '../owners/owners-in.ts'
import { fileMatcher } from '../owners/path-glob.ts'
import { type ListedEntry, listing } from './listing.ts'

/**
 * Finds entries by a glob, below a path and in the images that a recursive listing of it enters. A glob without a slash
 * matches names, one with a slash paths, as `fileMatcher` does. What belongs to a store path has three paths: in the
 * image, "/nix/store/hash-name/bin/x", and "name/bin/x". For a package, the last one is "vim/usr/bin/vim".
 * @param outermost the image that all paths begin in
 */
export function* findEntries(outermost: OpenImage, at: Resolved, glob: string): Generator<ListedEntry> {
  const matches = fileMatcher(glob)
  const namesOf = glob.includes('/') ? ownerPaths(outermost) : undefined
  for (const listed of listing(at, true)) {
    if (matches(listed.path) || namesOf?.(listed).some(matches) === true) yield listed
  }
}

/** The further paths of an entry, by the full name and by the name of its owner. */
function ownerPaths(outermost: OpenImage): (listed: ListedEntry) => readonly ByteString[] {
  const { model } = ownersIn(outermost)
  const ownersOf = oncePer(({ image }: OpenImage) => ({ tree: image.tree, known: new Map<number, OwnerTop>() }))
  return ({ open, index, path, imagePath }) => {
    const { ownerOf, isOwner, keyOf } = treeOwners(open, model)
    const first = ownerOf[index]!
    if (isOwner[first] !== 1) return []
    const { tree, known } = ownersOf(open)
    let top = known.get(first)
    if (top === undefined) {
      const entry = tree.entry(first)
      const key = keyOf(entry)
      top = isPackage(key)
        ? { path: imagePath, full: `/${key}`, name: `/${splitKey(key).pname}` }
        : { path: imagePath + pathOf(tree, entry), full: fullName(model.directory, key), name: `/${nameOf(key)}` }
      known.set(first, top)
    }
    // The entries of an owner may also lie outside its first one.
    if (path !== top.path && !path.startsWith(`${top.path}/`)) return []
    const below = path.slice(top.path.length)
    return [top.full + below, top.name + below]
  }
}

/** Where the paths of an owner begin, and what that may be written as. */
interface OwnerTop {
  readonly path: ByteString
  readonly full: ByteString
  readonly name: ByteString
}
