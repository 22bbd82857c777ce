import type { ExtentMap } from '../bytes/extents.ts'
import type { RangeList } from '../bytes/range-list.ts'
import type { Layout } from './layout.ts'
import { ANOTHER_SESSION, type OtherTree, treeName } from './other-tree.ts'
import type { PathTable } from './path-table.ts'
import { claimSystemArea } from './system-area.ts'
import { type DescriptorSet, SECTOR } from './volume-descriptor.ts'

/** Claims everything except the content of files in the shown tree. */
export function claimLayout(map: ExtentMap, layout: Layout): void {
  claimDescriptors(map, layout.set, '')
  claimPathTables(map, layout.pathTables, undefined)
  if (layout.versionSector !== undefined) map.claimStructure(layout.versionSector, SECTOR, 'mkisofs version sector')
  claimShownTree(map, layout)
  for (const other of layout.others) {
    const { within } = other
    claimRanges(map, other.directoryExtents, directoriesName(other.label, within))
    claimRanges(map, other.continuationAreas, withPlace('Rock Ridge continuation area', within))
    claimRanges(map, other.extendedAttributeRecords, withPlace('extended attribute records', within))
    claimRanges(map, other.unshared, unsharedName(other))
  }
  if (layout.bootCatalog !== undefined) {
    map.claimStructure(layout.bootCatalog.offset, layout.bootCatalogLength, 'boot catalog')
  }
  for (const session of layout.sessions) {
    claimDescriptors(map, session.set, ` (${session.label})`)
    for (const [start, end] of session.systemArea) {
      map.claimStructure(start, end - start, `system area (${session.label})`)
    }
    claimPathTables(map, session.pathTables, session.kind === 'partition' ? session.label : undefined)
  }
  for (const offset of layout.loose.checksumTags) map.claimStructure(offset, SECTOR, 'checksum tag')
  if (layout.checksums !== undefined) {
    map.claimStructure(layout.checksums.offset, layout.checksums.length, 'checksum array')
  }
  for (const { offset, length, name } of layout.foreign) map.claimStructure(offset, length, name)
  // Parts own only bytes that nothing else owns, because a partition may contain files of the tree.
  for (const { name, ranges } of layout.besideTree) {
    for (const [start, end] of ranges) map.addRegion(start, end - start, name)
  }
  claimSystemArea(map, layout.systemArea)
}

function claimDescriptors(map: ExtentMap, set: DescriptorSet, suffix: string): void {
  for (const { kind, offset } of set.descriptors) map.claimStructure(offset, SECTOR, kind + suffix)
  for (const offset of set.udfRecognition)
    map.claimStructure(offset, SECTOR, `UDF volume recognition sequence${suffix}`)
}

function claimPathTables(map: ExtentMap, tables: readonly PathTable[], within: string | undefined): void {
  const place = within === undefined ? '' : `, ${within}`
  for (const { hierarchy, offset, length } of tables) {
    map.claimStructure(offset, length, `path table (${hierarchy}${place})`)
  }
}

function claimShownTree(map: ExtentMap, { shown }: Layout): void {
  if (shown === undefined) return
  claimRanges(map, shown.directoryExtents, directoriesName(shown.hierarchy.name, undefined))
  claimRanges(map, shown.extendedAttributeRecords, 'extended attribute records')
  claimRanges(map, shown.reader.continuationAreas, 'Rock Ridge continuation area')
}

function claimRanges(map: ExtentMap, list: RangeList, name: string): void {
  for (const [start, end] of list.ranges()) map.claimStructure(start, end - start, name)
}

/** The primary tree needs no addition. */
function directoriesName(tree: string, within: string | undefined): string {
  const told = [...(tree === 'primary' ? [] : [tree]), ...(within === undefined ? [] : [within])]
  return told.length === 0 ? 'directory records' : `directory records (${told.join(', ')})`
}

function withPlace(name: string, within: string | undefined): string {
  return within === undefined ? name : `${name} (${within})`
}

function unsharedName(other: OtherTree): string {
  return other.label === ANOTHER_SESSION ? 'file only in another session' : `file only in the ${treeName(other)}`
}
