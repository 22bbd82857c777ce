import type { Limits } from '../bytes/limits.ts'
import type { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import { FIRST_DESCRIPTOR_SECTOR, SECTOR, type VolumeFields } from './volume-descriptor.ts'

/** What the readers of one volume share. */
export interface Volume {
  readonly source: ByteSource
  /** Bytes of a logical block (ECMA-119 6.2.2): what every extent location counts in. */
  readonly blockSize: number
  /** Where its block 0 lies, bytes from the start of the source; not 0 for a volume that counts from a partition's start. */
  readonly base: number
  /** Where this volume stands in a volume set (ECMA-119 8.4.10, 8.4.11); 1 of 1 for nearly every image. */
  readonly setSize: number
  readonly sequenceNumber: number
  readonly warnings: Problems
  readonly limits: Limits
}

/** Where a logical block lies, bytes from the start of the source. */
export function blockOffset({ base, blockSize }: Volume, block: number): number {
  return base + block * blockSize
}

/** The volume that a descriptor describes, its blocks counted from the start of the source. */
export function volumeOf(source: ByteSource, fields: VolumeFields, warnings: Problems, limits: Limits): Volume {
  const stated = fields.logicalBlockSize.little
  // 2^(n + 9), and not more than a sector (ECMA-119 6.2.2).
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
