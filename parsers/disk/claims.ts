import type { ExtentMap } from '../bytes/extents.ts'
import type { GptCopy } from '../partition/gpt.ts'
import { DISK_SECTOR, MBR_CODE_LENGTH } from '../partition/mbr.ts'
import type { DiskTable } from './disk-table.ts'

/** Claims the partition tables. The space between partitions remains as padding, or as bytes that no table names. */
export function claimDisk(map: ExtentMap, { mbr, gpt, extendedRecords }: DiskTable): void {
  if (mbr.hasBootCode) map.claimStructure(0, MBR_CODE_LENGTH, 'MBR boot code')
  map.claimStructure(MBR_CODE_LENGTH, DISK_SECTOR - MBR_CODE_LENGTH, 'MBR partition table')
  for (const offset of extendedRecords) map.claimStructure(offset, DISK_SECTOR, 'extended boot record')
  if (gpt?.primary !== undefined) claimCopy(map, gpt.primary, '')
  if (gpt?.backup !== undefined) claimCopy(map, gpt.backup, 'backup ')
}

function claimCopy(map: ExtentMap, copy: GptCopy, prefix: string): void {
  map.claimStructure(copy.headerOffset, copy.headerLength, `${prefix}GPT header`)
  map.claimStructure(copy.arrayOffset, copy.arrayLength, `${prefix}GPT partition array`)
}
