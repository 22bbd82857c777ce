import { DEFAULT_LIMITS, type Limits } from '../bytes/limits.ts'
import type { ByteSource } from '../bytes/source.ts'
import { type GuidPartitionTable, readGpt } from '../partition/gpt.ts'
import { isExtended, readExtended } from '../partition/logical.ts'
import { DISK_SECTOR, type MasterBootRecord, readMbr } from '../partition/mbr.ts'
import type { Partition } from '../partition/partition.ts'

/** The partition table of a disk. */
export interface DiskTable {
  readonly mbr: MasterBootRecord
  /** The table that counts, where the master boot record only protects it. */
  readonly gpt: GuidPartitionTable | undefined
  /** The partitions that hold data, in the order of the table. */
  readonly partitions: readonly Partition[]
  /** Where the boot records of logical partitions are. */
  readonly extendedRecords: readonly number[]
}

/** The type of an MBR partition record that is not in use. */
const UNUSED = '0x00'
/** The magic of a kernel's header in its second sector. Its first sector looks like a master boot record. */
const KERNEL_MAGIC = 'HdrS'
const KERNEL_MAGIC_OFFSET = 0x202
/** Names in the boot sectors of file systems whose code may look like a partition table. */
const OTHER_BOOT_SECTORS = ['NTFS    ', 'EXFAT   ', '-FVE-FS-', 'ReFS\0\0\0\0']
const OEM_NAME_OFFSET = 3

/** Reads the partition table of a source; undefined if the source is not a disk with partitions. */
export function readDiskTable(source: ByteSource, limits: Limits = DEFAULT_LIMITS): DiskTable | undefined {
  if (source.size < 2 * DISK_SECTOR) return undefined
  const mbr = readMbr(source)
  if (mbr === undefined || mbr.partitions.length === 0 || isOtherBootSector(source)) return undefined
  if (mbr.protective) {
    const gpt = readGpt(source, limits)
    if (gpt === undefined || gpt.partitions.length === 0) return undefined
    return { mbr, gpt, partitions: gpt.partitions, extendedRecords: [] }
  }
  const primary = mbr.partitions.filter(({ type }) => type !== UNUSED)
  if (primary.length === 0 || !arePlausible(source, primary)) return undefined
  const { logical, recordOffsets } = readExtended(source, primary)
  const partitions = [...primary.filter((partition) => !isExtended(partition)), ...logical]
  return partitions.length === 0 ? undefined : { mbr, gpt: undefined, partitions, extendedRecords: recordOffsets }
}

function isOtherBootSector(source: ByteSource): boolean {
  const isKernel = textAt(source, KERNEL_MAGIC_OFFSET, KERNEL_MAGIC.length) === KERNEL_MAGIC
  return isKernel || OTHER_BOOT_SECTORS.includes(textAt(source, OEM_NAME_OFFSET, 8))
}

function textAt(source: ByteSource, offset: number, length: number): string {
  return String.fromCharCode(...source.read(offset, length))
}

/**
 * Whether primary partitions are those of a disk: after the boot record, in the file, and apart from each other. In other
 * boot sectors the table is code, which has no such numbers.
 */
function arePlausible(source: ByteSource, primary: readonly Partition[]): boolean {
  const sorted = [...primary].sort((a, b) => a.start - b.start)
  let end = DISK_SECTOR
  for (const { start, length } of sorted) {
    if (start < end || start >= source.size) return false
    end = start + length
  }
  return true
}
