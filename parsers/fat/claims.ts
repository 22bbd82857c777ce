import type { ExtentMap } from '../bytes/extents.ts'
import type { Problems } from '../bytes/problems.ts'
import { type AllocationTable, BAD, FREE } from './allocation-table.ts'
import { clusterOffset, type FatVolume } from './boot-sector.ts'
import type { Chains } from './chains.ts'
import type { FatTree } from './tree.ts'

/** Bytes that we compare at once. */
const COMPARED = 1 << 16

/** Claims the clusters of files and directories, with the rest of their last cluster. */
export function claimContent(map: ExtentMap, volume: FatVolume, tree: FatTree, chains: Chains): void {
  const { rootOffset, rootLength, clusterSize } = volume
  map.claimContent(rootOffset, rootLength, 0)
  for (let entry = 0; entry < tree.files.count; entry += 1) {
    for (const { cluster, count } of chains.of(entry)) {
      map.claimContent(clusterOffset(volume, cluster), count * clusterSize, entry)
    }
  }
}

/** Claims everything but files and directories. It reads no cluster. */
export function claimStructures(map: ExtentMap, volume: FatVolume, table: AllocationTable, chains: Chains): void {
  const { source, sectorSize, fatOffset, fatLength, fats, dataOffset, clusterSize, clusters, size } = volume
  map.claimStructure(0, sectorSize, 'boot sector')
  if (volume.fsInfoOffset !== undefined) map.claimStructure(volume.fsInfoOffset, sectorSize, 'FSInfo sector')
  if (volume.backupOffset !== undefined) map.claimStructure(volume.backupOffset, sectorSize, 'backup boot sector')
  map.addBackground(0, fatOffset, 'structure', 'reserved sectors')
  map.claimStructure(fatOffset, fats * fatLength, 'file allocation tables')
  const present = Math.min(clusters, Math.ceil((source.size - dataOffset) / clusterSize))
  let start = 2
  let name: string | undefined
  for (let cluster = 2; cluster < present + 2; cluster += 1) {
    const next = chains.isUsed(cluster) ? undefined : nameOf(table.link(cluster))
    if (next === name) continue
    claimClusters(map, volume, start, cluster, name)
    start = cluster
    name = next
  }
  claimClusters(map, volume, start, present + 2, name)
  const end = dataOffset + clusters * clusterSize
  map.addBackground(end, size - end, 'gap', 'sectors after the last cluster')
  map.addBackground(size, source.size - size, 'gap', 'bytes after the file system')
}

/** What a cluster is that is in no chain. */
function nameOf(link: number): string {
  return link === FREE ? 'free clusters' : link === BAD ? 'bad clusters' : 'lost clusters'
}

function claimClusters(map: ExtentMap, volume: FatVolume, from: number, to: number, name: string | undefined): void {
  if (name === undefined || to <= from) return
  map.claimStructure(clusterOffset(volume, from), (to - from) * volume.clusterSize, name)
}

/** Reports allocation tables that are no copies of the one in use. */
export function compareTables(volume: FatVolume, problems: Problems): void {
  const { source, fatOffset, fatLength, fats, mirrored } = volume
  if (!mirrored) return
  for (let copy = 1; copy < fats; copy += 1) {
    const offset = fatOffset + copy * fatLength
    const length = Math.min(fatLength, source.size - offset)
    for (let at = 0; at < length; at += COMPARED) {
      const part = Math.min(COMPARED, length - at)
      // A source may return a view of memory that its next read changes.
      const first = Uint8Array.from(source.read(fatOffset + at, part))
      const other = source.read(offset + at, part)
      const differs = first.findIndex((byte, index) => byte !== other[index])
      if (differs < 0) continue
      const place = { structure: 'file allocation table', offset: offset + at + differs }
      problems.add('MALFORMED', `table ${copy + 1} differs from the first, which is used`, place)
      break
    }
  }
}
