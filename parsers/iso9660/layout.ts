import { type ByteString, byteString } from '../bytes/byte-string.ts'
import type { Limits } from '../bytes/limits.ts'
import { RangeList } from '../bytes/range-list.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { FileTree } from '../image.ts'
import type { Partition } from '../partition/partition.ts'
import { isHfs } from '../partition/partition-type.ts'
import { type BesideTree, namesBesideTree, partsBesideTree } from './beside-tree.ts'
import { type ChecksumArray, checksumArray } from './checksum-array.ts'
import { type BootCatalog, readBootCatalog } from './el-torito.ts'
import type { ForeignStructure } from './foreign-structure.ts'
import { type HfsVolume, readHfs } from './hfs.ts'
import { type Hierarchy, hierarchiesOf } from './hierarchy.ts'
import { findLooseSectors, type LooseSectors } from './loose-sectors.ts'
import type { NameTreeKind } from './name-tree.ts'
import { type PathTable, pathTables } from './path-table.ts'
import { readSecondaryTree, type SecondaryBudgets, type SecondaryTree, secondaryBudgets } from './secondary-tree.ts'
import { readShownTree, type ShownTree } from './shown-tree.ts'
import { readSystemArea, type SystemArea, systemAreaParts } from './system-area.ts'
import { readUdf } from './udf.ts'
import type { Volume } from './volume.ts'
import { findVolume, placeName } from './volume-base.ts'
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

/** HFS volumes looked for, the whole disc's among them: there are one or two. */
const HFS_LIMIT = 8
/** Parts beside the tree that files have in part, and are looked into. */
const PARTS_LIMIT = 64
/** Stretches of data that are told of a part beside the tree that files have in part; there is one, behind a file. */
const STRETCHES_LIMIT = 64

/** A UDF bridge of more than 4 MiB whose files take less than a twentieth of it keeps its content elsewhere. */
const UDF_ONLY_SHARE = 20
const UDF_ONLY_MINIMUM = 4 << 20

/** What trees of other sessions are called. */
export const ANOTHER_SESSION = 'another session'

/** A tree that is not shown. */
export interface OtherTree extends SecondaryTree {
  /** "Joliet", or ANOTHER_SESSION. */
  readonly label: string
  /** Of a volume within a partition: what that is called, "partition 1". */
  readonly within?: string
}

/** A volume descriptor set that is not the one shown. */
export interface Session {
  readonly sector: number
  /**
   * `session`: it leads to another tree. `copy`: to one that was read already, for xorriso emulates a table of contents
   * so. `partition`: to the same files, for who mounts a partition of the disc; its addresses count from there.
   */
  readonly kind: 'session' | 'copy' | 'partition'
  /** What the names of its structures say: "session at sector 80", "partition 1". */
  readonly label: string
  readonly set: DescriptorSet
  readonly pathTables: readonly PathTable[]
}

