import type { Partition } from '../partition/partition.ts'
import { directoryRecords } from './directory.ts'
import { type Hierarchy, hierarchiesOf } from './hierarchy.ts'
import { blockOffset, type Volume } from './volume.ts'
import { type DescriptorSet, FIRST_DESCRIPTOR_SECTOR, SECTOR } from './volume-descriptor.ts'

/** A volume with the right base for its block addresses, and its hierarchies. */
export interface FoundVolume {
  readonly inner: Volume
  /** At least one. We can read the root directory of the first. */
  readonly hierarchies: readonly Hierarchy[]
}

/**
 * Finds the base of the addresses in a volume descriptor set, by looking for its root directory. Addresses count from
 * the start of the disc (a session), or from the start of a partition, 16 sectors before the descriptors. xorriso
 * writes the second kind for `-partition_offset`, so that users can mount the partition too. Undefined if there is no
 * root directory.
 * @param offset the offset of the first descriptor
 */
export function findVolume(
  volume: Volume,
  set: DescriptorSet,
  offset: number,
  partitions: readonly Partition[],
): FoundVolume | undefined {
  const bases = new Set([0, offset - FIRST_DESCRIPTOR_SECTOR * SECTOR, lastStart(partitions, offset)])
  let sloppy: FoundVolume | undefined
  for (const base of bases) {
    if (base < 0) continue
    const inner = { ...volume, base }
    const hierarchies = hierarchiesOf(inner, set)
    const [first] = hierarchies
    if (first === undefined || first.problem !== undefined) continue
    if (isRoot(inner, first)) return { inner, hierarchies }
    // There is a directory, but it does not say that it is the root. We accept that only for base 0.
    if (base === 0) sloppy = { inner, hierarchies }
  }
  return sloppy
}

/** Where the last partition at or before `offset` begins, after the start of the disc; -1 if there is none. */
function lastStart(partitions: readonly Partition[], offset: number): number {
  let last = -1
  for (const { start } of partitions) if (start > last && start <= offset) last = start
  return last
}

/**
 * Whether the root directory of a hierarchy is the root of a tree with these addresses. Then '.' and '..' lead to
 * itself (ECMA-119 6.8.2.2), and so does the first record of the path table. With a wrong base they do not: the
 * directory would belong to another tree, and its '..' would lead elsewhere.
 */
function isRoot(volume: Volume, { root, fields }: Hierarchy): boolean {
  const { extent } = root.record
  const head = Math.min(SECTOR, volume.source.size - root.offset)
  let links = 0
  for (const record of directoryRecords(volume, root.offset, head, { left: head })) {
    if (record.extent !== extent) return false
    links += 1
    if (links === 2) break
  }
  if (links < 2) return false
  const table = blockOffset(volume, fields.typeLPathTable)
  if (fields.typeLPathTable === 0) return true
  if (table + 8 > volume.source.size) return false
  const bytes = volume.source.read(table, 8)
  // The root's name has one byte (ECMA-119 9.4).
  const block = bytes[2]! | (bytes[3]! << 8) | (bytes[4]! << 16) | (bytes[5]! << 24)
  return bytes[0] === 1 && block >>> 0 === extent
}

/** The name of a volume that does not count from the start of the disc: the partition that begins there. */
export function placeName(base: number, partitions: readonly Partition[]): string {
  const partition = partitions.find(({ start }) => start === base)
  return partition === undefined ? `volume at sector ${base / SECTOR}` : `partition ${partition.number}`
}
