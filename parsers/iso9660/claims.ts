import type { ExtentMap } from '../bytes/extents.ts'
import type { Partition } from '../partition/partition.ts'
import { ANOTHER_SESSION, type Layout } from './layout.ts'
import type { PathTable } from './path-table.ts'
import type { RangeList } from './range-list.ts'
import { claimSystemArea } from './system-area.ts'
import { type DescriptorSet, SECTOR } from './volume-descriptor.ts'

/** Types of HFS and HFS+ partitions in an APM and in a GPT. */
const HFS_TYPES: readonly string[] = ['Apple_HFS', '48465300-0000-11aa-aa11-00306543ecac']

/** Claims all that is not content of a file in the shown tree. */
export function claimLayout(map: ExtentMap, layout: Layout): void {
  claimDescriptors(map, layout.set, '')
  claimPathTables(map, layout.pathTables)
  claimShownTree(map, layout)
  for (const other of layout.others) {
    claimRanges(map, other.directoryExtents, directoriesName(other.label))
    claimRanges(map, other.continuationAreas, 'Rock Ridge continuation area')
    claimRanges(map, other.extendedAttributeRecords, 'extended attribute records')
    claimRanges(
      map,
      other.unshared,
      other.label === ANOTHER_SESSION ? 'file only in another session' : `file only in the ${other.label} tree`,
    )
  }
  if (layout.bootCatalog !== undefined) {
    map.claimStructure(layout.bootCatalog.offset, layout.bootCatalogLength, 'boot catalog')
  }
  for (const session of layout.sessions) {
    claimDescriptors(map, session.set, ` (${session.isCopy ? 'copy' : 'session'} at sector ${session.sector})`)
    claimPathTables(map, session.pathTables)
  }
  for (const offset of layout.loose.checksumTags) map.claimStructure(offset, SECTOR, 'checksum tag')
  if (layout.checksums !== undefined) {
    map.claimStructure(layout.checksums.offset, layout.checksums.length, 'checksum array')
  }
  if (layout.set.udfRecognition.length > 0) {
    for (const offset of layout.loose.udf) map.claimStructure(offset, SECTOR, 'UDF metadata')
  }
  // Views of the image own only what nothing else does. Of two that overlap, the boot image is the more telling.
  for (const { number, offset, length } of layout.looseBootImages) {
    map.addBackground(offset, length, 'structure', `boot image ${number} (not in the tree)`)
  }
  for (const partition of layout.ownPartitions) {
    map.addBackground(partition.start, partition.length, 'structure', partitionName(partition))
  }
  claimSystemArea(map, layout.systemArea)
}

function claimDescriptors(map: ExtentMap, set: DescriptorSet, suffix: string): void {
  for (const { kind, offset } of set.descriptors) map.claimStructure(offset, SECTOR, kind + suffix)
  for (const offset of set.udfRecognition)
    map.claimStructure(offset, SECTOR, `UDF volume recognition sequence${suffix}`)
}

function claimPathTables(map: ExtentMap, tables: readonly PathTable[]): void {
  for (const { hierarchy, offset, length } of tables) map.claimStructure(offset, length, `path table (${hierarchy})`)
}

function claimShownTree(map: ExtentMap, { shown }: Layout): void {
  if (shown === undefined) return
  claimRanges(map, shown.directoryExtents, directoriesName(shown.hierarchy.name))
  claimRanges(map, shown.extendedAttributeRecords, 'extended attribute records')
  claimRanges(map, shown.reader.continuationAreas, 'Rock Ridge continuation area')
}

function claimRanges(map: ExtentMap, list: RangeList, name: string): void {
  for (const [start, end] of list.ranges()) map.claimStructure(start, end - start, name)
}

/** On images that are HFS+ volumes too, what no file has of the partition is the metadata of that. */
function partitionName({ number, type }: Partition): string {
  return HFS_TYPES.includes(type) ? 'HFS+ metadata' : `appended partition ${number}`
}

/** The primary tree's need no addition. */
function directoriesName(tree: string): string {
  return tree === 'primary' ? 'directory records' : `directory records (${tree})`
}
