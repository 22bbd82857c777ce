import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FileTree } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { SHOWN } from './layer-marks.ts'
import type { RootFileSystem } from './root-file-system.ts'

/** More links than this behind one name are a loop, as in one path for Linux (path_resolution(7)). */
const MAX_LINKS = 40
/** Linux opens no longer path (path_resolution(7), PATH_MAX with the NUL). In bytes. */
const MAX_PATH = 4095

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
  const isDirectory = ({ entries: [{ layer, index }] }: Place): boolean => trees[layer]!.typeOf(index) === 'directory'
  /** Goes down a path, name by name. A file has no '.' and no '..'. */
  const walk = (path: ByteString, from: Place, step: (at: Place, name: ByteString) => Place | undefined) => {
    if (path.length > MAX_PATH) return undefined
    let at: Place | undefined = from
    for (const name of path.split('/')) {
      if (!isDirectory(at)) return undefined
      if (name === '' || name === '.') continue
      at = name === '..' ? (at.parent ?? at) : step(at, name)
      if (at === undefined) return undefined
    }
    return at
  }
  /**
   * The entry that is not a link itself, or that a link leads to.
   * @param seen counts the links: a link that leads twice through the next one would double the work each time
   */
  const followed = (at: Place, seen: { links: number } = { links: 0 }): Place | undefined => {
    const { layer, index } = at.entries[0]
    const tree = trees[layer]!
    if (tree.typeOf(index) !== 'symlink') return at
    const { target } = tree.entry(index)
    if (target === undefined || seen.links === MAX_LINKS) return undefined
    seen.links += 1
    return walk(target, target.startsWith('/') ? root : (at.parent ?? root), (directory, name) => {
      const child = childNamed(directory, name)
      return child && followed(child, seen)
    })
  }
  /** By directory and name, what is there behind all links, so that each link is followed once. */
  const ends = new Map<Place, Map<ByteString, Place | undefined>>()
  const endOf = (directory: Place, name: ByteString): Place | undefined => {
    const known = ends.get(directory) ?? new Map<ByteString, Place | undefined>()
    ends.set(directory, known)
    if (!known.has(name)) {
      const child = childNamed(directory, name)
      known.set(name, child && followed(child))
    }
    return known.get(name)
  }
  const directories = new Map<ByteString, Place | undefined>()
  const directoryAt = (path: ByteString): Place | undefined => {
    if (!directories.has(path)) directories.set(path, walk(path, root, endOf))
    return directories.get(path)
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
      const end = place && followed(place)
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
