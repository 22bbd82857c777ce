import type { Limits } from '../bytes/limits.ts'
import type { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import { FIRST_DESCRIPTOR_SECTOR, SECTOR, type VolumeFields } from './volume-descriptor.ts'

/** The data that all readers of one volume share. */
export interface Volume {
  readonly source: ByteSource
  /** Bytes of a logical block (ECMA-119 6.2.2), the unit of every extent location. */
  readonly blockSize: number
  /**
   * The offset of block 0, in bytes from the start of the source. It is 0 unless the volume counts from a partition's
   * start.
   */
  readonly base: number
  /** The place of this volume in a volume set (ECMA-119 8.4.10, 8.4.11); 1 of 1 for nearly every image. */
  readonly setSize: number
  readonly sequenceNumber: number
  readonly warnings: Problems
  readonly limits: Limits
}

/** The offset of a logical block, in bytes from the start of the source. */
export function blockOffset({ base, blockSize }: Volume, block: number): number {
  return base + block * blockSize
}

/** The volume that a descriptor describes, with blocks counted from the start of the source. */
export function volumeOf(source: ByteSource, fields: VolumeFields, warnings: Problems, limits: Limits): Volume {
  const stated = fields.logicalBlockSize.little
  // The block size is 2^(n + 9), and at most a sector (ECMA-119 6.2.2).
  const blockSize = [512, 1024, 2048].find((size) => size === stated || size === fields.logicalBlockSize.big)
  if (blockSize !== stated) {
    warnings.add('MALFORMED', `not a block size of ISO 9660; ${blockSize ?? SECTOR} is used`, {
      structure: 'volume descriptor',
      offset: FIRST_DESCRIPTOR_SECTOR * SECTOR,
      field: 'Logical Block Size',
      found: stated,
    })
  }
  return {
    source,
    blockSize: blockSize ?? SECTOR,
    base: 0,
    setSize: fields.volumeSetSize.little,
    sequenceNumber: fields.volumeSequenceNumber.little,
    warnings,
    limits,
  }
}
