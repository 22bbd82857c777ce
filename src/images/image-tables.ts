import type { ByteSource } from '../../parsers/bytes/source.ts'
import { endsOf, type Range } from '../../parsers/format.ts'
import { tablesOf } from '../../parsers/formats.ts'
import type { RunningHash } from '../platform/running-hash.ts'
import { contentSource } from './content-reader.ts'
import type { LocatedImage } from './locate-image.ts'
import type { OpenImage } from './open-image.ts'

/** How many bytes we hash at once. */
const PIECE = 1 << 20
/** Bytes at the front of a disc: its system area and its volume descriptors. */
export const FRONT: number = 1 << 16

/**
 * Adds the tables of an image and of the images in it to a hash. They say where each block lies. We read no contents and
 * do not open a squashfs.
 * @param open opens the image if its format has no tables in one place
 * @param addEntries adds those of such an image
 * @throws {FormatError} if we cannot read the tables
 */
export function addTables(
  hash: RunningHash,
  { format, source, compression }: LocatedImage,
  open: () => OpenImage,
  addEntries: (hash: RunningHash, open: OpenImage) => void,
): void {
  if (compression !== undefined) addRanges(hash, source, endsOf(source))
  else if (format.tableRanges === undefined) addEntries(hash, open())
  else addRanges(hash, source, format.tableRanges(source))
}

/** Adds the front of an image and the entries of its tree, with the tables of the files that are images. */
export function addTree(hash: RunningHash, { image, reader }: OpenImage): void {
  hash.update(image.source.read(0, Math.min(FRONT, image.source.size)))
  for (const entry of image.tree.entries) {
    const { parent, name, type, size, mtime, identity } = entry
    addText(hash, JSON.stringify([parent, name, type, size, mtime, identity]))
    if (type !== 'file') continue
    const source = contentSource(reader, entry)
    addRanges(hash, source, tablesOf(source))
  }
}

const encoder = new TextEncoder()

export function addText(hash: RunningHash, text: string): void {
  hash.update(encoder.encode(text))
}

export function addRanges(hash: RunningHash, source: ByteSource, ranges: readonly Range[]): void {
  for (const { start, end } of ranges) {
    for (let at = start; at < end; at += PIECE) hash.update(source.read(at, Math.min(PIECE, end - at)))
  }
}