/** A part of the image beside its tree, under the name it has among the regions. */
export interface NamedPart {
  readonly name: ByteString
  /** Its bytes, or what files and structures leave of them: [start, end). */
  readonly ranges: readonly (readonly [number, number])[]
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
  readonly bootCatalog: BootCatalog | undefined
  /** Bytes of the catalog, or of the file that is the catalog. */
  readonly bootCatalogLength: number
  /** Boot images and partitions that no file holds. */
  readonly besideTree: readonly NamedPart[]
  /** What HFS, HFS+ and UDF take beside the files, as far as nothing else does. */
  readonly foreign: readonly ForeignStructure[]
  /** Where mkisofs and genisoimage say how they were called; undefined where they did not. */
  readonly versionSector: number | undefined
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
  for (const { offset, length } of systemAreaParts(systemArea)) owned.add(offset, length)
  const files = new RangeList()
  const bootCatalogLength = Math.max(bootCatalog?.length ?? 0, addShownTree(volume, shown, owned, files, bootCatalog))
  if (bootCatalog !== undefined) owned.add(bootCatalog.offset, bootCatalogLength)
  for (const { offset } of set.descriptors) owned.add(offset, SECTOR)
  for (const offset of set.udfRecognition) owned.add(offset, SECTOR)
  const tables = hierarchies.flatMap((hierarchy) => pathTables(volume, hierarchy))
  for (const { offset, length } of tables) owned.add(offset, length)
  const versionSector = findVersionSector(source, set)
  if (versionSector !== undefined) owned.add(versionSector, SECTOR)
  const hfsAt = hfsVolumes(source, systemArea.partitions)
  const hfs = hfsStructures(source, hfsAt.values(), files, owned)
  const places = { files, owned, root: shown?.hierarchy.root.offset }
  const partitions = systemArea.partitions.filter((partition) => !isHfs(partition) || !hfsAt.has(partition.start))
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
  const sessions = readSessions(volume, systemArea.partitions, loose.descriptors, visited, owned, others, budgets)
  for (const offset of loose.checksumTags) owned.add(offset, SECTOR)
  const udf = set.udfRecognition.length > 0 ? udfStructures(volume, loose, owned) : NO_UDF
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
    besideTree: [...withRanges(source, parts, owned, limits), ...udf.files],
    foreign: [...hfs, ...udf.structures],
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
    base: 0,
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

/** cdrtools' mkisofs and genisoimage say there when and how they were called: "MKI ", then text. */
function findVersionSector(source: ByteSource, { descriptors, udfRecognition }: DescriptorSet): number | undefined {
  const last = Math.max(descriptors.at(-1)?.offset ?? 0, udfRecognition.at(-1) ?? 0)
  // It comes between the terminator and the recognition sequence of UDF, or after both.
  for (const offset of [(descriptors.at(-1)?.offset ?? 0) + SECTOR, last + SECTOR]) {
    if (offset + SECTOR <= source.size && byteString(source.read(offset, 4)) === 'MKI ') return offset
  }
  return undefined
}

/**
 * What HFS and HFS+ volumes over the same disc have, by where each begins: one of the whole disc, as genisoimage makes
 * them, or of partitions.
 */
function hfsVolumes(source: ByteSource, partitions: readonly Partition[]): Map<number, HfsVolume> {
  const starts = new Set([0, ...partitions.filter(isHfs).map(({ start }) => start)])
  const volumes = new Map<number, HfsVolume>()
  for (const start of [...starts].slice(0, HFS_LIMIT)) {
    const volume = readHfs(source, start)
    if (volume !== undefined) volumes.set(start, volume)
  }
  return volumes
}

/** What HFS volumes have for themselves: what genisoimage says of a catalog's second extent is where files lie. */
function hfsStructures(
  source: ByteSource,
  volumes: Iterable<HfsVolume>,
  files: RangeList,
  owned: RangeList,
): ForeignStructure[] {
  const claimed = [...volumes].flatMap(({ structures, contents }) => [
    ...structures.filter(({ offset, length }) => !files.touches(offset, length)),
    ...contents,
  ])
  return unowned(source, owned, claimed)
}

/** The parts of structures that nothing owns yet; they are owned then. */
function unowned(source: ByteSource, owned: RangeList, structures: readonly ForeignStructure[]): ForeignStructure[] {
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
interface UdfSide {
  readonly structures: readonly ForeignStructure[]
  readonly files: readonly NamedPart[]
}

const NO_UDF: UdfSide = { structures: [], files: [] }

function udfStructures({ source, limits }: Volume, loose: LooseSectors, owned: RangeList): UdfSide {
  const { structures, contents } = readUdf(source, limits.entries)
  // Sectors with a tag that the walk did not come to: reserves, and what a damaged structure would lead to.
  const free = [...unowned(source, owned, structures), ...unowned(source, owned, loose.udf)]
  const ranges = [...contents.ranges()].flatMap(([start, end]) => [
    ...owned.gapsWithin(start, Math.min(end, source.size)),
  ])
  for (const [start, end] of ranges) owned.add(start, end - start)
  return { structures: free, files: ranges.length === 0 ? [] : [{ name: 'files only in the UDF tree', ranges }] }
}

/**
 * The bytes of each part beside the tree. One that files have in part is known to have only what is not zeros: the rest
 * of its sectors, and views that reach over several files, are no part of it.
 */
function withRanges(source: ByteSource, parts: readonly BesideTree[], owned: RangeList, limits: Limits): NamedPart[] {
  const budget = { left: limits.search, parts: PARTS_LIMIT }
  const names = namesBesideTree(parts)
  return parts.flatMap(({ offset, length, inPart }, index) => {
    const whole: readonly (readonly [number, number])[] = [[offset, offset + length]]
    const ranges = inPart ? dataWithin(source, owned, offset, offset + length, budget) : whole
    return ranges.length === 0 ? [] : [{ name: names[index]!, ranges }]
  })
}

/** Stretches of unowned sectors that are not zeros. Beyond the budget, and beyond a number of them, they are not told. */
function dataWithin(
  source: ByteSource,
  owned: RangeList,
  start: number,
  end: number,
  budget: { left: number; parts: number },
): [number, number][] {
  const found: [number, number][] = []
  budget.parts -= 1
  if (budget.parts < 0) return found
  for (const [from, to] of owned.gapsWithin(start, end)) {
    for (let at = from; at < to; ) {
      const next = Math.min((Math.floor(at / SECTOR) + 1) * SECTOR, to)
      budget.left -= next - at
      if (budget.left < 0) return found
      if (source.read(at, next - at).some((byte) => byte !== 0)) {
        const last = found.at(-1)
        if (last?.[1] === at) last[1] = next
        else if (found.length === STRETCHES_LIMIT) return found
        else found.push([at, next])
      }
      at = next
    }
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
  within?: string,
): OtherTree {
  const other = {
    label,
    ...(within === undefined ? {} : { within }),
    ...readSecondaryTree(volume, root, visited, owned, budgets),
  }
  if (other.unsharedFiles > 0) {
    volume.warnings.add('MALFORMED', `files are only in the ${treeName(other)}, which is not shown`, {
      structure: 'directory record',
      offset: other.firstUnshared,
      found: other.unsharedFiles,
    })
  }
  return other
}

/** "Joliet tree", "tree of partition 1". */
export function treeName({ label, within }: Pick<OtherTree, 'label' | 'within'>): string {
  if (within === undefined) return `${label} tree`
  const tree = label === 'primary' ? 'tree' : `${label} tree`
  return `${tree} of ${within.startsWith('volume') ? 'the ' : ''}${within}`
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
    const quiet = new WarningList(volume.source)
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
    const tables = hierarchies.flatMap((hierarchy) => pathTables(inner, hierarchy))
    for (const table of tables) owned.add(table.offset, table.length)
    for (const descriptor of set.descriptors) owned.add(descriptor.offset, SECTOR)
    sessions.push({ sector, kind, label, set, pathTables: tables })
  }
  return sessions
}
