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

/**
 * Reads the logical partitions in the extended partitions of a master boot record. Each has its own boot record, which
 * says where the next one is. A chain that returns to a place it has visited ends there.
 */
export function logicalPartitions(source: ByteSource, primary: readonly Partition[]): Partition[] {
  const partitions: Partition[] = []
  const seen = new Set<number>()
  for (const extended of primary.filter(({ type }) => EXTENDED_TYPES.includes(type))) {
    let at = extended.start
    while (!seen.has(at) && at + DISK_SECTOR <= source.size && partitions.length < LOGICAL_LIMIT) {
      seen.add(at)
      const record = masterBootRecord.read(source, at)
      if (record.signature !== SIGNATURE) break
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
  return partitions
}
