import { asFormatError } from '../bytes/errors.ts'
import type { ExtentMap } from '../bytes/extents.ts'
import { atLimit } from '../bytes/limits.ts'
import type { OwnerSet } from '../bytes/owner-sets.ts'
import type { Problems } from '../bytes/problems.ts'
import { formatError } from '../bytes/source.ts'
import { hardLinksOf } from '../image.ts'
import { contentMapOf, mappedExtents } from './content-map.ts'
import { deviceTableRange } from './device-table.ts'
import { storedPlaces } from './file-runs.ts'
import { type Inode, readInode } from './inode.ts'
import type { MappedExtent } from './mapped-extent.ts'
import { fragmentParts } from './packed-inode.ts'
import type { ErofsParts } from './parts.ts'
import { type Rest, SharedPclusters } from './shared-pclusters.ts'
import { blocksOf, hasIncompat, SUPER_OFFSET, superblockSize } from './superblock.ts'
import type { Volume } from './volume.ts'
import { sharedIds, sharedLength, sharedOffset } from './xattr.ts'

/** The name of bytes in a damaged image whose owner we cannot determine. */
const UNREADABLE = 'EROFS content that cannot be read'
/** The name of non-zero bytes after the image. */
const AFTER_IMAGE = 'bytes after the image'
const PACKED = 'packed inode'

/**
 * Claims what files hold, for their entries. Directories may be compressed too, and then share pclusters with files where
 * the image has fragments, or its writer looks for duplicates.
 */
export function claimContent(parts: ErofsParts, map: ExtentMap, problems: Problems): void {
  const { volume, packed } = parts
  const { source, limits } = volume
  // The bit stands for dedupe too.
  const shared = hasIncompat(volume.superblock, 'fragments') ? new SharedPclusters() : undefined
  for (const { offset, storedLength } of packed?.extents ?? []) {
    if (offset + storedLength <= source.size) continue
    const place = { structure: PACKED, offset: Math.min(offset, source.size) }
    const found = `${storedLength} bytes at ${offset}`
    problems.lose('TRUNCATED', 'its content does not lie in the file', { ...place, found, expected: source.size })
  }
  // In a damaged image we do not know who owns the rest of a block.
  const rest: Rest = problems.complete ? { name: PACKED, kind: 'structure' } : { name: UNREADABLE, kind: 'unreadable' }
  for (const extent of packed?.extents ?? []) claimPacked(volume, map, extent, shared, rest)
  // Each element of a map takes two bytes or more, and no two maps overlap. If we read more, the image is damaged.
  let elements = Math.min(limits.blocks, source.size)
  const claimExtent = (extent: MappedExtent, owner: OwnerSet, inode: Inode): void => {
    const { encoding, offset, storedLength, length, device } = extent
    if (encoding === 'hole') return
    if (encoding === 'fragment') {
      for (const part of fragmentParts(volume, packed, extent)) {
        const places = storedPlaces(volume, part.extent, part.skip, part.length)
        for (const place of places ?? []) map.claimContent(place.offset, place.length, owner)
        if (places === undefined) shared?.addFragment(part.extent.offset, part.skip, part.length, owner)
      }
      return
    }
    const place = { structure: `inode ${inode.nid}`, offset: Math.min(offset, source.size) }
    if (device !== 0) {
      const detail = 'its content lies on another device, which is a file of its own'
      problems.add('UNSUPPORTED', detail, { ...place, offset: inode.offset, field: 'device_id', found: device })
      return
    }
    if (offset + storedLength > source.size) {
      const found = `${storedLength} bytes at ${offset}`
      problems.lose('TRUNCATED', 'its content does not lie in the file', { ...place, found, expected: source.size })
    }
    if (shared === undefined || extent.inlineIn !== undefined) map.claimContent(offset, storedLength, owner)
    else shared.add(offset, storedLength, length, owner)
  }
  for (const { inode, owner } of inodesOf(parts, map)) {
    if (inode.type !== 'file' && (shared === undefined || !isCompressed(inode))) continue
    try {
      elements -= contentMapOf(volume, inode).elements
      if (elements < 0) {
        const detail = 'maps of contents that overlap each other, or too many, are left out'
        const place = { structure: `inode ${inode.nid}`, offset: inode.offset, ...atLimit(limits, 'blocks') }
        problems.damage(formatError('LIMIT', detail, source, place))
        break
      }
      for (const extent of mappedExtents(volume, inode)) claimExtent(extent, owner, inode)
    } catch (error) {
      problems.damage(asFormatError(error))
    }
  }
  shared?.claim(map, rest)
}

