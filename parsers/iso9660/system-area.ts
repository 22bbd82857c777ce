import type { ExtentMap } from '../bytes/extents.ts'
import type { Limits } from '../bytes/limits.ts'
import type { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import { type RuntimePart, runtimeParts } from '../elf/app-image.ts'
import { elfFile } from '../elf/elf-file.ts'
import { type ApplePartitionMap, readApm } from '../partition/apm.ts'
import { type GptCopy, type GuidPartitionTable, readGpt } from '../partition/gpt.ts'
import { DISK_SECTOR, type MasterBootRecord, MBR_CODE_LENGTH, readMbr } from '../partition/mbr.ts'
import type { Partition } from '../partition/partition.ts'
import { FIRST_DESCRIPTOR_SECTOR, SECTOR } from './volume-descriptor.ts'

/** Bytes that ISO 9660 reserves for other uses (ECMA-119 6.2.1). Hybrid images begin like a disk. */
export const SYSTEM_AREA: number = FIRST_DESCRIPTOR_SECTOR * SECTOR

export interface SystemArea {
  readonly mbr?: MasterBootRecord
  readonly gpt?: GuidPartitionTable
  readonly apm?: ApplePartitionMap
  /** The partitions of all tables. A range occurs once for each table that lists it. */
  readonly partitions: readonly Partition[]
  /** The program that an AppImage begins with. */
  readonly runtime: readonly RuntimePart[]
}

export function readSystemArea(source: ByteSource, warnings: Problems, limits: Limits): SystemArea {
  const mbr = readMbr(source)
  const gpt = readGpt(source, limits)
  const apm = readApm(source, limits)
  for (const table of [mbr, gpt, apm]) for (const warning of table?.warnings ?? []) warnings.note(warning)
  return {
    ...(mbr === undefined ? {} : { mbr }),
    ...(gpt === undefined ? {} : { gpt }),
    ...(apm === undefined ? {} : { apm }),
    runtime: runtimeOf(source, warnings),
    partitions: [...(mbr?.partitions ?? []), ...(gpt?.partitions ?? []), ...(apm?.partitions ?? [])],
  }
}

/** The program of an AppImage of type 1, which lies in the system area ("AppImage specification", Type 1 image format). */
function runtimeOf(source: ByteSource, warnings: Problems): readonly RuntimePart[] {
  const elf = elfFile(source)
  if (elf?.header.appImageType !== 1) return []
  return runtimeParts(source, elf.header, Math.min(elf.end, SYSTEM_AREA), warnings)
}

/** The partition tables of the image: "MBR+GPT", or "none". An MBR without partitions is boot code, not a table. */
export function partitionTableName({ mbr, gpt, apm }: SystemArea): string {
  const names = [
    ...((mbr?.partitions.length ?? 0) > 0 ? ['MBR'] : []),
    ...(gpt === undefined ? [] : ['GPT']),
    ...(apm === undefined ? [] : ['APM']),
  ]
  return names.length === 0 ? 'none' : names.join('+')
}

/** A structure of a partition table. Offsets and lengths are bytes. */
interface TablePart {
  readonly offset: number
  readonly length: number
  readonly name: string
}

/** All structures of the partition tables. They may lie anywhere: a GPT has its backup at the end. */
export function systemAreaParts({ mbr, gpt, apm }: SystemArea): TablePart[] {
  const parts: TablePart[] = []
  if (mbr !== undefined) {
    if (mbr.hasBootCode) parts.push({ offset: 0, length: MBR_CODE_LENGTH, name: 'MBR boot code' })
    const length = DISK_SECTOR - MBR_CODE_LENGTH
    parts.push({ offset: MBR_CODE_LENGTH, length, name: 'MBR partition table' })
  }
  if (gpt?.primary !== undefined) parts.push(...gptParts(gpt.primary, ''))
  if (gpt?.backup !== undefined) parts.push(...gptParts(gpt.backup, 'backup '))
  if (apm !== undefined) {
    // On hybrid images the two letters of the driver descriptor are the first instruction of the boot code.
    if (apm.hasDriverDescriptor && mbr === undefined)
      parts.push({ offset: 0, length: DISK_SECTOR, name: 'APM driver descriptor' })
    for (const offset of apm.entryOffsets) parts.push({ offset, length: apm.entryLength, name: 'APM' })
  }
  return parts
}

function gptParts(copy: GptCopy, prefix: string): TablePart[] {
  return [
    { offset: copy.headerOffset, length: copy.headerLength, name: `${prefix}GPT header` },
    { offset: copy.arrayOffset, length: copy.arrayLength, name: `${prefix}GPT partition array` },
  ]
}

export function claimSystemArea(map: ExtentMap, area: SystemArea): void {
  for (const { offset, length, name } of systemAreaParts(area)) map.claimStructure(offset, length, name)
  // Bytes of a program may look like a partition table.
  for (const { offset, length, name } of area.runtime) map.addRegion(offset, length, name)
  map.addBackground(0, SYSTEM_AREA, 'structure', 'system area')
}
