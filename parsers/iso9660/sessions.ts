import { Problems } from '../bytes/problems.ts'
import type { RangeList } from '../bytes/range-list.ts'
import type { Partition } from '../partition/partition.ts'
import { nonZeroSectors } from './non-zero-sectors.ts'
import { ANOTHER_SESSION, addOtherTree, type OtherTree, otherTree } from './other-tree.ts'
import { type PathTable, pathTablesOf } from './path-table.ts'
import { readSecondaryTree, type SecondaryBudgets } from './secondary-tree.ts'
import { SYSTEM_AREA } from './system-area.ts'
import { type Volume, volumeOf } from './volume.ts'
import { findVolume, placeName } from './volume-base.ts'
import { type DescriptorSet, readDescriptorSet, SECTOR } from './volume-descriptor.ts'

/** The most sessions that we walk. No disc has room for more tracks, so no user needs to change this. */
const SESSIONS_LIMIT = 99

/** A volume descriptor set other than the shown one. */
export interface Session {
  readonly sector: number
  /**
   * `session` leads to another tree. `copy` leads to a tree that we have read already, because xorriso emulates a table
   * of contents with copies. `partition` leads to the same files for a mounted partition of the disc; its addresses
   * count from there.
   */
  readonly kind: 'session' | 'copy' | 'partition'
  /** The label in the names of its structures: "session at sector 80", "partition 1". */
  readonly label: string
  readonly set: DescriptorSet
  readonly pathTables: readonly PathTable[]
  /** The non-zero parts of the 16 sectors before its descriptors. They begin a session as they begin a disc. */
  readonly systemArea: readonly (readonly [number, number])[]
}

/**
 * Reads the volume descriptor sets that nothing points to. Without a root directory at its place, a set is a copy in a
 * file.
 */
export function readSessions(
  volume: Volume,
  partitions: readonly Partition[],
  offsets: readonly number[],
  visited: Set<number>,
  owned: RangeList,
  others: OtherTree[],
  budgets: SecondaryBudgets,
): Session[] {
  const sessions: Session[] = []
  for (const offset of offsets) {
    if (sessions.length === SESSIONS_LIMIT) break
    const sector = offset / SECTOR
    const quiet = new Problems(volume.source)
    const set = readDescriptorSet(volume.source, sector, quiet, volume.limits)
    const fields = set.descriptors[0]?.fields
    if (fields === undefined) continue
    const found = findVolume(volumeOf(volume.source, fields, quiet, volume.limits), set, offset, partitions)
    if (found === undefined) continue
    const { inner, hierarchies } = found
    const isCopy = visited.has(hierarchies[0]!.root.offset)
    const within = inner.base === 0 ? undefined : placeName(inner.base, partitions)
    for (const hierarchy of hierarchies) {
      if (hierarchy.problem !== undefined || visited.has(hierarchy.root.offset)) continue
      if (within === undefined) {
        others.push({ label: ANOTHER_SESSION, ...readSecondaryTree(inner, hierarchy.root, visited, owned, budgets) })
      } else {
        const ours = { ...inner, warnings: volume.warnings }
        others.push(otherTree(ours, hierarchy, hierarchy.name, visited, owned, budgets, within))
      }
      addOtherTree(others.at(-1)!, owned)
    }
    const kind = within !== undefined ? 'partition' : isCopy ? 'copy' : 'session'
    const label = within ?? `${kind} at sector ${sector}`
    const tables = pathTablesOf(inner, hierarchies)
    for (const table of tables) owned.add(table.offset, table.length)
    for (const descriptor of set.descriptors) owned.add(descriptor.offset, SECTOR)
    const area = nonZeroSectors(volume.source, owned, Math.max(offset - SYSTEM_AREA, 0), offset)
    for (const [start, end] of area) owned.add(start, end - start)
    sessions.push({ sector, kind, label, set, pathTables: tables, systemArea: area })
  }
  return sessions
}
