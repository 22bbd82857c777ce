import { type ByteString, byteString } from '../../parsers/bytes/byte-string.ts'
import { contentBudget } from '../../parsers/bytes/content-budget.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { startSha256 } from '../../parsers/checksums/sha256.ts'
import { detectCompression } from '../../parsers/codecs/compression.ts'
import { hardLinksOf, pathBuilder } from '../../parsers/image.ts'
import { contentSource } from '../images/content-reader.ts'
import type { OpenImage } from '../images/open-image.ts'
import { storedSizes } from '../ledger/stored-sizes.ts'
import { ownersIn, treeOwners } from '../owners/owners-in.ts'
import { affords, type Comparison, noteProblem, readContentAhead, readerOf, startComparison } from './comparison.ts'
import { type Holder, holdersIn } from './holders.ts'

/** Content that is stored several times, whatever its names. */
export interface SameContent {
  /** Bytes of the content, unpacked. */
  readonly size: number
  /** Each place once, largest first. */
  readonly places: readonly StoredContent[]
}

/** A place where content is stored. */
export interface StoredContent {
  /** The path of the image that holds it; '/' for the outermost one. */
  readonly image: ByteString
  /** The path of the first file that has it, in the outermost image. */
  readonly path: ByteString
  /** How many files share this place: their content is stored once. */
  readonly files: number
  /** The owner of the first file, by key. */
  readonly owner?: ByteString
  /** How the file is compressed as a whole: "gzip". Absent if the file is the content itself. */
  readonly compression?: string
  /** Bytes that all of these files take in the outermost image. */
  readonly own: number
}

/** The files of one image whose content another file of it has too, and that take no room for it again. */
export interface StoredOnce {
  /** The path of the image; '/' for the outermost one. */
  readonly image: ByteString
  /** Files besides the first one of each content. */
  readonly files: number
  /** Bytes of their contents. */
  readonly bytes: number
  /** Each content with the paths of all its files, those with most bytes in second files first. */
  readonly contents: readonly SharedFiles[]
}

/** Files of one image that share what is stored of them. */
export interface SharedFiles {
  /** Bytes of the content, unpacked. */
  readonly size: number
  /** In the outermost image, in the order of the tree. */
  readonly paths: readonly ByteString[]
  /** Bytes that all of them take in the outermost image. */
  readonly own: number
}

/** Files with the same content: those that take room again, and those that do not. */
export type EqualContents = Pick<SameContents, 'identical' | 'storedOnce' | 'warnings'>

/** Which contents a search looks at. */
export interface SearchLimits {
  /** Bytes of the smallest content. */
  readonly least: number
  /** Bytes of content to read. */
  readonly most: number
}

/** What a search for equal contents found. */
export interface SameContents {
  /** Files with the same bytes, in several places; those that waste most first. */
  readonly identical: readonly SameContent[]
  /** One content in several forms, such as plain and compressed with gzip; a place for each form, largest first. */
  readonly forms: readonly SameContent[]
  /** For each image in which files share what is stored. */
  readonly storedOnce: readonly StoredOnce[]
  /** Files that we read, and bytes of content, with what compressed files unpack to. */
  readonly read: { readonly files: number; readonly bytes: number }
  /** Whether we looked into all compressed files, not only into those beside their plain form. */
  readonly isDeep: boolean
  /** Whether we read everything that may be equal. */
  readonly complete: boolean
  readonly warnings: readonly FormatError[]
}

/** We leave out smaller contents, in bytes: most of them share a block with other files in any case. */
export const MIN_COMPARED = 4096

/** A report looks at fewer contents: at least a thousandth of the image, and a quarter of a second's reading. */
export function limitsOfReport(size: number): SearchLimits {
  return { least: Math.max(MIN_COMPARED, Math.ceil(size / 1000)), most: 32 << 20 }
}

/** The ends of the names of compressed files. */
const COMPRESSED_NAME = /\.(gz|xz|zst|bz2|lz4|lzma|lzo)$/

/** Content that lies in one place, and a file that has it. */
interface Place {
  readonly holder: Holder
  /** The first file with it. */
  readonly index: number
  readonly size: number
  /** Where it begins, so that we read in the order of the image. */
  readonly start: number
  /** All files with it. */
  readonly files: number[]
}

/** A place and how to get from the file to the content. */
interface Reading {
  readonly place: Place
  /** The size and the hash of the content. */
  readonly mark: string
  readonly size: number
  readonly compression?: string
}

/**
 * Finds equal contents by reading them: files of equal sizes that lie in several places, and compressed files. What has one place
 * is not read.
 * @param isDeep whether to read everything, and to unpack all files that are compressed by their names. Without it, we read a second's
 * work, the largest files first, and unpack only files beside a file of the name that they unpack to.
 * @param limits those of a search that is a small part of another answer
 */
