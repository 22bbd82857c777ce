import type { Limits } from '../bytes/limits.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { FileTree } from '../image.ts'
import type { Partition } from '../partition/partition.ts'
import { type ChecksumArray, checksumArray } from './checksum-array.ts'
import { type BootCatalog, bootImageLength, readBootCatalog } from './el-torito.ts'
import { type Hierarchy, hierarchyOf } from './hierarchy.ts'
import { findLooseSectors, type LooseSectors } from './loose-sectors.ts'
import type { NameTreeKind } from './name-tree.ts'
import { type PathTable, pathTables } from './path-table.ts'
import { RangeList } from './range-list.ts'
import { readSecondaryTree, type SecondaryBudgets, type SecondaryTree, secondaryBudgets } from './secondary-tree.ts'
import { readShownTree, type ShownTree } from './shown-tree.ts'
import { ownPartitions, readSystemArea, type SystemArea } from './system-area.ts'
import type { Volume } from './volume.ts'
import {
  type DescriptorSet,
  descriptorKind,
  FIRST_DESCRIPTOR_SECTOR,
  readDescriptorSet,
  SECTOR,
  type VolumeFields,
} from './volume-descriptor.ts'
import { WarningList } from './warnings.ts'

/** Sectors searched for the first descriptor, where sector 16 is damaged. */
const SECTORS_SEARCHED = 16
/** Sessions walked: no disc has room for more tracks, so this is not to be set. */
const SESSIONS_LIMIT = 99

/** A UDF bridge of more than 4 MiB whose files take less than a twentieth of it keeps its content elsewhere. */
const UDF_ONLY_SHARE = 20
const UDF_ONLY_MINIMUM = 4 << 20

/** What trees of other sessions are called. */
export const ANOTHER_SESSION = 'another session'

/** A tree that is not shown. */
export interface OtherTree extends SecondaryTree {
  /** "Joliet", or ANOTHER_SESSION. */
  readonly label: string
}

/** A volume descriptor set that is not the one shown: another session's, or a copy for another way to mount the tree. */
export interface Session {
  readonly sector: number
  /** It leads to a tree that was read already: xorriso writes such for partitions, and to emulate a table of contents. */
  readonly isCopy: boolean
  readonly set: DescriptorSet
  readonly pathTables: readonly PathTable[]
}

/** A boot image that no file holds. Bytes. */
export interface LooseBootImage {
  readonly number: number
  readonly offset: number
  readonly length: number
}

/** All that is known of where things lie in an image. */
export interface Layout {
  readonly source: ByteSource
  readonly volume: Volume
  readonly descriptorSector: number
  readonly set: DescriptorSet
  readonly hierarchies: readonly Hierarchy[]
  /** Undefined when no root directory can be read: the tree is then a root without children. */
  readonly shown: ShownTree | undefined
  readonly tree: FileTree
  readonly others: readonly OtherTree[]
  readonly pathTables: readonly PathTable[]
  readonly systemArea: SystemArea
  readonly ownPartitions: readonly Partition[]
  readonly bootCatalog: BootCatalog | undefined
  /** Bytes of the catalog, or of the file that is the catalog. */
  readonly bootCatalogLength: number
  readonly looseBootImages: readonly LooseBootImage[]
  readonly sessions: readonly Session[]
  readonly checksums: ChecksumArray | undefined
  readonly loose: LooseSectors
  readonly warnings: WarningList
}

/** A tree that has only a root: all that is left of an image without a readable root directory. */
const EMPTY_TREE: FileTree = {
  entries: [
    { index: 0, parent: 0, name: '', type: 'directory', size: 0, mode: 0o555, uid: 0, gid: 0, mtime: 0, identity: -1 },
  ],
}

