import type { FormatError } from '../bytes/errors.ts'
import { bytes, u8, u16le, u32le } from '../bytes/fields.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'
import type { Partition } from './partition.ts'

/** Bytes of a disk sector, the unit of a master boot record. */
export const DISK_SECTOR = 512
/** Bytes of boot code before the disk signature and the table. */
export const MBR_CODE_LENGTH = 440
/** The type of the only partition in a protective MBR, which says that the real table is GPT (UEFI 5.2.3). */
const PROTECTIVE = 0xee

export const masterBootRecord = struct('master boot record', {
  bootCode: bytes(440),
  diskSignature: u32le,
  reserved: u16le,
  partitionRecords: bytes(64),
  signature: u16le,
})
const SIGNATURE = 0xaa55

export const partitionRecord = struct('MBR partition record', {
  status: u8,
  startCylinderHeadSector: bytes(3),
  type: u8,
  endCylinderHeadSector: bytes(3),
  startingSector: u32le,
  sectors: u32le,
})

export interface MasterBootRecord {
  readonly diskSignature: number
  readonly hasBootCode: boolean
  readonly protective: boolean
  /** The primary partitions in use. Their numbers are their places in the table, from 1. */
  readonly partitions: readonly Partition[]
  readonly warnings: readonly FormatError[]
}

/** Reads the master boot record of a source; undefined if its first sector is not one. */
export function readMbr(source: ByteSource): MasterBootRecord | undefined {
  if (source.size < DISK_SECTOR) return undefined
  const record = masterBootRecord.read(source, 0)
  if (record.signature !== SIGNATURE) return undefined
  const table = new DataView(record.partitionRecords.buffer, record.partitionRecords.byteOffset, 64)
  const partitions: Partition[] = []
  const warnings: FormatError[] = []
  let protective = false
  for (let index = 0; index < 4; index += 1) {
    const offset = masterBootRecord.offsets.partitionRecords + index * partitionRecord.size
    const { status, type, startingSector, sectors } = partitionRecord.from(table, index * partitionRecord.size)
    // In other kinds of boot sectors these bytes are code. A status is 0 or 0x80 and nothing else.
    if ((status & 0x7f) !== 0) return undefined
    if (sectors === 0) continue
    protective ||= type === PROTECTIVE
    const start = startingSector * DISK_SECTOR
    const length = sectors * DISK_SECTOR
    partitions.push({
      table: 'MBR',
      number: index + 1,
      start,
      length,
      type: `0x${type.toString(16).padStart(2, '0')}`,
      name: '',
    })
    if (type !== PROTECTIVE && start + length > source.size) {
      warnings.push(
        formatError('TRUNCATED', 'the partition extends past the end of the file', source, {
          structure: `MBR partition record ${index + 1}`,
          offset,
          found: source.size,
          expected: start + length,
        }),
      )
    }
  }
  return {
    diskSignature: record.diskSignature,
    hasBootCode: record.bootCode.some((byte) => byte !== 0),
    protective,
    partitions,
    warnings,
  }
}
