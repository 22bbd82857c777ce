import { type ByteString, byteStringOfText, quoted } from '../bytes/byte-string.ts'
import type { Problems } from '../bytes/problems.ts'
import { type AllocationTable, END } from './allocation-table.ts'
import { clusterOffset, type FatVolume, isCluster } from './boot-sector.ts'
import type { ClusterSet } from './cluster-set.ts'
import { dosTime } from './date.ts'
import {
  DELETED,
  DIRECTORY,
  directoryEntry,
  isDotName,
  isLongNameEntry,
  NEVER_USED,
  READ_ONLY,
  VOLUME_LABEL,
} from './directory-entry.ts'
import { LongName, longNameEntry } from './long-name.ts'
import { labelText, shortName, shortNameChecksum } from './short-name.ts'

/** What a directory says of one file or directory in it. */
export interface FatRecord {
  name: ByteString
  readonly isDirectory: boolean
  readonly isReadOnly: boolean
  /** Its first cluster; 0 for a file without content. */
  readonly firstCluster: number
  /** Bytes; 0 for a directory. */
  readonly size: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** Where its directory entry is, in bytes from the start of the source. */
  readonly offset: number
}

/** `count` consecutive clusters from `cluster` on. */
export interface ClusterRun {
  readonly cluster: number
  count: number
}

/** The parts of a volume that the readers of directories share. */
export interface OpenVolume {
  readonly volume: FatVolume
  readonly table: AllocationTable
  readonly problems: Problems
  /** The clusters of all directories so far. */
  readonly visited: ClusterSet
}

/** The content of a directory. */
export interface Listing {
  /** In the order of the directory. */
  readonly records: FatRecord[]
  /** Its clusters. The root of FAT12 and FAT16 has none. */
  readonly clusters: readonly ClusterRun[]
  /** The label of the volume, if the directory has one. */
  readonly label: string | undefined
  /** Whether it has more records than we may read. */
  readonly isCut: boolean
}

/** The root directory: a range of sectors in FAT12 and FAT16, a chain of clusters in FAT32. */
export function readRoot(open: OpenVolume, most: number): Listing {
  const { volume } = open
  if (volume.fatType === 32) return readDirectory(open, volume.rootCluster, 0, most)
  const listing = new ListingReader(open, most)
  const { source, rootOffset, rootLength } = volume
  listing.add(rootOffset, Math.max(0, Math.min(rootLength, source.size - rootOffset)))
  return listing.finish([])
}

/**
 * A directory by its first cluster. It ends where its chain leads into a directory that we have read.
 * @param offset where its directory entry is; 0 for the root
 * @param most the most records that we read
 */
export function readDirectory(open: OpenVolume, firstCluster: number, offset: number, most: number): Listing {
  const { volume, table, problems, visited } = open
  const { source, clusterSize } = volume
  const listing = new ListingReader(open, most)
  const clusters: ClusterRun[] = []
  const lose = (detail: string, found: number): void =>
    problems.lose('MALFORMED', detail, { structure: 'directory', offset, field: 'cluster', found })
  let cluster = firstCluster
  if (!isCluster(volume, cluster)) lose('the directory begins at a cluster that the volume does not have', cluster)
  for (let last = 0; isCluster(volume, cluster); ) {
    if (visited.has(cluster)) {
      lose('the directory leads into a directory that was read before; it ends there', cluster)
      break
    }
    visited.add(cluster)
    addCluster(clusters, cluster)
    const start = clusterOffset(volume, cluster)
    listing.add(start, Math.max(0, Math.min(clusterSize, source.size - start)))
    last = cluster
    cluster = table.link(cluster)
    if (cluster < 2 && cluster !== END) lose('the chain of the directory breaks off', last)
  }
  return listing.finish(clusters)
}

/** Adds a cluster to a chain. */
export function addCluster(runs: ClusterRun[], cluster: number): void {
  const last = runs.at(-1)
  if (last !== undefined && last.cluster + last.count === cluster) last.count += 1
  else runs.push({ cluster, count: 1 })
}

/** Reads the entries of one directory, piece by piece. */
class ListingReader {
  readonly #open: OpenVolume
  readonly #records: FatRecord[] = []
  readonly #longName = new LongName()
  #left: number
  #label: string | undefined
  #isAtEnd = false
  #isCut = false

  constructor(open: OpenVolume, most: number) {
    this.#open = open
    this.#left = most
  }

  /** Reads entries of [offset, offset + length). */
  add(offset: number, length: number): void {
    if (this.#isAtEnd || length < directoryEntry.size) return
    const bytes = this.#open.volume.source.read(offset, length)
    const view = new DataView(bytes.buffer, bytes.byteOffset, length)
    for (let at = 0; at + directoryEntry.size <= length && !this.#isAtEnd; at += directoryEntry.size) {
      const first = bytes[at]
      if (first === NEVER_USED) this.#isAtEnd = true
      else if (first === DELETED) this.#dropLongName(offset + at)
      else if (isLongNameEntry(bytes[at + directoryEntry.offsets.attributes]!)) {
        if (!this.#longName.add(longNameEntry.from(view, at))) this.#orphaned(offset + at)
      } else this.#addEntry(directoryEntry.from(view, at), offset + at)
    }
  }

  finish(clusters: readonly ClusterRun[]): Listing {
    return { records: this.#records, clusters, label: this.#label, isCut: this.#isCut }
  }

  #addEntry(entry: ReturnType<typeof directoryEntry.from>, offset: number): void {
    const { name, attributes, caseFlags, firstClusterHigh, firstClusterLow, writeDate, writeTime } = entry
    if ((attributes & VOLUME_LABEL) !== 0) {
      this.#dropLongName(offset)
      this.#label ??= labelText(name)
      return
    }
    if (isDotName(name)) return
    if (this.#left <= 0) {
      this.#isAtEnd = true
      this.#isCut = true
      return
    }
    const hadLongName = this.#longName.isPending
    const long = this.#longName.take(shortNameChecksum(name))
    if (hadLongName && long === undefined) this.#orphaned(offset)
    const isDirectory = (attributes & DIRECTORY) !== 0
    // In FAT12 and FAT16, other systems use the upper half for other things.
    const high = this.#open.volume.fatType === 32 ? firstClusterHigh : 0
    this.#left -= 1
    this.#records.push({
      name: long === undefined ? shortName(name, caseFlags) : byteStringOfText(long),
      isDirectory,
      isReadOnly: (attributes & READ_ONLY) !== 0,
      firstCluster: high * 0x1_0000 + firstClusterLow,
      size: isDirectory ? 0 : entry.fileSize,
      mtime: dosTime(writeDate, writeTime),
      offset,
    })
  }

  #dropLongName(offset: number): void {
    if (this.#longName.isPending) this.#orphaned(offset)
    this.#longName.drop()
  }

  #orphaned(offset: number): void {
    const detail = 'parts of a long name belong to no entry; they are left out'
    this.#open.problems.add('MALFORMED', detail, { structure: longNameEntry.name, offset })
  }
}

/** The name of a directory entry, for messages. */
export function entryStructure(name: ByteString): string {
  return `directory entry ${quoted(name)}`
}
