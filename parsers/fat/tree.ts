import type { ByteString } from '../bytes/byte-string.ts'
import { atLimit, type Limits } from '../bytes/limits.ts'
import { ColumnTree, EntryColumns } from '../entry-columns.ts'
import type { FileTree } from '../image.ts'
import {
  type ClusterRun,
  entryStructure,
  type FatRecord,
  type Listing,
  type OpenVolume,
  readDirectory,
  readRoot,
} from './directory.ts'
import { isPathComponent, sortSiblings } from './sibling-names.ts'

/** The entries of a volume, and where their clusters are. */
export interface FatTree {
  readonly files: FileTree
  /** The first cluster of each entry as its directory entry states it; 0 for the root. */
  readonly firstClusters: readonly number[]
  /** Where the directory entry of each entry is, in bytes from the start of the source; 0 for the root. */
  readonly entryOffsets: readonly number[]
  /** The clusters of each directory that we have read, by its entry. */
  readonly directoryClusters: ReadonlyMap<number, readonly ClusterRun[]>
  /** The label in the root directory. */
  readonly label: string | undefined
}

const DIRECTORY_MODE = 0o755
const FILE_MODE = 0o644
const READ_ONLY_MODE = 0o444

/** A directory whose children the walk is visiting. */
interface Level {
  readonly entry: number
  readonly records: readonly FatRecord[]
  /** Bytes of its path. */
  readonly pathLength: number
  next: number
}

/** Walks the directories from the root, depth first, without recursion. It reports damage and skips it. */
export function readTree(open: OpenVolume, limits: Limits): FatTree {
  const walk = new TreeWalk(open, limits)
  const label = walk.run()
  return {
    files: walk.tree(),
    firstClusters: walk.firstClusters,
    entryOffsets: walk.entryOffsets,
    directoryClusters: walk.directoryClusters,
    label,
  }
}

class TreeWalk {
  readonly firstClusters: number[] = []
  readonly entryOffsets: number[] = []
  readonly directoryClusters = new Map<number, readonly ClusterRun[]>()
  readonly #open: OpenVolume
  readonly #limits: Limits
  readonly #columns = new EntryColumns(64)
  readonly #names: ByteString[] = []
  /** The first file at a cluster: its size. */
  readonly #sizeAt = new Map<number, number>()
  #left: number
  #pathBytes = 0

  constructor(open: OpenVolume, limits: Limits) {
    this.#open = open
    this.#limits = limits
    this.#left = limits.entries
  }

  tree(): FileTree {
    const names = this.#names
    return new ColumnTree(this.#columns, (index) => names[index]!)
  }

  /** @returns the label in the root directory */
  run(): string | undefined {
    const { volume, problems } = this.#open
    const root = readRoot(this.#open, this.#left)
    const rootRecord = { name: '', isDirectory: true, isReadOnly: false, size: 0, mtime: 0, offset: 0 }
    this.#add(0, { ...rootRecord, firstCluster: volume.rootCluster }, root)
    const stack: Level[] = [this.#level(0, root, 0)]
    while (stack.length > 0) {
      const level = stack[stack.length - 1]!
      const record = level.records[level.next]
      if (record === undefined) {
        stack.pop()
        continue
      }
      const pathLength = level.pathLength + 1 + record.name.length
      this.#pathBytes += pathLength
      if (this.#pathBytes > this.#limits.path) {
        const place = { structure: entryStructure(record.name), offset: record.offset }
        const detail = 'the paths are too long in total; the rest is left out'
        problems.lose('LIMIT', detail, { ...place, ...atLimit(this.#limits, 'path') })
        break
      }
      level.next += 1
      const listing = record.isDirectory ? this.#enter(record, stack.length) : undefined
      const entry = this.#add(level.entry, record, listing)
      if (listing !== undefined) stack.push(this.#level(entry, listing, pathLength))
    }
    return root.label
  }

  /** Reads a directory; undefined if it is too deep. */
  #enter({ name, offset, firstCluster }: FatRecord, depth: number): Listing | undefined {
    if (depth < this.#limits.depth) return readDirectory(this.#open, firstCluster, offset, this.#left)
    const detail = `directories nest deeper than ${this.#limits.depth}; this one is not entered`
    const place = { structure: entryStructure(name), offset, ...atLimit(this.#limits, 'depth') }
    this.#open.problems.lose('LIMIT', detail, place)
    return undefined
  }

  #level(entry: number, { records, isCut }: Listing, pathLength: number): Level {
    const { problems } = this.#open
    this.#left -= records.length
    if (isCut) {
      const place = { structure: 'directory', offset: this.entryOffsets[entry]!, ...atLimit(this.#limits, 'entries') }
      problems.lose('LIMIT', `more than ${this.#limits.entries} names; the rest is left out`, place)
    }
    const kept = records.filter(({ name, offset }) => {
      if (isPathComponent(name)) return true
      const place = { structure: entryStructure(name), offset, field: 'name' }
      problems.lose('MALFORMED', 'no path can have this name; the entry is left out', place)
      return false
    })
    for (const { name, offset } of sortSiblings(kept)) {
      const place = { structure: entryStructure(name), offset, field: 'name' }
      problems.add('MALFORMED', 'a directory has a name twice; the second one is shown with a number', place)
    }
    return { entry, records: kept, pathLength, next: 0 }
  }

  #add(parent: number, record: FatRecord, listing: Listing | undefined): number {
    const { isDirectory, isReadOnly, firstCluster, mtime, name, offset } = record
    const entry = this.#columns.count
    const facts = {
      type: isDirectory ? ('directory' as const) : ('file' as const),
      size: listing === undefined ? record.size : this.#sizeOf(entry, listing),
      mode: isDirectory ? DIRECTORY_MODE : isReadOnly ? READ_ONLY_MODE : FILE_MODE,
      mtime,
    }
    this.#columns.add(parent, this.#identityOf(entry, record), facts, 0, 0)
    this.#names.push(name)
    this.firstClusters.push(firstCluster)
    this.entryOffsets.push(offset)
    if (listing !== undefined) this.directoryClusters.set(entry, listing.clusters)
    return entry
  }

  /** Bytes of a directory, with the entries that are not in use. */
  #sizeOf(entry: number, { clusters }: Listing): number {
    const { rootLength, clusterSize } = this.#open.volume
    const count = clusters.reduce((sum, run) => sum + run.count, 0)
    return entry === 0 && rootLength > 0 ? rootLength : count * clusterSize
  }

  /**
   * Files with the same first cluster and the same size are one file with two names. A number below zero stands for a
   * file that has no other name.
   */
  #identityOf(entry: number, { isDirectory, firstCluster, size }: FatRecord): number {
    const own = -1 - entry
    if (isDirectory || size === 0 || firstCluster === 0) return own
    const known = this.#sizeAt.get(firstCluster)
    if (known === undefined) this.#sizeAt.set(firstCluster, size)
    return known === undefined || known === size ? firstCluster : own
  }
}