export function findSameContents(open: OpenImage, isDeep: boolean, limits?: SearchLimits): SameContents {
  const comparison = isDeep ? startComparison(Number.POSITIVE_INFINITY) : startComparison(limits?.most)
  const least = limits?.least ?? MIN_COMPARED
  const places = holdersIn(open, comparison).flatMap((holder) => placesIn(holder, least, comparison))
  const read = { files: 0, bytes: 0 }
  const unpacked = unpackAll(open, compressedAmong(places, isDeep), isDeep, comparison, read)
  const large = places.filter(({ size }) => size >= least)
  const sizes = new Map<number, number>()
  for (const { size } of large) sizes.set(size, (sizes.get(size) ?? 0) + 1)
  const unpackedSizes = new Set(unpacked.map(({ size }) => size))
  const wanted = large
    .filter(({ size }) => sizes.get(size)! > 1 || unpackedSizes.has(size))
    .sort((a, b) => b.size - a.size)
    .filter(({ size }) => affords(comparison, size))
  for (const { holder, index } of wanted) readContentAhead(holder.open, holder.open.image.tree.entry(index))
  const plain = inOrder(wanted).flatMap((place) => readPlain(place, comparison, read))
  const { complete, warnings } = comparison
  return {
    identical: groups(plain).map((group) => sameContent(group, open)),
    forms: groups([...plain, ...unpacked.filter(({ size }) => size >= least)])
      .map(oneOfEachForm)
      .filter((group) => group.length > 1)
      .map((group) => sameContent(group, open)),
    storedOnce: sharedIn(large),
    read,
    isDeep,
    complete: complete && warnings.length === 0,
    warnings,
  }
}

/** The places of contents in an image; files that share one are in it together. */
function placesIn(holder: Holder, least: number, comparison: Comparison): readonly Place[] {
  const { image } = holder.open
  const { tree } = image
  const links = hardLinksOf(tree)
  const bySize = new Map<number, number[]>()
  for (let index = 0; index < tree.count; index += 1) {
    if (tree.typeOf(index) !== 'file') continue
    // A small file may unpack to a large one.
    if (tree.sizes[index]! < least && !COMPRESSED_NAME.test(tree.nameOf(index))) continue
    if (links.size > 0 && (links.get(tree.identities[index]!)?.[0] ?? index) !== index) continue
    const known = bySize.get(tree.sizes[index]!)
    if (known === undefined) bySize.set(tree.sizes[index]!, [index])
    else known.push(index)
  }
  const found: Place[] = []
  for (const [size, files] of bySize) {
    const known = new Map<string, Place>()
    for (const index of files) {
      try {
        const runs = [...image.runs(tree.entry(index))]
        const key = runs.map(({ codec, offset, skip, length }) => `${codec} ${offset} ${skip} ${length}`).join()
        const place = known.get(key)
        if (place !== undefined) place.files.push(index)
        else known.set(key, { holder, index, size, start: runs[0]?.offset ?? 0, files: [index] })
      } catch (error) {
        noteProblem(comparison, error)
      }
    }
    for (const place of known.values()) found.push(place)
  }
  return found
}

/** The files that are compressed by their names: all of them, or those beside a file of the name that they unpack to. */
function compressedAmong(places: readonly Place[], isDeep: boolean): readonly Place[] {
  const compressed = places.filter(({ holder, index }) => COMPRESSED_NAME.test(holder.open.image.tree.nameOf(index)))
  if (isDeep || compressed.length === 0) return compressed
  /** Directories and names, by image. */
  const names = new Map<OpenImage, Set<string>>()
  for (const { holder } of compressed) {
    if (names.has(holder.open)) continue
    const { tree } = holder.open.image
    const known = new Set<string>()
    for (let index = 1; index < tree.count; index += 1) known.add(`${tree.parents[index]}/${tree.nameOf(index)}`)
    names.set(holder.open, known)
  }
  return compressed.filter(({ holder, index }) => {
    const { tree } = holder.open.image
    const name = tree.nameOf(index).replace(COMPRESSED_NAME, '')
    return names.get(holder.open)!.has(`${tree.parents[index]}/${name}`)
  })
}

