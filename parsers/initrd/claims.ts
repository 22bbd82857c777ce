import type { ExtentMap } from '../bytes/extents.ts'
import type { OwnerSet } from '../bytes/owner-sets.ts'
import type { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { contentSum } from '../cpio/content-sum.ts'
import { newcHeader, readHeader } from '../cpio/header.ts'
import type { StructureChecksum } from '../image.ts'
import type { Archives } from './archive-reader.ts'
import type { Entries } from './entries.ts'
import { NONE } from './members.ts'

/** The names of bytes beside the tree. */
const AFTER_ARCHIVES = 'data after the archives'
const UNREAD = 'members that are not read'

/** What claims need to know of an initrd. */
interface Initrd {
  readonly source: ByteSource
  readonly archives: Archives
  readonly entries: Entries
}

/** Claims each member for its entry: header, name, content and padding. The names of a file share its content. */
export function claimContent({ source, archives, entries }: Initrd, map: ExtentMap, problems: Problems): void {
  const { members } = archives
  const sets = ownersOfGroups(archives, entries, map)
  for (let member = 0; member < members.count; member += 1) {
    const start = members.starts[member]!
    const dataStart = members.dataStarts[member]!
    const end = members.ends[member]!
    const node = members.nodes[member]!
    const set = sets.get(members.links[member]!)
    if (set !== undefined) map.claimContent(dataStart, end - dataStart, set)
    if (node === NONE) continue
    map.claimContent(start, (set === undefined ? end : dataStart) - start, entries.ofNode[node]!)
  }
  for (const member of members.summed) {
    const { problem } = checksumOf(source, archives, member)
    if (problem !== undefined) problems.note(problem)
  }
}

/** The sums of content that headers have. */
export function contentChecksums({ source, archives }: Initrd): StructureChecksum[] {
  return archives.members.summed.map((member) => checksumOf(source, archives, member))
}

/** Claims all members that belong to no entry, and names what is no member. */
export function claimStructures({ archives, entries }: Initrd, map: ExtentMap): void {
  const { members, rests, unread } = archives
  const sets = ownersOfGroups(archives, entries, map)
  for (const [member, name] of members.structures) {
    const start = members.starts[member]!
    // The content stays that of the other names of the file.
    const end = sets.has(members.links[member]!) ? members.dataStarts[member]! : members.ends[member]!
    map.claimStructure(start, end - start, name)
  }
  for (const { start, end } of rests) map.addRegion(start, end - start, AFTER_ARCHIVES)
  for (const { start, end } of unread) map.addBackground(start, end - start, 'unreadable', UNREAD)
}

/** The entries of each group of hard links, as a set. A group has none if all its names are overwritten. */
function ownersOfGroups({ members }: Archives, { ofNode }: Entries, map: ExtentMap): Map<number, OwnerSet> {
  const names = new Map<number, number[]>()
  for (let member = 0; member < members.count; member += 1) {
    const group = members.links[member]!
    const node = members.nodes[member]!
    if (group === NONE || node === NONE) continue
    const known = names.get(group)
    if (known === undefined) names.set(group, [ofNode[node]!])
    else known.push(ofNode[node]!)
  }
  return new Map([...names].map(([group, owners]) => [group, map.owners.setOf(owners)]))
}

function checksumOf(source: ByteSource, { members }: Archives, member: number): StructureChecksum {
  const start = members.starts[member]!
  const { check } = readHeader(source.read(start, newcHeader.size))!
  const sum = contentSum(source, members.dataStarts[member]!, members.sizes[member]!)
  const checksum = { structure: 'content of a cpio member', algorithm: 'sum of bytes', offset: start }
  if (sum === check) return checksum
  const problem = formatError('CHECKSUM', 'its content has another sum', source, {
    structure: 'crc header',
    offset: start + newcHeader.offsets.check,
    field: 'check',
    found: sum,
    expected: check,
  })
  return { ...checksum, problem }
}
