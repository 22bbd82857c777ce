import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FileTree } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { SHOWN } from './layer-marks.ts'
import type { RootFileSystem } from './root-file-system.ts'

/** More links than this in one path are a loop, as for Linux (path_resolution(7)). */
const MAX_LINKS = 40

/** An entry of a root file system. */
export interface FoundEntry {
  readonly open: OpenImage
  readonly index: number
}

/** Looks for entries of a root file system by the paths that a package manager knows. */
export interface EntryFinder {
  /**
   * Finds an entry. It follows links to directories on the way, as /bin -> usr/bin after a merge of /usr, but not a link at
   * the end: that one is the package's own.
   */
  find(path: ByteString): FoundEntry | undefined
  /** Finds an entry, and follows links at the end of the path, too. */
  follow(path: ByteString): FoundEntry | undefined
  /** The entries in a directory, with those of lower layers that show; none if there is no such directory. */
  entriesIn(path: ByteString): readonly FoundEntry[]
}

/** What is at a path. */
interface Place {
  /** One entry, or the directories that are merged, from the topmost layer down. */
  readonly entries: readonly [LayerEntry, ...LayerEntry[]]
  /** Undefined for the root. */
  readonly parent: Place | undefined
}

interface LayerEntry {
  readonly layer: number
  readonly index: number
}

export function entryFinder({ layers }: RootFileSystem): EntryFinder {
  const trees = layers.map(({ open }) => open.image.tree)
  const namesIn = layers.map(() => new Map<number, ReadonlyMap<ByteString, number>>())
  const childrenIn = ({ layer, index }: LayerEntry): ReadonlyMap<ByteString, number> => {
    const known = namesIn[layer]!.get(index)
    if (known !== undefined) return known
    const names = childrenByName(trees[layer]!, index)
    namesIn[layer]!.set(index, names)
    return names
  }
  const isShown = (layer: number, index: number): boolean => (layers[layer]!.marks?.[index] ?? SHOWN) === SHOWN
  const childNamed = (directory: Place, name: ByteString): Place | undefined => {
    const found: LayerEntry[] = []
    for (const entry of directory.entries) {
      const { layer } = entry
      const index = childrenIn(entry).get(name)
      if (index !== undefined && isShown(layer, index)) found.push({ layer, index })
    }
    const [first, ...others] = found
    return first === undefined ? undefined : { entries: [first, ...others], parent: directory }
  }
  const top: LayerEntry = { layer: 0, index: 0 }
  const others = layers.slice(1).flatMap((_, layer) => (isShown(layer + 1, 0) ? [{ layer: layer + 1, index: 0 }] : []))
  const root: Place = { entries: [top, ...others], parent: undefined }
  const walk = (from: Place, path: ByteString, links: number): Place | undefined => {
    let at: Place | undefined = from
    for (const name of path.split('/')) {
      if (name === '' || name === '.') continue
      at = followed(at, links)
      if (at === undefined) return undefined
      at = name === '..' ? (at.parent ?? at) : childNamed(at, name)
      if (at === undefined) return undefined
    }
    return at
  }
  /** The directory that an entry is or leads to. */
  const followed = (at: Place, links: number): Place | undefined => {
    const { layer, index } = at.entries[0]
    const tree = trees[layer]!
    if (tree.typeOf(index) !== 'symlink') return at
    const { target } = tree.entry(index)
    if (target === undefined || links >= MAX_LINKS) return undefined
    const end = walk(target.startsWith('/') ? root : (at.parent ?? root), target, links + 1)
    return end && followed(end, links + 1)
  }
  const directories = new Map<ByteString, Place | undefined>()
  const directoryAt = (path: ByteString): Place | undefined => {
    if (directories.has(path)) return directories.get(path)
    const end = walk(root, path, 0)
    const found = end && followed(end, 0)
    directories.set(path, found)
    return found
  }
  const placeAt = (path: ByteString): Place | undefined => {
    const slash = path.lastIndexOf('/')
    const directory = directoryAt(path.slice(0, Math.max(slash, 0)))
    if (directory === undefined) return undefined
    const name = path.slice(slash + 1)
    return name === '' || name === '.' ? directory : childNamed(directory, name)
  }
  const foundAt = ({ entries: [{ layer, index }] }: Place): FoundEntry => ({ open: layers[layer]!.open, index })
  return {
    find(path) {
      const place = placeAt(path)
      return place && foundAt(place)
    },
    follow(path) {
      const place = placeAt(path)
      const end = place && followed(place, 0)
      return end && foundAt(end)
    },
    entriesIn(path) {
      const directory = directoryAt(path)
      if (directory === undefined) return []
      const names = new Set(directory.entries.flatMap((entry) => [...childrenIn(entry).keys()]))
      return [...names].flatMap((name) => {
        const place = childNamed(directory, name)
        return place === undefined ? [] : foundAt(place)
      })
    },
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