/** @throws {FormatError} when there is no volume descriptor with a directory tree */
export function readLayout(
  source: ByteSource,
  options: { readonly nameTree?: NameTreeKind; readonly descriptorSector?: number },
  limits: Limits,
): Layout {
  const warnings = new WarningList(source)
  const descriptorSector = options.descriptorSector ?? firstDescriptorSector(source)
  const set = readDescriptorSet(source, descriptorSector, warnings, limits)
  const fields = mainFields(source, descriptorSector, set, warnings)
  const volume = volumeOf(source, fields, warnings, limits)
  checkVolumeSize(volume, fields, descriptorSector)
  const hierarchies = hierarchiesOf(volume, set)
  const systemArea = readSystemArea(source, warnings, limits)
  const readable = hierarchies.filter((hierarchy) => hierarchy.problem === undefined)
  for (const { problem } of hierarchies)
    if (problem !== undefined) warnings.lose(problem.code, problem.detail, problem.facts)
  const shown =
    readable.length > 0 || options.nameTree !== undefined
      ? readShownTree(volume, readable, options.nameTree)
      : undefined
  const bootCatalog = findBootCatalog(volume, set)
  if (set.udfRecognition.length > 0) checkUdfBridge(volume, shown)

  const owned = new RangeList()
  const files = new RangeList()
  const bootCatalogLength = Math.max(bootCatalog?.length ?? 0, addShownTree(volume, shown, owned, files, bootCatalog))
  if (bootCatalog !== undefined) owned.add(bootCatalog.offset, bootCatalogLength)
  for (const { offset } of set.descriptors) owned.add(offset, SECTOR)
  for (const offset of set.udfRecognition) owned.add(offset, SECTOR)
  const tables = hierarchies.flatMap((hierarchy) => pathTables(volume, hierarchy))
  for (const { offset, length } of tables) owned.add(offset, length)
  const looseBootImages = findLooseBootImages(source, bootCatalog, systemArea, files, owned)
  for (const { offset, length } of looseBootImages) owned.add(offset, length)

  const visited = new Set(shown?.directories)
  const others: OtherTree[] = []
  const budgets = secondaryBudgets(volume)
  for (const hierarchy of readable) {
    if (hierarchy === shown?.hierarchy || visited.has(hierarchy.root.offset)) continue
    others.push(otherTree(volume, hierarchy, hierarchy.name, visited, owned, budgets))
  }
  for (const other of others) addOtherTree(other, owned)
  const partitions = ownPartitions(systemArea, (start) => files.covers(start, 1))
  for (const { start, length } of partitions) owned.add(start, length)
  const checksums = checksumArray(volume, shown?.susp?.attributes ?? [])
  if (checksums !== undefined) owned.add(checksums.offset, checksums.length)
  const loose = findLooseSectors(volume, owned)
  const sessions = readSessions(volume, loose.descriptors, visited, owned, others, budgets)
  return {
    source,
    volume,
    descriptorSector,
    set,
    hierarchies,
    shown,
    tree: shown?.tree ?? EMPTY_TREE,
    others,
    pathTables: tables,
    systemArea,
    ownPartitions: partitions,
    bootCatalog,
    bootCatalogLength,
    looseBootImages,
    sessions,
    checksums,
    loose,
    warnings,
  }
}

function firstDescriptorSector(source: ByteSource): number {
  for (let sector = FIRST_DESCRIPTOR_SECTOR; sector < FIRST_DESCRIPTOR_SECTOR + SECTORS_SEARCHED; sector += 1) {
    if (descriptorKind(source, sector * SECTOR) !== undefined) return sector
  }
  return FIRST_DESCRIPTOR_SECTOR
}

