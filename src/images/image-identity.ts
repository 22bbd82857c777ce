import { fileSource } from '#platform/file-source'
import { fileStamp } from '#platform/file-stamp'
import { startHash } from '#platform/running-hash'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import { endsOf, type Range } from '../../parsers/format.ts'
import { tablesOf } from '../../parsers/formats.ts'
import type { ImageFile } from '../platform/image-file.ts'
import { shownUrl } from '../platform/remote-file.ts'
import type { RunningHash } from '../platform/running-hash.ts'
import { contentSource } from './content-reader.ts'
import { locateImage } from './locate-image.ts'
import type { OpenImage } from './open-image.ts'

/** How many bytes we hash at once. */
const PIECE = 1 << 20
/** Bytes at the front of a disc: its system area and its volume descriptors. */
const FRONT = 1 << 16

/**
 * Identifies an image file, in hexadecimal: its `fileIdentity`, and a SHA-256 over that and the tables of the images in it. The tables say where each block lies. The times include ctime, because all files of a Nix store
 * have the same mtime. We read no contents and do not open a squashfs.
 * @param open opens the image if its format has no tables in one place
 * @throws {FormatError} if we cannot read the tables; the system's error if we cannot open the file
 */
export function imageIdentity(from: ImageFile, offset: number, open: () => OpenImage): string {
  // A server says by itself whether the file is another one.
  if (typeof from === 'object' && 'url' in from) return fileIdentity(from, offset)
  const file = fileSource(from)
  try {
    const hash = startHash('sha256')
    const { format, source, container, compression } = locateImage(file, offset, file.name)
    const known = fileIdentity(from, offset)
    addText(hash, JSON.stringify([known, container ?? compression ?? null]))
    if (compression !== undefined) addRanges(hash, source, endsOf(source))
    else if (format.tableRanges === undefined) addTree(hash, open())
    else addRanges(hash, source, format.tableRanges(source))
    return known + hash.digest()
  } finally {
    file.close()
  }
}

/**
 * What `imageIdentity` begins with: half a SHA-256, in hexadecimal, over the name, the size and the times of change of the
 * file. We do not open it.
 * @throws the system's error
 */
export function fileIdentity(from: ImageFile, offset: number): string {
  const name = typeof from === 'string' ? from : 'url' in from ? shownUrl(from.url) : from.name
  const hash = startHash('sha256')
  addText(hash, JSON.stringify([name, fileStamp(from), offset]))
  return hash.digest().slice(0, 32)
}

function addTree(hash: RunningHash, { image, reader }: OpenImage): void {
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

function addText(hash: RunningHash, text: string): void {
  hash.update(encoder.encode(text))
}

function addRanges(hash: RunningHash, source: ByteSource, ranges: readonly Range[]): void {
  for (const { start, end } of ranges) {
    for (let at = start; at < end; at += PIECE) hash.update(source.read(at, Math.min(PIECE, end - at)))
  }
}