/** Each inode of the tree that we could read, with all its names. */
function* inodesOf({ volume, tree }: ErofsParts, map: ExtentMap): Generator<{ inode: Inode; owner: OwnerSet }> {
  const { files, broken } = tree
  const links = hardLinksOf(files)
  for (let entry = 0; entry < files.count; entry += 1) {
    if (broken.has(entry)) continue
    const nid = files.identities[entry]!
    const names = links.size === 0 ? undefined : links.get(nid)
    if (names !== undefined && names[0] !== entry) continue
    yield { inode: readInode(volume, nid), owner: names === undefined ? entry : map.owners.setOf(names) }
  }
}

/** Claims an extent of the packed inode. The bytes that no fragment has belong to the packed inode. */
function claimPacked(
  { source }: Volume,
  map: ExtentMap,
  { encoding, offset, storedLength, length, inlineIn }: MappedExtent,
  shared: SharedPclusters | undefined,
  { name, kind }: Rest,
): void {
  if (encoding === 'hole') return
  const inside = Math.min(storedLength, Math.max(source.size - offset, 0))
  if (encoding === 'plain' || encoding === 'interlaced') map.addBackground(offset, inside, kind, name)
  else if (inlineIn === undefined) shared?.addPacked(offset, storedLength, length)
}

/** Claims everything except the content of files: structures, and the metadata of entries for these entries. */
export function claimStructures(parts: ErofsParts, map: ExtentMap, complete: boolean): void {
  const { volume, packed, cfgs, prefixes } = parts
  const { source, superblock, blockSize } = volume
  map.claimStructure(SUPER_OFFSET, superblockSize(superblock), 'superblock')
  map.claimStructure(cfgs.offset, cfgs.length, 'compression configurations')
  const devices = deviceTableRange(superblock)
  if (devices !== undefined) map.claimStructure(devices.offset, devices.length, 'device table')
  if (prefixes.range !== undefined) {
    map.claimStructure(prefixes.range.offset, prefixes.range.length, 'long xattr prefixes')
  }
  if (packed !== undefined) {
    const { inode } = packed
    map.claimStructure(inode.offset, metadataEndOrLess(parts, inode) - inode.offset, PACKED)
  }
  const shared = new Set<number>()
  const isShared = hasIncompat(superblock, 'fragments')
  // No two maps overlap, and each element takes two bytes or more.
  const budget = { elements: source.size }
  for (const { inode, owner } of inodesOf(parts, map)) {
    map.claimContent(inode.offset, metadataEndOrLess(parts, inode) - inode.offset, owner)
    if (inode.type !== 'file' && !(isShared && isCompressed(inode))) claimData(parts, map, inode, owner, budget)
    for (const id of idsOf(inode)) shared.add(id)
  }
  for (const id of shared) claimShared(parts, map, id)
  const end = blocksOf(superblock) * blockSize
  if (!complete) map.addBackground(0, end, 'unreadable', UNREADABLE)
  map.addBackground(end, Math.max(source.size - end, 0), 'gap', AFTER_IMAGE)
}

/** Claims the content of a directory or a symlink, as far as it can be read. The walk has reported what cannot. */
function claimData(
  { volume }: ErofsParts,
  map: ExtentMap,
  inode: Inode,
  owner: OwnerSet,
  budget: { elements: number },
): void {
  try {
    budget.elements -= contentMapOf(volume, inode).elements
    if (budget.elements < 0) return
    for (const { encoding, offset, storedLength, device } of mappedExtents(volume, inode)) {
      if (encoding !== 'hole' && encoding !== 'fragment' && device === 0) map.claimContent(offset, storedLength, owner)
    }
  } catch (error) {
    asFormatError(error)
  }
}

function isCompressed({ layout }: Inode): boolean {
  return layout === 'compressed full' || layout === 'compressed compact'
}

/** Where the metadata of an inode ends, without the map of its content if that is damaged. */
function metadataEndOrLess({ volume }: ErofsParts, inode: Inode): number {
  try {
    return contentMapOf(volume, inode).end
  } catch (error) {
    asFormatError(error)
    return inode.dataOffset
  }
}

function idsOf(inode: Inode): readonly number[] {
  try {
    return sharedIds(inode)
  } catch (error) {
    asFormatError(error)
    return []
  }
}

function claimShared({ volume }: ErofsParts, map: ExtentMap, id: number): void {
  try {
    map.claimStructure(sharedOffset(volume, id), sharedLength(volume, id), 'shared extended attributes')
  } catch (error) {
    asFormatError(error)
  }
}
