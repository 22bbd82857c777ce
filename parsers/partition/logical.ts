import type { ByteSource } from '../bytes/source.ts'
import { DISK_SECTOR, masterBootRecord, partitionRecord } from './mbr.ts'
import type { Partition } from './partition.ts'

/** Types of the MBR partition that holds the chain of logical partitions. */
const EXTENDED_TYPES = ['0x05', '0x0f', '0x85']
const SIGNATURE = 0xaa55
/** The most logical partitions that we read. Linux names at most 60 on a disk, so no user needs to change this. */
const LOGICAL_LIMIT = 128
/** The number of the first logical partition, because the master boot record has four. */
const FIRST_NUMBER = 5

/** The boot records in extended partitions, and the partitions that they list. */
export interface ExtendedPartitions {
  /** Where the boot records are, in bytes from the start of the source. Each takes a disk sector. */
  readonly recordOffsets: readonly number[]
  readonly logical: readonly Partition[]
}

/** Whether a partition only holds logical partitions. */
export function isExtended({ table, type }: Partition): boolean {
  return table === 'MBR' && EXTENDED_TYPES.includes(type)
}

/** Reads the logical partitions in the extended partitions of a master boot record. */
export function logicalPartitions(source: ByteSource, primary: readonly Partition[]): readonly Partition[] {
  return readExtended(source, primary).logical
}

/**
 * Reads the extended partitions of a master boot record. Each logical partition has its own boot record, which says
 * where the next one is. A chain that returns to a place it has visited ends there.
 */
export function readExtended(source: ByteSource, primary: readonly Partition[]): ExtendedPartitions {
  const partitions: Partition[] = []
  const recordOffsets: number[] = []
  const seen = new Set<number>()
  for (const extended of primary.filter(isExtended)) {
    let at = extended.start
    while (!seen.has(at) && at + DISK_SECTOR <= source.size && partitions.length < LOGICAL_LIMIT) {
      seen.add(at)
      const record = masterBootRecord.read(source, at)
      if (record.signature !== SIGNATURE) break
      recordOffsets.push(at)
      const view = new DataView(record.partitionRecords.buffer, record.partitionRecords.byteOffset, 64)
      const own = partitionRecord.from(view, 0)
      const next = partitionRecord.from(view, partitionRecord.size)
      const type = `0x${own.type.toString(16).padStart(2, '0')}`
      if (own.type !== 0 && own.sectors > 0 && !EXTENDED_TYPES.includes(type)) {
        partitions.push({
          table: 'MBR',
          number: FIRST_NUMBER + partitions.length,
          start: at + own.startingSector * DISK_SECTOR,
          length: own.sectors * DISK_SECTOR,
          type,
          name: '',
        })
      }
      // Its start counts from the start of the extended partition.
      if (next.startingSector === 0) break
      at = extended.start + next.startingSector * DISK_SECTOR
    }
  }
  return { recordOffsets, logical: partitions }
}
