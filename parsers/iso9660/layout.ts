import { byteString } from '../bytes/byte-string.ts'
import type { Limits } from '../bytes/limits.ts'
import { Problems } from '../bytes/problems.ts'
import { RangeList } from '../bytes/range-list.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { treeOf } from '../entry-columns.ts'
import { type FileTree, filesOf, type NameTreeKind } from '../image.ts'
import { isHfs } from '../partition/partition-type.ts'
import { type NamedPart, type PlacedPart, partsBesideTree, withRanges } from './beside-tree.ts'
import { type ChecksumArray, checksumArray } from './checksum-array.ts'
import { type BootCatalog, readBootCatalog } from './el-torito.ts'
import type { ForeignStructure } from './foreign-structure.ts'
import { hfsVolumes, type UdfSide, udfSide, unowned } from './foreign-volumes.ts'
import { type Hierarchy, hierarchiesOf } from './hierarchy.ts'
import { findLooseSectors, type LooseSectors } from './loose-sectors.ts'
import { addOtherTree, type OtherTree, otherTree } from './other-tree.ts'
import { type PathTable, pathTablesOf } from './path-table.ts'
import { secondaryBudgets } from './secondary-tree.ts'
import { readSessions, type Session } from './sessions.ts'
import { readShownTree, type ShownTree } from './shown-tree.ts'
import { readSystemArea, type SystemArea, systemAreaParts } from './system-area.ts'
import { type Volume, volumeOf } from './volume.ts'
import {
  type DescriptorSet,
  descriptorKind,
  FIRST_DESCRIPTOR_SECTOR,
  readDescriptorSet,
  SECTOR,
  type VolumeFields,
} from './volume-descriptor.ts'

/** Sectors to search for the first descriptor if sector 16 is damaged. */
const SECTORS_SEARCHED = 16
/** If a UDF bridge exceeds 4 MiB and its files take less than a twentieth of it, its content is elsewhere. */
const UDF_ONLY_SHARE = 20
const UDF_ONLY_MINIMUM = 4 << 20

/** Everything that we know about where things lie in an image. */
export interface Layout {
  readonly source: ByteSource
  readonly volume: Volume
  readonly descriptorSector: number
  readonly set: DescriptorSet
  readonly hierarchies: readonly Hierarchy[]
  /** Undefined if we can read no root directory; the tree is then a root without children. */
  readonly shown: ShownTree | undefined
  readonly tree: FileTree
  readonly others: readonly OtherTree[]
  readonly pathTables: readonly PathTable[]
  readonly systemArea: SystemArea
  readonly bootCatalog: BootCatalog | undefined
  /** Bytes of the catalog, or of the file that is the catalog. */
  readonly bootCatalogLength: number
  /** Boot images and partitions that no file holds. */
  readonly besideTree: readonly NamedPart[]
  /** Those of them that boot images and partitions place. */
  readonly parts: readonly PlacedPart[]
  /** The bytes of HFS, HFS+ and UDF that neither files nor other structures own. */
  readonly foreign: readonly ForeignStructure[]
  /** Where mkisofs and genisoimage wrote their version and options; undefined if they did not. */
  readonly versionSector: number | undefined
  readonly sessions: readonly Session[]
  readonly checksums: ChecksumArray | undefined
  readonly loose: LooseSectors
  readonly warnings: Problems
}

/** The tree of an image without a readable root directory: just a root. */
const EMPTY_TREE: FileTree = treeOf([
  { index: 0, parent: 0, name: '', type: 'directory', size: 0, mode: 0o555, uid: 0, gid: 0, mtime: 0, identity: -1 },
])

