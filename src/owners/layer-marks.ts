import { type ByteString, byteString, quoted } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import { formatError } from '../../parsers/bytes/source.ts'
import { type Entry, hardLinksOf, indexChildren, pathOf } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'

/**
 * What each entry of a layer is in the root file system: it shows, an upper layer hides it, or it is there to hide an entry
 * of a lower layer. A hidden name of a file that shows under another name costs nothing.
 */
export type LayerMarks = Uint8Array

export const SHOWN = 0
export const SHADOWED = 1
export const WHITEOUT = 2
export const OTHER_NAME = 3

/** What aufs calls the entry that hides another one, and the one that hides all of its directory in lower layers (aufs(5)). */
const AUFS_WHITEOUT = '.wh.'
const AUFS_OPAQUE = '.wh..wh..opq'
/** What aufs keeps for itself begins so. */
const AUFS_OWN = '.wh..wh.'

/** What overlayfs notes in extended attributes (Linux, Documentation/filesystems/overlayfs.rst). */
const OVERLAY = 'trusted.overlay.'

/** How the layers of a stack hide each other. */
export interface MarkedLayers {
  /** In the order of the layers. */
  readonly marks: readonly LayerMarks[]
  readonly problems: readonly FormatError[]
}

/** A directory of one of the layers. */
interface LayerDirectory {
  readonly layer: number
  readonly index: number
}

/**
 * Merges layers as overlayfs does: a name in an upper layer hides that in a lower one, unless both are directories, which
 * are merged. Whiteouts and opaque directories hide what lies below them, and those of aufs, too.
 * @param layers from the topmost one down
 */
export function markLayers(layers: readonly OpenImage[]): MarkedLayers {
  const notes = layers.map((open) => overlayNotes(open))
  const marks = layers.map((open, layer) => whiteoutsIn(open, notes[layer]!.removed))
  const children = layers.map(childIndexes)
  const hide = ({ layer, index }: LayerDirectory): void => {
    const { count, parents } = layers[layer]!.image.tree
    const mark = marks[layer]!
    for (let at = index; at < count && (at === index || parents[at]! >= index); at += 1) {
      if (mark[at] === SHOWN) mark[at] = SHADOWED
    }
  }
  const isOpaque = ({ layer, index }: LayerDirectory): boolean => {
    const { tree } = layers[layer]!.image
    return (
      notes[layer]!.opaque.has(index) || children[layer]!(index).some((child) => tree.nameOf(child) === AUFS_OPAQUE)
    )
  }
  const merged: LayerDirectory[][] = [layers.map((_, layer) => ({ layer, index: 0 }))]
  for (let directories = merged.pop(); directories !== undefined; directories = merged.pop()) {
    const bottom = directories.findIndex(isOpaque)
    const end = bottom < 0 ? directories.length : bottom + 1
    for (const below of directories.slice(end)) hide(below)
    /** By name, the directories that are merged; complete once a layer hides what lies below it. */
    const names = new Map<ByteString, { readonly directories: LayerDirectory[]; isComplete: boolean }>()
    for (const { layer, index } of directories.slice(0, end)) {
      const { tree } = layers[layer]!.image
      const removed: ByteString[] = []
      for (const child of children[layer]!(index)) {
        const name = tree.nameOf(child)
        if (marks[layer]![child] === WHITEOUT) {
          removed.push(name.startsWith(AUFS_WHITEOUT) ? name.slice(AUFS_WHITEOUT.length) : name)
          continue
        }
        const known = names.get(name)
        const isDirectory = tree.typeOf(child) === 'directory'
        const here = { layer, index: child }
        if (known === undefined) {
          names.set(name, { directories: isDirectory ? [here] : [], isComplete: !isDirectory })
        } else if (known.isComplete || !isDirectory) {
          known.isComplete = true
          hide(here)
        } else known.directories.push(here)
      }
      for (const name of removed) {
        const known = names.get(name)
        if (known === undefined) names.set(name, { directories: [], isComplete: true })
        else known.isComplete = true
      }
    }
    for (const { directories: below } of names.values()) if (below.length > 1) merged.push(below)
  }
  for (const [layer, open] of layers.entries()) keepOtherNames(open, marks[layer]!)
  return { marks, problems: notes.flatMap(({ problems }) => problems) }
}

