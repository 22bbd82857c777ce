import { startHash } from '#platform/running-hash'
import { asFormatError } from '../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import type { Range } from '../../parsers/format.ts'
import { tablesOf } from '../../parsers/formats.ts'
import type { RunningHash } from '../platform/running-hash.ts'
import { contentSource } from './content-reader.ts'
import { addRanges, addTables, addText, FRONT } from './image-tables.ts'
import { locateImage } from './locate-image.ts'
import type { OpenImage } from './open-image.ts'

/** What the hash begins with: another way to identify has another number. */
const SCHEMA = 'isoscope/identity@1'
/** What is read of a file at evenly spaced places. A server gives 256 KiB at once, so that less would not be faster. */
const SAMPLE = 1 << 18
const SAMPLES = 16
/** Of how many files of a tree we hash the beginning, and how many bytes of each. Small files are what differs most. */
const FILES = 32
const BEGINNING = 1 << 12

/**
 * Identifies an image by its bytes, as a SHA-256 in hexadecimal: over the size, the first 64 KiB, the tables of the images
 * in it, and samples of contents. A file has the same identity as a URL of it and as a copy, whatever their names and
 * times. Of a file of up to 4 MiB we hash everything. Two larger images may have one identity if they differ in nothing
 * but contents that stand between the samples.
 * @param file the whole file
 * @param offset where the image begins in it, in bytes
 * @param open opens the image if its format has no tables in one place
 * @throws {FormatError} if we cannot read the tables
 */
export function contentIdentity(file: ByteSource, offset: number, open: () => OpenImage): string {
  const hash = startHash('sha256')
  addText(hash, JSON.stringify([SCHEMA, file.size, offset]))
  addRanges(hash, file, [{ start: 0, end: Math.min(FRONT, file.size) }])
  addTables(hash, locateImage(file, offset, file.name), open, addTrees)
  addRanges(hash, file, samplesOf(file))
  return hash.digest()
}

/** Pieces of a file, each of them a block that servers give at once: all of a small file, and of others the last one. */
function samplesOf({ size }: ByteSource): readonly Range[] {
  const blocks = Math.ceil(size / SAMPLE)
  const count = Math.min(SAMPLES, blocks)
  return Array.from({ length: count }, (_, index) => {
    const start = (count === 1 ? 0 : Math.round((index * (blocks - 1)) / (count - 1))) * SAMPLE
    return { start, end: Math.min(start + SAMPLE, size) }
  })
}

/**
 * Adds the entries of a tree and of those in it, and the beginnings of files. Without the stamp of its file, the names
 * and sizes of partitions do not tell a disk from another one.
 */
function addTrees(hash: RunningHash, open: OpenImage): void {
  const { image, reader, tried } = open
  const { tree } = image
  const files: number[] = []
  for (let index = 0; index < tree.count; index += 1) {
    const { parent, name, type, size, mtime, identity, target } = tree.entry(index)
    addText(hash, JSON.stringify([parent, name, type, size, mtime, identity, target]))
    if (type === 'file' && size > 0) files.push(index)
  }
  const step = Math.max(1, files.length / FILES)
  for (let at = 0; at < files.length; at += step) {
    addBeginning(hash, contentSource(reader, tree.entry(files[Math.floor(at)]!)))
  }
  for (const index of tried) {
    const source = contentSource(reader, tree.entry(index))
    const tables = tablesOf(source)
    addRanges(hash, source, tables)
    if (tables.length > 0) continue
    const inner = open.inside(index)
    if (inner !== undefined) addTrees(hash, inner)
  }
}

function addBeginning(hash: RunningHash, source: ByteSource): void {
  try {
    hash.update(source.read(0, Math.min(BEGINNING, source.size)))
  } catch (error) {
    // Content that cannot be unpacked tells as much, and is no reason to have no identity.
    addText(hash, asFormatError(error).code)
  }
}
