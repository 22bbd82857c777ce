import type { RangeList } from '../bytes/range-list.ts'
import type { ByteSource } from '../bytes/source.ts'
import type { Partition } from '../partition/partition.ts'
import { isHfs } from '../partition/partition-type.ts'
import type { NamedPart } from './beside-tree.ts'
import type { ForeignStructure } from './foreign-structure.ts'
import { type HfsVolume, readHfs } from './hfs.ts'
import type { LooseSectors } from './loose-sectors.ts'
import { readUdf } from './udf.ts'
import type { Volume } from './volume.ts'

/** The most HFS volumes that we read, including that of the whole disc. Discs have one or two. */
const HFS_LIMIT = 8
/**
 * Reads HFS and HFS+ volumes on the same disc, by the offset where each begins. genisoimage makes one for the whole
 * disc; others are in partitions.
 */
export function hfsVolumes(source: ByteSource, partitions: readonly Partition[]): Map<number, HfsVolume> {
  const starts = new Set([0, ...partitions.filter(isHfs).map(({ start }) => start)])
  const volumes = new Map<number, HfsVolume>()
  for (const start of [...starts].slice(0, HFS_LIMIT)) {
    const volume = readHfs(source, start)
    if (volume !== undefined) volumes.set(start, volume)
  }
  return volumes
}

/** The parts of structures that nothing owns yet. This function makes them owned. */
export function unowned(
  source: ByteSource,
  owned: RangeList,
  structures: readonly ForeignStructure[],
): ForeignStructure[] {
  const found: ForeignStructure[] = []
  for (const { offset, length, name } of structures) {
    for (const [start, end] of owned.gapsWithin(offset, Math.min(offset + length, source.size))) {
      found.push({ offset: start, length: end - start, name })
    }
  }
  // We add them only now: a list that is queried and extended in turn sorts itself each time.
  for (const { offset, length } of found) owned.add(offset, length)
  return found
}

/** The parts of a UDF bridge that only its UDF side has: its structures, and files that no ISO 9660 tree has. */
export interface UdfSide {
  readonly structures: readonly ForeignStructure[]
  readonly files: readonly NamedPart[]
}

/** Finds the parts that only the UDF volume of a bridge has, and makes them owned. */
export function udfSide({ source, limits }: Volume, loose: LooseSectors, owned: RangeList): UdfSide {
  const { structures, contents } = readUdf(source, limits.entries)
  // Tagged sectors that the walk did not reach: reserve copies, and those that a damaged structure would lead to.
  const walked = unowned(source, owned, structures)
  const tagged = loose.udf.filter(({ offset }) => !owned.covers(offset, 1))
  const free = [...walked, ...unowned(source, owned, tagged)]
  const ranges = [...contents.ranges()].flatMap(([start, end]) => [
    ...owned.gapsWithin(start, Math.min(end, source.size)),
  ])
  for (const [start, end] of ranges) owned.add(start, end - start)
  return { structures: free, files: ranges.length === 0 ? [] : [{ name: 'files only in the UDF tree', ranges }] }
}
