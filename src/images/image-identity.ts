import { createHash, type Hash } from 'node:crypto'
import { statSync } from 'node:fs'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import type { Range } from '../../parsers/format.ts'
import { formatOf } from '../../parsers/formats.ts'
import { contentSource } from './content-reader.ts'
import { locateImage } from './locate-image.ts'
import type { OpenImage } from './open-image.ts'

/** Bytes hashed at once. */
const PIECE = 1 << 20
/** Bytes at the front of a disc: its system area and volume descriptors. */
const FRONT = 1 << 16

/**
 * What tells an image file apart from every other, in hexadecimal: a SHA-256 over its name, its size, when it was changed
 * (a file of a Nix store has the same mtime as every other, so ctime too), and the tables of the images in it, which say
 * where each block lies. Contents are not read, and a squashfs is not opened.
 * @param open opens the image, should its format have no tables in one place
 * @throws {FormatError} where the tables cannot be read; the system's error when the file cannot be opened
 */
export function imageIdentity(path: string, offset: number, open: () => OpenImage): string {
  const file = fileSource(path)
  try {
    const hash = createHash('sha256')
    const { format, source, container } = locateImage(file, offset, path)
    hash.update(JSON.stringify([file.name, fileStamp(path), offset, container ?? null]))
    if (format.tableRanges === undefined) addTree(hash, open())
    else addRanges(hash, source, format.tableRanges(source))
    return hash.digest('hex')
  } finally {
    file.close()
  }
}

/** The size of a file and when it was changed: it differs once somebody has written to it. */
export function fileStamp(path: string): string {
  const { size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
  return `${size} ${mtimeNs} ${ctimeNs}`
}

function addTree(hash: Hash, { image, reader }: OpenImage): void {
  hash.update(image.source.read(0, Math.min(FRONT, image.source.size)))
  for (const entry of image.tree.entries) {
    const { parent, name, type, size, mtime, identity } = entry
    hash.update(JSON.stringify([parent, name, type, size, mtime, identity]))
    if (type !== 'file') continue
    const source = contentSource(reader, entry)
    const found = formatOf(source)
    if (found?.isDamaged === false) addRanges(hash, source, found.format.tableRanges?.(source) ?? [])
  }
}

function addRanges(hash: Hash, source: ByteSource, ranges: readonly Range[]): void {
  for (const { start, end } of ranges) {
    for (let at = start; at < end; at += PIECE) hash.update(source.read(at, Math.min(PIECE, end - at)))
  }
}