/** Unpacks files, as long as the budget lasts. A file that only has the name of a compressed one is none. */
function unpackAll(
  open: OpenImage,
  compressed: readonly Place[],
  isDeep: boolean,
  comparison: Comparison,
  read: { files: number; bytes: number },
): readonly Reading[] {
  const budget = contentBudget(open.reader.limits, open.file.size)
  const most = isDeep ? budget.left : Math.min(budget.left, comparison.left)
  let left = most
  const found: Reading[] = []
  for (const { holder, index } of compressed) readContentAhead(holder.open, holder.open.image.tree.entry(index))
  for (const place of inOrder(compressed)) {
    const { holder, index } = place
    try {
      const source = contentSource(holder.open.reader, holder.open.image.tree.entry(index))
      const compression = detectCompression(source)
      if (compression?.decompress === undefined) continue
      const hash = startSha256()
      let size = 0
      for (const piece of compression.decompress(source, {})) {
        left -= piece.length
        if (left < 0) break
        hash.update(piece, 0, piece.length)
        size += piece.length
      }
      if (left < 0) {
        comparison.complete = false
        break
      }
      read.files += 1
      read.bytes += size
      found.push({ place, size, mark: `${size} ${byteString(hash.digest())}`, compression: compression.name })
    } catch (error) {
      noteProblem(comparison, error)
    }
  }
  if (!isDeep) comparison.left -= most - Math.max(left, 0)
  return found
}

/** Reads a file; none if we cannot. */
function readPlain(place: Place, comparison: Comparison, read: { files: number; bytes: number }): readonly Reading[] {
  const { holder, index, size } = place
  try {
    const hash = startSha256()
    const reader = readerOf(holder.open, comparison)
    for (const piece of reader.chunks(holder.open.image.tree.entry(index))) hash.update(piece, 0, piece.length)
    read.files += 1
    read.bytes += size
    return [{ place, size, mark: `${size} ${byteString(hash.digest())}` }]
  } catch (error) {
    noteProblem(comparison, error)
    return []
  }
}

/** In the order of what is stored, so that a block with several files is unpacked once. */
function inOrder(places: readonly Place[]): readonly Place[] {
  const numbers = new Map<Holder, number>()
  for (const { holder } of places) if (!numbers.has(holder)) numbers.set(holder, numbers.size)
  return [...places].sort((a, b) => numbers.get(a.holder)! - numbers.get(b.holder)! || a.start - b.start)
}

/** Readings of equal contents, where there are several. */
function groups(readings: readonly Reading[]): readonly (readonly Reading[])[] {
  const byMark = new Map<string, Reading[]>()
  for (const reading of readings) {
    const known = byMark.get(reading.mark)
    if (known === undefined) byMark.set(reading.mark, [reading])
    else known.push(reading)
  }
  return [...byMark.values()].filter((group) => group.length > 1)
}

/** The first reading of each form. */
function oneOfEachForm(group: readonly Reading[]): readonly Reading[] {
  return [...new Map([...group].reverse().map((reading) => [reading.compression, reading])).values()]
}

function sameContent(group: readonly Reading[], open: OpenImage): SameContent {
  const { model } = ownersIn(open)
  const places = group.map(({ place: { holder, index, files }, compression }): StoredContent => {
    const { ofFile } = storedSizes(holder.open)
    const { tree } = holder.open.image
    const owners = treeOwners(holder.open, model)
    const first = owners.ownerOf[index]!
    return {
      image: holder.path === '' ? '/' : holder.path,
      path: pathBuilder(tree, holder.path)(index),
      files: files.length,
      ...(owners.isOwner[first] === 1 ? { owner: owners.keyOf(tree.entry(first)) } : {}),
      ...(compression === undefined ? {} : { compression }),
      own: files.reduce((sum, file) => sum + ofFile(file), 0),
    }
  })
  return { size: group[0]!.size, places: places.sort((a, b) => b.own - a.own || (a.path < b.path ? -1 : 1)) }
}

/** The files of each image that share the place of another. */
function sharedIn(places: readonly Place[]): readonly StoredOnce[] {
  const byHolder = new Map<Holder, Place[]>()
  for (const place of places) {
    if (place.files.length < 2) continue
    const known = byHolder.get(place.holder)
    if (known === undefined) byHolder.set(place.holder, [place])
    else known.push(place)
  }
  return [...byHolder].map(([{ open, path }, shared]): StoredOnce => {
    const pathOf = pathBuilder(open.image.tree, path)
    const { ofFile } = storedSizes(open)
    const again = ({ size, files }: Place): number => (files.length - 1) * size
    return {
      image: path === '' ? '/' : path,
      files: shared.reduce((sum, { files }) => sum + files.length - 1, 0),
      bytes: shared.reduce((sum, place) => sum + again(place), 0),
      contents: shared
        .sort((a, b) => again(b) - again(a) || a.files[0]! - b.files[0]!)
        .map(({ size, files }) => ({
          size,
          paths: [...files].sort((a, b) => a - b).map(pathOf),
          own: files.reduce((sum, file) => sum + ofFile(file), 0),
        })),
    }
  })
}