/** @throws {FormatError} when there is no volume descriptor with a directory tree */
export function readLayout(
  source: ByteSource,
  options: { readonly nameTree?: NameTreeKind; readonly descriptorSector?: number },
  limits: Limits,
): Layout {
  const warnings = new Problems(source)
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

  const owned = new RangeList()
  for (const { offset, length } of systemAreaParts(systemArea)) owned.add(offset, length)
  const files = new RangeList()
  const bootCatalogLength = Math.max(bootCatalog?.length ?? 0, addShownTree(volume, shown, owned, files, bootCatalog))
  if (bootCatalog !== undefined) owned.add(bootCatalog.offset, bootCatalogLength)
  for (const { offset } of set.descriptors) owned.add(offset, SECTOR)
  for (const offset of set.udfRecognition) owned.add(offset, SECTOR)
  const tables = pathTablesOf(volume, hierarchies)
  for (const { offset, length } of tables) owned.add(offset, length)
  const versionSector = findVersionSector(source, set)
  if (versionSector !== undefined) owned.add(versionSector, SECTOR)
  const hfs = hfsVolumes(source, systemArea.partitions)
  const hfsStructures = [...hfs.values()].flatMap(({ structures }) =>
    // The second extent of a catalog from genisoimage points into files, so we drop structures that touch files.
    structures.filter(({ offset, length }) => !files.touches(offset, length)),
  )
  const foreign = unowned(source, owned, hfsStructures)
  const places = { files, owned, root: shown?.hierarchy.root.offset }
  const partitions = systemArea.partitions.filter((partition) => !isHfs(partition) || !hfs.has(partition.start))
  const parts = partsBesideTree(source, bootCatalog?.images ?? [], partitions, places)
  for (const { offset, length, inPart } of parts) if (!inPart) owned.add(offset, length)

  const visited = new Set(shown?.directories)
  const others: OtherTree[] = []
  const budgets = secondaryBudgets(volume)
  for (const hierarchy of readable) {
    if (hierarchy === shown?.hierarchy || visited.has(hierarchy.root.offset)) continue
    others.push(otherTree(volume, hierarchy, hierarchy.name, visited, owned, budgets))
  }
  for (const other of others) addOtherTree(other, owned)
  const checksums = checksumArray(volume, shown?.susp?.attributes ?? [])
  if (checksums !== undefined) owned.add(checksums.offset, checksums.length)
  const loose = findLooseSectors(volume, owned)
  for (const offset of loose.checksumTags) owned.add(offset, SECTOR)
  const sessions = readSessions(volume, systemArea.partitions, loose.descriptors, visited, owned, others, budgets)
  foreign.push(
    ...unowned(
      source,
      owned,
      [...hfs.values()].flatMap(({ contents }) => contents),
    ),
  )
  const isBridge = set.udfRecognition.length > 0
  const udf = isBridge ? udfSide(volume, loose, owned) : { structures: [], files: [] }
  if (isBridge) checkUdfBridge(volume, shown, udf)
  const placed = withRanges(source, parts, owned, limits)
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
    bootCatalog,
    bootCatalogLength,
    besideTree: [...placed, ...udf.files],
    parts: placed,
    foreign: [...foreign, ...udf.structures],
    versionSector,
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

/** The descriptor that represents the volume: the first primary one, else any descriptor with a tree. */
function mainFields(source: ByteSource, sector: number, set: DescriptorSet, warnings: Problems): VolumeFields {
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

/** A file shorter than its volume was cut. A longer one has padding or appended data. */
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

/**
 * On Windows media, the ISO 9660 side is a text file that says to use UDF. But if we walked the UDF side and it has no
 * files besides those of the tree, the image really has only small files.
 */
function checkUdfBridge({ source, warnings }: Volume, shown: ShownTree | undefined, udf: UdfSide): void {
  let bytes = 0
  for (const index of shown === undefined ? [] : filesOf(shown.tree)) bytes += shown!.tree.sizes[index]!
  if (bytes * UDF_ONLY_SHARE > source.size || source.size < UDF_ONLY_MINIMUM) return
  if (udf.structures.some(({ name }) => name === 'UDF file set descriptor') && udf.files.length === 0) return
  warnings.lose('UNSUPPORTED', 'the content is in UDF, which is not read; the ISO 9660 side holds almost nothing', {
    structure: 'UDF bridge',
    offset: FIRST_DESCRIPTOR_SECTOR * SECTOR,
    found: bytes,
    expected: source.size,
  })
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

/** Adds the bytes of the shown tree. It returns the length of the file that is the boot catalog, or 0. */
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

/** Here cdrtools' mkisofs and genisoimage write when and how they were called: "MKI ", then text. */
function findVersionSector(source: ByteSource, { descriptors, udfRecognition }: DescriptorSet): number | undefined {
  const last = Math.max(descriptors.at(-1)?.offset ?? 0, udfRecognition.at(-1) ?? 0)
  // It comes between the terminator and the recognition sequence of UDF, or after both.
  for (const offset of [(descriptors.at(-1)?.offset ?? 0) + SECTOR, last + SECTOR]) {
    if (offset + SECTOR <= source.size && byteString(source.read(offset, 4)) === 'MKI ') return offset
  }
  return undefined
}
