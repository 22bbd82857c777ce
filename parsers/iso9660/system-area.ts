import type { ExtentMap } from '../bytes/extents.ts'
import type { Limits } from '../bytes/limits.ts'
import type { ByteSource } from '../bytes/source.ts'
import { type ApplePartitionMap, readApm } from '../partition/apm.ts'
import { type GptCopy, type GuidPartitionTable, readGpt } from '../partition/gpt.ts'
import { DISK_SECTOR, type MasterBootRecord, MBR_CODE_LENGTH, readMbr } from '../partition/mbr.ts'
import type { Partition } from '../partition/partition.ts'
import { FIRST_DESCRIPTOR_SECTOR, SECTOR } from './volume-descriptor.ts'
import type { WarningList } from './warnings.ts'

/** Bytes that ISO 9660 leaves to others (ECMA-119 6.2.1): hybrid images begin as a disk does. */
const SYSTEM_AREA = FIRST_DESCRIPTOR_SECTOR * SECTOR

export interface SystemArea {
  readonly mbr?: MasterBootRecord
  readonly gpt?: GuidPartitionTable
  readonly apm?: ApplePartitionMap
  /** Of all tables; the same range is in it once for each table that has it. */
  readonly partitions: readonly Partition[]
}

export function readSystemArea(source: ByteSource, warnings: WarningList, limits: Limits): SystemArea {
  const mbr = readMbr(source)
  const gpt = readGpt(source, limits)
  const apm = readApm(source, limits)
  for (const table of [mbr, gpt, apm]) for (const warning of table?.warnings ?? []) warnings.take(warning)
  return {
    ...(mbr === undefined ? {} : { mbr }),
    ...(gpt === undefined ? {} : { gpt }),
    ...(apm === undefined ? {} : { apm }),
    partitions: [...(mbr?.partitions ?? []), ...(gpt?.partitions ?? []), ...(apm?.partitions ?? [])],
  }
}

/** "MBR+GPT": the tables there are; "none". An MBR without partitions is boot code, not a table. */
export function partitionTableName({ mbr, gpt, apm }: SystemArea): string {
  const names = [
    ...((mbr?.partitions.length ?? 0) > 0 ? ['MBR'] : []),
    ...(gpt === undefined ? [] : ['GPT']),
    ...(apm === undefined ? [] : ['APM']),
  ]
  return names.length === 0 ? 'none' : names.join('+')
}

export function claimSystemArea(map: ExtentMap, { mbr, gpt, apm }: SystemArea): void {
  if (mbr !== undefined) {
    if (mbr.hasBootCode) map.claimStructure(0, MBR_CODE_LENGTH, 'MBR boot code')
    map.claimStructure(MBR_CODE_LENGTH, DISK_SECTOR - MBR_CODE_LENGTH, 'MBR partition table')
  }
  if (gpt?.primary !== undefined) claimGpt(map, gpt.primary, '')
  if (gpt?.backup !== undefined) claimGpt(map, gpt.backup, 'backup ')
  if (apm !== undefined) {
    // On hybrid images the driver descriptor's two letters are the first instruction of the boot code.
    if (apm.hasDriverDescriptor && mbr === undefined) map.claimStructure(0, DISK_SECTOR, 'APM driver descriptor')
    for (const offset of apm.entryOffsets) map.claimStructure(offset, apm.entryLength, 'APM')
  }
  map.addBackground(0, SYSTEM_AREA, 'structure', 'system area')
}

function claimGpt(map: ExtentMap, copy: GptCopy, prefix: string): void {
  map.claimStructure(copy.headerOffset, copy.headerLength, `${prefix}GPT header`)
  map.claimStructure(copy.arrayOffset, copy.arrayLength, `${prefix}GPT partition array`)
}

/**
 * The partitions that hold something of their own, each range once: not those that are a view of the volume, of a gap
 * (xorriso fills the space between partitions with some called "Gap1"), or of a file, whose bytes `isOwned`.
 */
export function ownPartitions({ partitions }: SystemArea, isOwned: (start: number) => boolean): Partition[] {
  const starts = new Set<number>()
  return partitions.filter((partition) => {
    const { start, length, name } = partition
    const holdsVolume = start <= SYSTEM_AREA && start + length > SYSTEM_AREA
    if (holdsVolume || start + length <= SYSTEM_AREA || length === 0) return false
    if (/^Gap\d+$/.test(name) || starts.has(start) || isOwned(start)) return false
    starts.add(start)
    return true
  })
}
