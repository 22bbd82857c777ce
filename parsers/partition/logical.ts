import type { ByteSource } from '../bytes/source.ts'
import { DISK_SECTOR, masterBootRecord, partitionRecord } from './mbr.ts'
import type { Partition } from './partition.ts'

/** Types of the one partition of an MBR that logical ones are chained in. */
const EXTENDED_TYPES = ['0x05', '0x0f', '0x85']
const SIGNATURE = 0xaa55
/** Logical partitions read: Linux names 60 on any disk, so this is not to be set. */
const LOGICAL_LIMIT = 128
/** The first number of a logical partition: four are in the master boot record. */
const FIRST_NUMBER = 5

/**
 * The logical partitions in the extended ones of a master boot record. Each stands in a boot record of its own, which
 * says where the next is; a chain that comes back to where it was ends there.
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
      // Its place counts from the extended partition.
      if (next.startingSector === 0) break
      at = extended.start + next.startingSector * DISK_SECTOR
    }
  }
  return partitions
}
