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

/** HFS volumes looked for, the whole disc's among them: there are one or two. */
const HFS_LIMIT = 8
/**
 * What HFS and HFS+ volumes over the same disc have, by where each begins: one of the whole disc, as genisoimage makes
 * them, or of partitions.
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

/** The parts of structures that nothing owns yet; they are owned then. */
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
  // Not before: to ask a list and to add to it in turn would sort it each time.
  for (const { offset, length } of found) owned.add(offset, length)
  return found
}

/** What the UDF side of a bridge has for itself: its structures, and files that no tree of ISO 9660 has. */
export interface UdfSide {
  readonly structures: readonly ForeignStructure[]
  readonly files: readonly NamedPart[]
}

/** Tells apart what the UDF volume of a bridge has for itself; it is owned then. */
export function udfSide({ source, limits }: Volume, loose: LooseSectors, owned: RangeList): UdfSide {
  const { structures, contents } = readUdf(source, limits.entries)
  // Sectors with a tag that the walk did not come to: reserves, and what a damaged structure would lead to.
  const walked = unowned(source, owned, structures)
  const tagged = loose.udf.filter(({ offset }) => !owned.covers(offset, 1))
  const free = [...walked, ...unowned(source, owned, tagged)]
  const ranges = [...contents.ranges()].flatMap(([start, end]) => [
    ...owned.gapsWithin(start, Math.min(end, source.size)),
  ])
  for (const [start, end] of ranges) owned.add(start, end - start)
  return { structures: free, files: ranges.length === 0 ? [] : [{ name: 'files only in the UDF tree', ranges }] }
}