/** The descriptor that speaks for the volume: the first primary one, else any with a tree. */
function mainFields(source: ByteSource, sector: number, set: DescriptorSet, warnings: WarningList): VolumeFields {
  const primaries = set.descriptors.filter(
    (one) => one.kind === 'primary volume descriptor' && one.fields !== undefined,
  )
  const main = primaries[0] ?? set.descriptors.find((descriptor) => descriptor.fields !== undefined)
  if (main?.fields === undefined) {
    const cut = sector * SECTOR + SECTOR > source.size
    throw formatError(
      cut ? 'TRUNCATED' : 'MALFORMED',
      cut ? 'the file ends before its volume descriptors do' : 'there is no volume descriptor with a directory tree',
      source,
      { structure: 'volume descriptor set (ECMA-119 6.7.1)', offset: sector * SECTOR },
    )
  }
  if (primaries.length === 0) {
    warnings.add('MALFORMED', 'the primary volume descriptor is missing; another one is used', {
      structure: 'volume descriptor set (ECMA-119 6.7.1.1)',
      offset: main.offset,
    })
  }
  for (const { offset } of primaries.slice(1)) {
    warnings.add('MALFORMED', 'a further primary volume descriptor is not used', {
      structure: 'volume descriptor set (ECMA-119 6.7.1.1)',
      offset,
    })
  }
  return main.fields
}

function volumeOf(source: ByteSource, fields: VolumeFields, warnings: WarningList, limits: Limits): Volume {
  const stated = fields.logicalBlockSize.little
  // 2^(n + 9), and not more than a sector (ECMA-119 6.2.2).
  const blockSize = [512, 1024, 2048].find((size) => size === stated || size === fields.logicalBlockSize.big)
  if (blockSize !== stated) {
    warnings.add('MALFORMED', `not a block size of ISO 9660; ${blockSize ?? SECTOR} is used`, {
      structure: 'volume descriptor',
      offset: FIRST_DESCRIPTOR_SECTOR * SECTOR,
      field: 'Logical Block Size',
      found: stated,
    })
  }
  return {
    source,
    blockSize: blockSize ?? SECTOR,
    setSize: fields.volumeSetSize.little,
    sequenceNumber: fields.volumeSequenceNumber.little,
    warnings,
    limits,
  }
}

/** A file shorter than its volume was cut; a longer one is padded, or has something appended. */
function checkVolumeSize({ source, blockSize, warnings }: Volume, fields: VolumeFields, sector: number): void {
  const size = fields.volumeSpaceSize.little * blockSize
  if (size <= source.size) return
  warnings.lose('TRUNCATED', 'the volume is larger than the file: the image is not complete', {
    structure: 'primary volume descriptor',
    offset: sector * SECTOR + 80,
    field: 'Volume Space Size',
    found: source.size,
    expected: size,
    wholeSize: size,
  })
}

/** Of Windows media the ISO 9660 side is a text file that says so. */
function checkUdfBridge({ source, warnings }: Volume, shown: ShownTree | undefined): void {
  let bytes = 0
  for (const entry of shown?.tree.entries ?? []) if (entry.type === 'file') bytes += entry.size
  if (bytes * UDF_ONLY_SHARE > source.size || source.size < UDF_ONLY_MINIMUM) return
  warnings.lose('UNSUPPORTED', 'the content is in UDF, which is not read; the ISO 9660 side holds almost nothing', {
    structure: 'UDF bridge',
    offset: FIRST_DESCRIPTOR_SECTOR * SECTOR,
    found: bytes,
    expected: source.size,
  })
}

/** The first hierarchy of each kind. */
function hierarchiesOf(volume: Volume, set: DescriptorSet): Hierarchy[] {
  const hierarchies: Hierarchy[] = []
  for (const descriptor of set.descriptors) {
    const hierarchy = hierarchyOf(volume, descriptor)
    if (hierarchy === undefined || hierarchies.some((one) => one.name === hierarchy.name)) continue
    hierarchies.push(hierarchy)
  }
  return hierarchies
}

function findBootCatalog(volume: Volume, set: DescriptorSet): BootCatalog | undefined {
  const records = set.descriptors.filter((descriptor) => descriptor.bootCatalog !== undefined)
  for (const { offset } of records.slice(1)) {
    volume.warnings.add('MALFORMED', 'a further El Torito boot record is not used', {
      structure: 'boot record volume descriptor',
      offset,
    })
  }
  const block = records[0]?.bootCatalog
  return block === undefined ? undefined : readBootCatalog(volume, block)
}

