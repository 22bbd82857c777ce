import { DEFAULT_LIMITS, type Limits } from '../bytes/limits.ts'
import { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError, type Place } from '../bytes/source.ts'
import { treeOf } from '../entry-columns.ts'
import type { Entry, FileTree, FormatTraits, Image, StoredExtent, StoredRun } from '../image.ts'
import { gptChecksums } from '../partition/gpt.ts'
import { DISK_SECTOR } from '../partition/mbr.ts'
import type { Partition } from '../partition/partition.ts'
import { claimDisk } from './claims.ts'
import { type DiskTable, readDiskTable } from './disk-table.ts'

/** The traits of disk images. */
export const DISK: FormatTraits = {
  name: 'disk',
  title: 'disk image',
  noun: 'a disk image',
  // An ".img" or ".raw" may be anything.
  extensions: [],
  looksInside: 'files',
  accounts: 'own',
  holdsPartitions: true,
  sharesBytes: false,
  sectorSize: 512,
}

/** How a disk image is opened. */
export interface DiskOptions {
  /** The limits that no image may exceed, where they are not DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>
}

/**
 * Opens a disk with a master boot record or a GUID partition table. Each partition is a file in the root, "partition 1".
 * Its number is the one in the table, so that the name does not change with the label or the other partitions.
 * @throws {FormatError} MALFORMED when it has no such table
 */
export function openDisk(source: ByteSource, options: DiskOptions = {}): Image {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const table = readDiskTable(source, limits)
  if (table === undefined) {
    const place = { structure: 'master boot record', offset: 0 }
    throw formatError('MALFORMED', 'it has no partition table with partitions', source, place)
  }
  const problems = new Problems(source)
  const partitions = usablePartitions(table, problems)
  checkLength(source, partitions, problems)
  for (const warning of (table.gpt ?? table.mbr).warnings) problems.note(warning)
  const found = problems.found()
  const extents = (entry: Entry): readonly StoredExtent[] => extentsOf(partitions, entry)
  return {
    format: DISK,
    source,
    tree: partitionTree(partitions),
    facts: {
      partitionTable: table.gpt === undefined ? 'MBR' : 'GPT',
      diskId: diskId(table),
      partitions: partitions.length,
    },
    ...found,
    checksums: () => (table.gpt === undefined ? [] : gptChecksums(table.gpt)),
    runs: (entry) => extents(entry).map(runOf),
    extents,
    claimContent(map) {
      for (const [index, { start, length }] of partitions.entries()) map.claimContent(start, length, index + 1)
      return found
    },
    claimStructures: (map) => claimDisk(map, table),
  }
}

/**
 * The partitions that become files. They lie apart from each other and after the boot record. So a disk in a partition
 * is smaller than the disk around it.
 */
function usablePartitions({ partitions }: DiskTable, problems: Problems): readonly Partition[] {
  const usable: Partition[] = []
  // Those with a lower start first, and of these the first in the table.
  const sorted = [...partitions].sort((a, b) => a.start - b.start || a.number - b.number)
  let end = DISK_SECTOR
  for (const partition of sorted) {
    const { start, length } = partition
    if (start + length > Number.MAX_SAFE_INTEGER) {
      problems.lose('MALFORMED', 'no disk is so large; the partition is left out', placeOf(partition))
    } else if (start < end) {
      const detail = 'the partition overlaps the boot record or another partition; it is left out'
      problems.lose('MALFORMED', detail, { ...placeOf(partition), found: start, expected: `at least ${end}` })
    } else {
      usable.push(partition)
      end = start + length
    }
  }
  return usable.sort((a, b) => a.number - b.number)
}

function placeOf({ table, number, start }: Partition): Place {
  return { structure: `${table} partition ${number}`, offset: start }
}

function checkLength(source: ByteSource, partitions: readonly Partition[], problems: Problems): void {
  const end = partitions.reduce((most, { start, length }) => Math.max(most, start + length), 0)
  if (end <= source.size) return
  const place = { structure: 'partition table', offset: 0, found: source.size, expected: end, wholeSize: end }
  problems.explain(formatError('TRUNCATED', 'the file ends before its last partition does', source, place))
}

function partitionTree(partitions: readonly Partition[]): FileTree {
  const common = { parent: 0, uid: 0, gid: 0, mtime: 0 }
  const root: Entry = { ...common, index: 0, name: '', type: 'directory', size: 0, mode: 0o755, identity: 0 }
  const files = partitions.map(
    ({ number, start, length }, index): Entry => ({
      ...common,
      index: index + 1,
      name: `partition ${number}`,
      type: 'file',
      size: length,
      mode: 0o644,
      identity: start,
    }),
  )
  return treeOf([root, ...files])
}

function extentsOf(partitions: readonly Partition[], { index }: Entry): readonly StoredExtent[] {
  const partition = partitions[index - 1]
  if (partition === undefined) return []
  const { start: offset, length } = partition
  return [{ at: 0, offset, length, unpacked: length, codec: 'stored' }]
}

function runOf({ offset, length }: StoredExtent): StoredRun {
  return { offset, storedLength: length, length, skip: 0, unpackedLimit: length, codec: 'stored' }
}

/** The GUID of the disk, or the signature in its master boot record as fdisk shows it. */
function diskId({ gpt, mbr }: DiskTable): string {
  const copy = gpt?.primary ?? gpt?.backup
  return copy?.diskGuid ?? `0x${mbr.diskSignature.toString(16).padStart(8, '0')}`
}
