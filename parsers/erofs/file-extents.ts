import { atLimit } from '../bytes/limits.ts'
import { formatError } from '../bytes/source.ts'
import type { StoredExtent } from '../image.ts'
import { mappedExtents } from './content-map.ts'
import { storedPlaces, withoutDecoder } from './file-runs.ts'
import type { Inode } from './inode.ts'
import type { MappedExtent } from './mapped-extent.ts'
import { fragmentParts, type PackedInode } from './packed-inode.ts'
import type { Volume } from './volume.ts'

/** Extents that we may still list. Names of one file, or overlapping maps, repeat the same ones. */
export interface ExtentBudget {
  left: number
}

/**
 * The extents of a file. It joins neighbours of one codec; a fragment is an extent of its own. The stored bytes of a
 * compressed extent are whole blocks, with the zeros before the compressed block.
 * @throws {FormatError} when the map of the file is damaged, and LIMIT when `budget` is spent
 */
export function* fileExtents(
  volume: Volume,
  packed: PackedInode | undefined,
  inode: Inode,
  budget: ExtentBudget,
): Generator<StoredExtent> {
  let open: { -readonly [Key in keyof StoredExtent]: StoredExtent[Key] } | undefined
  for (const extent of mappedExtents(volume, inode)) {
    for (const next of extentsWithin(volume, packed, extent)) {
      budget.left -= 1
      if (budget.left < 0) throw spent(volume, next)
      const isNeighbour =
        open !== undefined && open.offset + open.length === next.offset && open.at + open.unpacked === next.at
      if (open !== undefined && isNeighbour && open.codec === next.codec && next.skip === undefined) {
        open.length += next.length
        open.unpacked += next.unpacked
      } else {
        if (open !== undefined) yield open
        open = { ...next }
      }
    }
  }
  if (open !== undefined) yield open
}

function* extentsWithin(
  volume: Volume,
  packed: PackedInode | undefined,
  extent: MappedExtent,
): Generator<StoredExtent> {
  // Content on another device has no place in this file.
  if (extent.encoding === 'hole' || extent.device !== 0) return
  if (extent.encoding !== 'fragment') {
    yield* partOf(volume, extent, extent.at, 0, extent.length)
    return
  }
  let { at } = extent
  for (const part of fragmentParts(volume, packed, extent)) {
    if (part.extent.encoding !== 'hole') yield* partOf(volume, part.extent, at, part.skip, part.length, part.skip)
    at += part.length
  }
}

function* partOf(
  volume: Volume,
  extent: MappedExtent,
  at: number,
  skip: number,
  length: number,
  fragmentSkip?: number,
): Generator<StoredExtent> {
  const places = storedPlaces(volume, extent, skip, length)
  if (places === undefined) {
    const { encoding: codec, offset, storedLength } = extent
    if (codec !== 'lz4' && codec !== 'zstd') throw withoutDecoder(volume, extent)
    const whole = { at, offset, length: storedLength, unpacked: length, codec }
    yield fragmentSkip === undefined ? whole : { ...whole, skip: fragmentSkip }
    return
  }
  let from = at
  for (const place of places) {
    yield { at: from, offset: place.offset, length: place.length, unpacked: place.length, codec: 'stored' }
    from += place.length
  }
}

function spent({ source, limits }: Volume, { offset }: StoredExtent): Error {
  return formatError('LIMIT', 'the listed files have too many blocks', source, {
    structure: 'map of content',
    offset: Math.min(offset, source.size),
    ...atLimit(limits, 'blocks'),
  })
}
