import { DEFAULT_LIMITS, type Limits } from '../bytes/limits.ts'
import { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { Entry, FormatTraits, Image, StoredExtent, StoredRun } from '../image.ts'
import { AllocationTable, firstLostCluster } from './allocation-table.ts'
import { bootSector, clusterOffset, type FatVolume, readVolume } from './boot-sector.ts'
import { type Chains, followChains } from './chains.ts'
import { claimContent, claimStructures, compareTables } from './claims.ts'
import { ClusterSet } from './cluster-set.ts'
import { checkReservedSectors } from './fs-info.ts'
import { volumeLabel } from './label.ts'
import { readTree } from './tree.ts'

/** The traits of FAT file systems. Files and tables have their own sectors. */
export const FAT: FormatTraits = {
  name: 'fat',
  title: 'FAT',
  noun: 'a FAT file system',
  // An ".img" may be anything, and an EFI system partition has no usual ending.
  extensions: [],
  // A partition for booting holds kernels, initrds and EFI programs.
  looksInside: 'files',
  accounts: 'of its file',
  sharesBytes: false,
  sectorSize: 512,
}

/** How a FAT file system is opened. */
export interface FatOptions {
  /** The limits that no image may exceed, where they are not DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>
}

/**
 * Opens a FAT12, FAT16 or FAT32 file system. It leaves out damaged parts, and `warnings` reports them.
 * @throws {FormatError} MALFORMED when its boot sector is not valid
 */
export function openFat(source: ByteSource, options: FatOptions = {}): Image {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const volume = readVolume(source)
  if (volume === undefined) {
    const place = { structure: bootSector.name, offset: 0 }
    throw formatError('MALFORMED', 'its fields are not those of a FAT file system', source, place)
  }
  const problems = new Problems(source)
  const table = new AllocationTable(volume)
  checkLength(volume, table, problems)
  checkReservedSectors(volume, problems)
  const tree = readTree({ volume, table, problems, visited: new ClusterSet(table.count) }, limits)
  let followed: Chains | undefined
  const chains = (): Chains => {
    followed ??= followChains(volume, table, tree, limits, problems)
    return followed
  }
  const label = volumeLabel(volume, tree.label)
  return {
    format: FAT,
    source,
    tree: tree.files,
    facts: {
      fatType: volume.fatType,
      ...(label === undefined ? {} : { volumeLabel: label }),
      clusterSize: volume.clusterSize,
      clusters: volume.clusters,
      sectorSize: volume.sectorSize,
    },
    ...problems.found(),
    runs: (entry) => runsOf(volume, chains(), entry),
    extents: (entry) => extentsOf(volume, chains(), entry),
    claimContent(map) {
      claimContent(map, volume, tree, chains())
      compareTables(volume, chains().problems)
      return chains().problems.found()
    },
    claimStructures: (map) => claimStructures(map, volume, table, chains()),
  }
}

/** Reports what a truncated source lacks. Some writers leave out the free clusters at the end, which lose nothing. */
function checkLength(volume: FatVolume, table: AllocationTable, problems: Problems): void {
  const { source, dataOffset, sectorClusters, clusters, size } = volume
  if (clusters < sectorClusters) {
    problems.add('MALFORMED', 'the allocation table is too short for all clusters; the others are left out', {
      structure: bootSector.name,
      offset: 0,
      field: 'BPB_FATSz',
      found: clusters,
      expected: sectorClusters,
    })
  }
  if (size <= source.size) return
  const place = {
    structure: bootSector.name,
    offset: 0,
    field: 'BPB_TotSec',
    found: source.size,
    expected: size,
  }
  if (dataOffset <= source.size && firstLostCluster(volume, table) === undefined) {
    problems.add('TRUNCATED', 'the file ends before the file system does; only free clusters are missing', place)
    return
  }
  const detail = 'the file ends before the file system does'
  problems.explain(formatError('TRUNCATED', detail, source, { ...place, wholeSize: size }))
}

/** The extents of a file: its chain of clusters, with the consecutive ones joined. */
function* extentsOf(volume: FatVolume, chains: Chains, { index, type, size }: Entry): Generator<StoredExtent> {
  if (type !== 'file') return
  let at = 0
  for (const { cluster, count } of chains.of(index)) {
    const length = Math.min(size - at, count * volume.clusterSize)
    // The chain may have more clusters than the content needs.
    if (length === 0) return
    yield { at, offset: clusterOffset(volume, cluster), length, unpacked: length, codec: 'stored' }
    at += length
  }
  const problem = chains.problemOf(index)
  if (at < size && problem !== undefined) throw problem
}

function* runsOf(volume: FatVolume, chains: Chains, entry: Entry): Generator<StoredRun> {
  for (const { offset, length } of extentsOf(volume, chains, entry)) {
    yield { offset, storedLength: length, length, skip: 0, unpackedLimit: length, codec: 'stored' }
  }
}