/** The numbers of the entries in each directory of an image. */
function childIndexes({ image: { tree } }: OpenImage): (directory: number) => Uint32Array {
  const { start, list } = indexChildren(tree)
  return (directory) => list.subarray(start[directory]!, start[directory + 1]!)
}

/** Marks what is there to hide something: devices with the number 0/0, and the files of aufs. */
function whiteoutsIn({ image: { tree } }: OpenImage, removed: ReadonlySet<number>): LayerMarks {
  const marks = new Uint8Array(tree.count)
  for (let index = 1; index < tree.count; index += 1) {
    if (marks[tree.parents[index]!] === WHITEOUT || removed.has(index)) marks[index] = WHITEOUT
    else if (tree.typeOf(index) === 'charDevice') {
      const { device } = tree.entry(index)
      if (device !== undefined && device.major === 0 && device.minor === 0) marks[index] = WHITEOUT
    } else {
      const name = tree.nameOf(index)
      const isOfAufs = name.startsWith(AUFS_OWN) || (name.startsWith(AUFS_WHITEOUT) && tree.typeOf(index) === 'file')
      if (isOfAufs) marks[index] = WHITEOUT
    }
  }
  return marks
}

/** What the extended attributes of a layer say to overlayfs. */
interface OverlayNotes {
  /** Directories that hide those of the same name in lower layers. */
  readonly opaque: ReadonlySet<number>
  /** Empty files that stand for an entry that was removed. */
  readonly removed: ReadonlySet<number>
  readonly problems: readonly FormatError[]
}

function overlayNotes(open: OpenImage): OverlayNotes {
  const { image } = open
  const { tree } = image
  const opaque = new Set<number>()
  const removed = new Set<number>()
  const problems: FormatError[] = []
  /** The attributes of each set: most entries of an image share a few. */
  const sets = new Map<number, ReadonlyMap<string, string>>()
  const attributesOf = (entry: Entry): ReadonlyMap<string, string> => {
    const set = image.xattrSet?.(entry)
    if (set === undefined) return NO_ATTRIBUTES
    const known = sets.get(set) ?? readAttributes(open, entry, problems)
    sets.set(set, known)
    return known
  }
  if (image.xattrSet === undefined) return { opaque, removed, problems }
  for (let index = 0; index < tree.count; index += 1) {
    const type = tree.typeOf(index)
    if (type !== 'directory' && type !== 'file') continue
    const entry = tree.entry(index)
    const attributes = attributesOf(entry)
    if (attributes.size === 0) continue
    if (type === 'directory' && attributes.get('opaque') === 'y') opaque.add(index)
    if (type === 'file' && entry.size === 0 && attributes.has('whiteout')) removed.add(index)
    // One of them is enough to say that sizes of packages may be wrong here.
    const [unread] = ['redirect', 'metacopy'].filter((name) => attributes.has(name))
    if (unread !== undefined && problems.every(({ code }) => code !== 'UNSUPPORTED')) {
      problems.push(notFollowed(open, entry, unread))
    }
  }
  return { opaque, removed, problems }
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map()

function readAttributes({ image }: OpenImage, entry: Entry, problems: FormatError[]): ReadonlyMap<string, string> {
  try {
    const found = image.xattrs!(entry).filter(({ name }) => name.startsWith(OVERLAY))
    return new Map(found.map(({ name, value }) => [name.slice(OVERLAY.length), byteString(value)]))
  } catch (error) {
    problems.push(asFormatError(error))
    return NO_ATTRIBUTES
  }
}

function notFollowed({ image }: OpenImage, entry: Entry, attribute: string): FormatError {
  const detail = `has ${OVERLAY}${attribute}, which is not followed; what lower layers have for it is taken as hidden`
  const structure = `entry ${quoted(pathOf(image.tree, entry))}`
  return formatError('UNSUPPORTED', detail, image.source, { structure, offset: 0 })
}

/** A file is there as long as one of its names shows. */
function keepOtherNames({ image: { tree } }: OpenImage, marks: LayerMarks): void {
  for (const names of hardLinksOf(tree).values()) {
    if (!names.some((name) => marks[name] === SHOWN)) continue
    for (const name of names) if (marks[name] === SHADOWED) marks[name] = OTHER_NAME
  }
}
