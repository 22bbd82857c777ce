import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FileTree } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'

/** More links than this in one path are a loop, as for Linux (path_resolution(7)). */
const MAX_LINKS = 40

/**
 * Finds entries of an image by the paths that a package manager knows. It follows links to directories on the way, as
 * /bin -> usr/bin after a merge of /usr, but not a link at the end: that one is the package's own.
 * @returns a function from a path to the index of its entry; -1 if the image has none
 */
export function entryFinder({ image: { tree } }: OpenImage): (path: ByteString) => number {
  const namesIn = new Map<number, ReadonlyMap<ByteString, number>>()
  const childNamed = (directory: number, name: ByteString): number => {
    const names = namesIn.get(directory) ?? childrenByName(tree, directory)
    namesIn.set(directory, names)
    return names.get(name) ?? -1
  }
  const walk = (from: number, path: ByteString, links: number): number => {
    let at = from
    for (const name of path.split('/')) {
      if (name === '' || name === '.') continue
      at = followed(at, links)
      if (at < 0) return -1
      at = name === '..' ? tree.parents[at]! : childNamed(at, name)
      if (at < 0) return -1
    }
    return at
  }
  /** The directory that an entry is or leads to. */
  const followed = (index: number, links: number): number => {
    if (tree.typeOf(index) !== 'symlink') return index
    const { target } = tree.entry(index)
    if (target === undefined || links >= MAX_LINKS) return -1
    const end = walk(target.startsWith('/') ? 0 : tree.parents[index]!, target, links + 1)
    return end < 0 ? -1 : followed(end, links + 1)
  }
  const directories = new Map<ByteString, number>()
  const directoryAt = (path: ByteString): number => {
    const known = directories.get(path)
    if (known !== undefined) return known
    const end = walk(0, path, 0)
    const found = end < 0 ? -1 : followed(end, 0)
    directories.set(path, found)
    return found
  }
  return (path) => {
    const slash = path.lastIndexOf('/')
    const directory = directoryAt(path.slice(0, Math.max(slash, 0)))
    const name = path.slice(slash + 1)
    if (directory < 0) return -1
    return name === '' || name === '.' ? directory : childNamed(directory, name)
  }
}

/**
 * The entries in a directory by their names. Its subtree is one range of entries. So for an image without a database,
 * where we only look at the top, this is faster than an index of all directories.
 */
function childrenByName(tree: FileTree, directory: number): ReadonlyMap<ByteString, number> {
  const found = new Map<ByteString, number>()
  const { parents, count } = tree
  for (let index = directory + 1; index < count && parents[index]! >= directory; index += 1) {
    if (parents[index] === directory) found.set(tree.nameOf(index), index)
  }
  return found
}