/** Adds what the shown tree takes; returns the length of the file that is the boot catalog, if one is. */
function addShownTree(
  { source }: Volume,
  shown: ShownTree | undefined,
  owned: RangeList,
  files: RangeList,
  bootCatalog: BootCatalog | undefined,
): number {
  if (shown === undefined) return 0
  let catalogLength = 0
  const { offsets, lengths } = shown.extents
  for (let extent = 0; extent < offsets.length; extent += 1) {
    const offset = offsets[extent]!
    const length = Math.min(lengths[extent]!, source.size - offset)
    files.add(offset, length)
    if (offset === bootCatalog?.offset) catalogLength = Math.max(catalogLength, length)
  }
  for (const list of [files, shown.directoryExtents, shown.extendedAttributeRecords, shown.reader.continuationAreas]) {
    for (const [start, end] of list.ranges()) owned.add(start, end - start)
  }
  return catalogLength
}

function findLooseBootImages(
  source: ByteSource,
  bootCatalog: BootCatalog | undefined,
  { partitions }: SystemArea,
  files: RangeList,
  owned: RangeList,
): LooseBootImage[] {
  const found: LooseBootImage[] = []
  for (const image of bootCatalog?.images ?? []) {
    const { number, offset } = image
    if (offset >= source.size || files.covers(offset, 1) || found.some((one) => one.offset === offset)) continue
    const partition = partitions.find(({ start }) => start === offset)
    const stated = Math.max(bootImageLength(source, image) ?? 0, partition?.length ?? 0)
    // An EFI image without a stated end reaches to the end of the medium; here, to the next thing that is known.
    const end = stated > 0 ? offset + stated : owned.nextStart(offset, source.size)
    found.push({ number, offset, length: Math.min(end, source.size) - offset })
  }
  return found
}

function otherTree(
  volume: Volume,
  { root }: Hierarchy,
  label: string,
  visited: Set<number>,
  owned: RangeList,
  budgets: SecondaryBudgets,
): OtherTree {
  const other = { label, ...readSecondaryTree(volume, root, visited, owned, budgets) }
  if (other.unsharedFiles > 0) {
    volume.warnings.add('MALFORMED', `files are only in the ${label} tree, which is not shown`, {
      structure: 'directory record',
      offset: other.firstUnshared,
      found: other.unsharedFiles,
    })
  }
  return other
}

function addOtherTree(other: OtherTree, owned: RangeList): void {
  const { directoryExtents, extendedAttributeRecords, continuationAreas, unshared } = other
  for (const list of [directoryExtents, extendedAttributeRecords, continuationAreas, unshared]) {
    for (const [start, end] of list.ranges()) owned.add(start, end - start)
  }
}

/** Volume descriptor sets that nothing points to. One whose root directory is not where it says is a file's, copied. */
function readSessions(
  volume: Volume,
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
    const quiet = new WarningList(volume.source)
    const set = readDescriptorSet(volume.source, sector, quiet, volume.limits)
    const fields = set.descriptors[0]?.fields
    if (fields === undefined) continue
    const inner = volumeOf(volume.source, fields, quiet, volume.limits)
    const hierarchies = hierarchiesOf(inner, set)
    if (hierarchies[0] === undefined || hierarchies[0].problem !== undefined) continue
    const isCopy = visited.has(hierarchies[0].root.offset)
    for (const hierarchy of hierarchies) {
      if (hierarchy.problem !== undefined || visited.has(hierarchy.root.offset)) continue
      const other = { label: ANOTHER_SESSION, ...readSecondaryTree(inner, hierarchy.root, visited, owned, budgets) }
      addOtherTree(other, owned)
      others.push(other)
    }
    sessions.push({ sector, isCopy, set, pathTables: hierarchies.flatMap((hierarchy) => pathTables(inner, hierarchy)) })
  }
  return sessions
}
