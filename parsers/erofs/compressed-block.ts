import type { ByteSource } from '../bytes/source.ts'
import type { MappedExtent } from './mapped-extent.ts'
import { PCLUSTER_MAX_DSIZE } from './pclusters.ts'
import { hasIncompat } from './superblock.ts'
import type { Volume } from './volume.ts'

/** The shortest match ("LZ4 Block Format", Match copy operation). */
const MINIMUM_MATCH = 4
const LENGTH_CONTINUES = 15
/** Most pclusters begin with fewer zeros than this. */
const FIRST_LOOK = 64

/** A compressed block: its place, and the most bytes that it becomes. */
export interface CompressedBlock {
  readonly offset: number
  readonly storedLength: number
  readonly unpackedLimit: number
}

/**
 * The compressed block in a pcluster, without its padding. Writers put zeros before it (feature 0padding), because then
 * it can be decompressed in place; no block begins with a zero. Older writers put padding behind it, and only the
 * block itself tells its end. Bytes outside the source are not looked at.
 */
export function compressedBlock(volume: Volume, extent: MappedExtent): CompressedBlock {
  const { offset, storedLength, encoding } = extent
  const source = extent.inlineIn ?? volume.source
  const unpackedLimit = extent.isPartial ? PCLUSTER_MAX_DSIZE : extent.length
  if (offset + storedLength > source.size) return { offset, storedLength, unpackedLimit }
  if (hasIncompat(volume.superblock, 'zeroPadding')) {
    // Linux looks for zeros in the first block only (kernel: z_erofs_fixup_insize).
    const limit = Math.min(storedLength, volume.blockSize - (offset % volume.blockSize))
    const padding = zerosAt(source, offset, limit)
    return { offset: offset + padding, storedLength: storedLength - padding, unpackedLimit }
  }
  if (encoding !== 'lz4') return { offset, storedLength, unpackedLimit }
  const { stored, unpacked } = measureLz4Block(source.read(offset, storedLength), extent.length)
  return {
    offset,
    storedLength: stored,
    unpackedLimit: Math.min(Math.max(unpacked, extent.length), PCLUSTER_MAX_DSIZE),
  }
}

/** The number of zeros at an offset, up to `limit`; 0 if there is nothing else. */
function zerosAt(source: ByteSource, offset: number, limit: number): number {
  for (let look = Math.min(FIRST_LOOK, limit); ; look = limit) {
    const found = source.read(offset, look).findIndex((byte) => byte !== 0)
    if (found >= 0) return found
    if (look === limit) return 0
  }
}

/**
 * Measures the front of an LZ4 block that becomes `length` bytes or a few more: its stored bytes, and what they become.
 * It ends after literals, because each block does ("LZ4 Block Format", End of block conditions), and a block that is cut
 * there reads as a shorter one. If no such end is found, all of `input` counts.
 */
export function measureLz4Block(input: Uint8Array, length: number): { stored: number; unpacked: number } {
  let position = 0
  let unpacked = 0
  const extended = (start: number): number => {
    if (start < LENGTH_CONTINUES) return start
    let total = start
    for (;;) {
      const byte = input[position]
      position += 1
      total += byte ?? 0
      if (byte !== 255) return total
    }
  }
  while (position < input.length) {
    const token = input[position]!
    position += 1
    const literals = extended(token >> 4)
    position += literals
    unpacked += literals
    if (unpacked >= length) return { stored: Math.min(position, input.length), unpacked }
    position += 2
    unpacked += extended(token & 15) + MINIMUM_MATCH
  }
  return { stored: input.length, unpacked }
}
