import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { joined } from '../../parsers/bytes/joined.ts'
import { filesOf, pathOf, type StoredRun } from '../../parsers/image.ts'
import { pathOfPart } from './image-parts.ts'
import type { OpenImage } from './open-image.ts'

/** A piece of a file, as runs that follow each other. */
export interface PackingPiece {
  readonly runs: readonly StoredRun[]
  /** Bytes of content. */
  readonly length: number
  /** Whether it is the whole file. Else it is a window of it that begins at a multiple of `WINDOW`. */
  readonly isWhole: boolean
}

/** Pieces that were packed one after the other, about `WINDOW` bytes of content: what a sample is made of. */
export interface PackingUnit {
  readonly pieces: readonly PackingPiece[]
  readonly length: number
  /** The bytes that they take in the image: for tails, their part of the block. */
  readonly stored: number
}

/** The data of a squashfs, as far as another packing changes it. */
export interface PackingUnits {
  readonly units: readonly PackingUnit[]
  /** Stored bytes of all units. */
  readonly stored: number
  /** Bytes of blocks that no compressor made smaller. They are stored as they are, and stay so. */
  readonly raw: number
  /** Whether tails of files larger than a block are in blocks of several tails (mksquashfs -tailends). */
  readonly packsTails: boolean
}

/** Bytes of a unit: the largest block of squashfs. */
export const WINDOW: number = 1 << 20

/** A file of the image, with the place of its first run. */
interface PackedFile {
  readonly runs: readonly StoredRun[]
  readonly size: number
  readonly place: number
}

/** Splits the compressed data of a squashfs into units, in the order of their bytes. Content that is stored once counts once. */
export function packingUnits(open: OpenImage): PackingUnits {
  const { files, raw } = compressedFiles(open)
  const shares = tailShares(files)
  const storedBy = ({ offset, storedLength, length, fragment }: StoredRun): number =>
    fragment === true ? (storedLength * length) / shares.get(offset)! : storedLength
  const units: PackingUnit[] = []
  let small: PackingPiece[] = []
  const close = (): void => {
    if (small.length > 0) units.push(unitOf(small, storedBy))
    small = []
  }
  for (const { runs, size } of files) {
    const length = lengthOf(runs)
    if (size < WINDOW) {
      small.push({ runs, length, isWhole: true })
      if (lengthOfAll(small) >= WINDOW) close()
    } else
      for (const window of windows(runs))
        units.push(unitOf([{ runs: window, length: lengthOf(window), isWhole: false }], storedBy))
  }
  close()
  const blockSize = Number(open.image.facts['blockSize'])
  return {
    units,
    raw,
    stored: units.reduce((sum, unit) => sum + unit.stored, 0),
    packsTails: files.some(({ runs, size }) => size > blockSize && runs.some(({ fragment }) => fragment === true)),
  }
}

function compressedFiles({ image }: OpenImage): { readonly files: readonly PackedFile[]; readonly raw: number } {
  const { tree } = image
  const files: PackedFile[] = []
  const seen = new Set<string>()
  const rawPlaces = new Map<number, number>()
  for (const index of filesOf(tree)) {
    let all: readonly StoredRun[]
    try {
      all = [...image.runs(tree.entry(index))]
    } catch (error) {
      // A damaged file has no part in the estimate; the report tells of it.
      if (error instanceof FormatError) continue
      throw error
    }
    for (const run of all) if (run.codec === 'stored') rawPlaces.set(run.offset, run.storedLength)
    const runs = all.filter(({ codec, length }) => codec !== 'stored' && codec !== 'hole' && length > 0)
    const [first] = runs
    if (first === undefined) continue
    // Files of equal content have the same runs.
    const place = `${first.offset} ${first.skip} ${runs.length}`
    if (seen.has(place)) continue
    seen.add(place)
    files.push({ runs, size: tree.sizes[index]!, place: first.offset + first.skip / 2 ** 21 })
  }
  files.sort((a, b) => a.place - b.place)
  return { files, raw: [...rawPlaces.values()].reduce((sum, length) => sum + length, 0) }
}

/** For each block of tails, the bytes of all tails in it. */
function tailShares(files: readonly PackedFile[]): ReadonlyMap<number, number> {
  const shares = new Map<number, number>()
  for (const { runs } of files) {
    for (const { offset, length, fragment } of runs) {
      if (fragment === true) shares.set(offset, (shares.get(offset) ?? 0) + length)
    }
  }
  return shares
}

/** The runs of a large file in windows. */
function windows(runs: readonly StoredRun[]): readonly (readonly StoredRun[])[] {
  const found: StoredRun[][] = []
  let length = WINDOW
  for (const run of runs) {
    if (length + run.length > WINDOW) {
      found.push([])
      length = 0
    }
    found.at(-1)!.push(run)
    length += run.length
  }
  return found
}

function unitOf(pieces: readonly PackingPiece[], storedBy: (run: StoredRun) => number): PackingUnit {
  const stored = pieces.reduce((sum, { runs }) => sum + runs.reduce((some, run) => some + storedBy(run), 0), 0)
  return { pieces, length: lengthOfAll(pieces), stored }
}

function lengthOf(runs: readonly StoredRun[]): number {
  return runs.reduce((sum, { length }) => sum + length, 0)
}

function lengthOfAll(pieces: readonly PackingPiece[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

/** The content of a piece. @throws {FormatError} if it is damaged */
export function contentOf({ reader }: OpenImage, { runs, length }: PackingPiece): Uint8Array {
  const content = new Uint8Array(length)
  let at = 0
  for (const run of runs) {
    content.set(reader.read(run, 0, run.length), at)
    at += run.length
  }
  return content
}

/**
 * The blocks that mksquashfs makes of pieces that follow each other. Files smaller than a block share blocks, in which no
 * file is split; larger files have blocks of their own.
 */
export function blocksOf(
  contents: readonly { readonly bytes: Uint8Array; readonly isWhole: boolean }[],
  blockSize: number,
  packsTails: boolean,
): readonly Uint8Array[] {
  const blocks: Uint8Array[] = []
  let tails: Uint8Array[] = []
  let length = 0
  const close = (): void => {
    if (tails.length > 0) blocks.push(joined(tails))
    tails = []
    length = 0
  }
  for (const { bytes, isWhole } of contents) {
    const whole = bytes.length - (bytes.length % blockSize)
    for (let at = 0; at < whole; at += blockSize) blocks.push(bytes.subarray(at, at + blockSize))
    const tail = bytes.subarray(whole)
    if (tail.length === 0) continue
    if ((isWhole && whole === 0) || packsTails) {
      if (length + tail.length > blockSize) close()
      tails.push(tail)
      length += tail.length
    } else blocks.push(tail)
  }
  close()
  return blocks
}

/** The path of an image in the outermost one; '/' for the outermost one itself. */
export function pathInOutermost(open: OpenImage): ByteString {
  let path = ''
  for (let { outer } = open; outer !== undefined; outer = outer.open.outer) {
    path = ('entry' in outer ? pathOf(outer.open.image.tree, outer.entry) : pathOfPart(outer.part)) + path
  }
  return path === '' ? '/' : path
}
