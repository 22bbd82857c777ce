import type { FormatError } from '../bytes/errors.ts'
import { atLimit, type Limits } from '../bytes/limits.ts'
import { Problems } from '../bytes/problems.ts'
import { formatError } from '../bytes/source.ts'
import { type AllocationTable, END, FREE, MISSING } from './allocation-table.ts'
import { clusterOffset, type FatVolume, isCluster } from './boot-sector.ts'
import { ClusterSet } from './cluster-set.ts'
import { addCluster, type ClusterRun, entryStructure } from './directory.ts'
import type { FatTree } from './tree.ts'

/** The clusters of all entries. */
export interface Chains {
  /** The clusters of an entry, in the order of its content. */
  of(entry: number): readonly ClusterRun[]
  /** Why the chain of a file ends before its content does; undefined if it does not. */
  problemOf(entry: number): FormatError | undefined
  /** Whether a cluster is in the chain of any entry. */
  isUsed(cluster: number): boolean
  readonly problems: Problems
}

const NONE: readonly ClusterRun[] = []

/**
 * Follows the chains of all files, once. Each cluster is followed once, but for those in several chains, of which we
 * follow at most `limits.tangle`.
 * @param opened the problems so far, which it continues
 */
export function followChains(
  volume: FatVolume,
  table: AllocationTable,
  tree: FatTree,
  limits: Limits,
  opened: Problems,
): Chains {
  const walk = new ChainWalk(volume, table, tree, limits, new Problems(volume.source, opened))
  walk.run()
  return {
    of: (entry) => tree.directoryClusters.get(entry) ?? walk.runs.get(entry) ?? NONE,
    problemOf: (entry) => walk.broken.get(entry),
    isUsed: (cluster) => walk.used.has(cluster),
    problems: walk.problems,
  }
}

class ChainWalk {
  readonly runs = new Map<number, readonly ClusterRun[]>()
  readonly broken = new Map<number, FormatError>()
  readonly used: ClusterSet
  readonly problems: Problems
  readonly #volume: FatVolume
  readonly #table: AllocationTable
  readonly #tree: FatTree
  readonly #limits: Limits
  /** Clusters of other chains that we may still follow. */
  #sharedLeft: number

  constructor(volume: FatVolume, table: AllocationTable, tree: FatTree, limits: Limits, problems: Problems) {
    this.#volume = volume
    this.#table = table
    this.#tree = tree
    this.#limits = limits
    this.problems = problems
    this.used = new ClusterSet(table.count)
    this.#sharedLeft = limits.tangle
  }

  run(): void {
    const { directoryClusters, files } = this.#tree
    for (const runs of directoryClusters.values()) {
      for (const { cluster, count } of runs)
        for (let index = 0; index < count; index += 1) this.used.add(cluster + index)
    }
    for (let entry = 0; entry < files.count; entry += 1) if (files.typeOf(entry) === 'file') this.#follow(entry)
  }

  #follow(entry: number): void {
    const first = this.#tree.firstClusters[entry]!
    const size = this.#tree.files.sizes[entry]!
    if (first === 0 && size === 0) return
    if (!isCluster(this.#volume, first)) {
      this.#break(entry, first, 'the file begins at a cluster that the volume does not have')
      return
    }
    const needed = Math.ceil(size / this.#volume.clusterSize)
    const runs: ClusterRun[] = []
    /** The clusters of other chains in this one; undefined before the first of them. */
    let shared: Set<number> | undefined
    let count = 0
    let link = first
    for (let cluster = first; isCluster(this.#volume, cluster); cluster = link) {
      if (this.used.has(cluster)) {
        if (shared === undefined ? contains(runs, cluster) : shared.has(cluster)) {
          this.#break(entry, cluster, 'the chain of clusters returns to itself')
          break
        }
        if (shared === undefined) this.#share(entry, cluster)
        shared ??= new Set()
        shared.add(cluster)
        if (count >= needed) break
        this.#sharedLeft -= 1
        if (this.#sharedLeft < 0) {
          this.#break(entry, cluster, 'too many clusters are in several chains; this one is not followed', 'tangle')
          break
        }
      }
      this.used.add(cluster)
      addCluster(runs, cluster)
      count += 1
      link = this.#table.link(cluster)
    }
    this.runs.set(entry, runs)
    if (this.broken.has(entry) || (shared !== undefined && count >= needed)) return
    if (link !== END) this.#breakOff(entry, link, count < needed || (count === needed && this.#isCut(runs, size)))
    else if (count < needed) this.#break(entry, count, 'the chain of clusters is too short for its size')
    else if (count > needed) this.#tooLong(entry, count, needed)
  }

  /**
   * Whether the source ends before the content in the last cluster of a file. If the table calls that cluster free, nobody
   * has reported it.
   */
  #isCut(runs: readonly ClusterRun[], size: number): boolean {
    const { cluster, count } = runs[runs.length - 1]!
    const before = runs.slice(0, -1).reduce((sum, run) => sum + run.count * this.#volume.clusterSize, 0)
    const end = Math.min(size - before, count * this.#volume.clusterSize)
    return clusterOffset(this.#volume, cluster) + end > this.#volume.source.size
  }

  /**
   * The chain ends at a link that is neither a cluster nor its end.
   * @param isShort whether content is missing
   */
  #breakOff(entry: number, link: number, isShort: boolean): void {
    // A table that is cut short has been reported.
    if (link === MISSING) this.#break(entry, link, 'the allocation table ends before the chain does')
    else {
      const detail = link === FREE ? 'the chain leads to a free cluster' : 'the chain leads to no cluster'
      if (isShort) this.#break(entry, link, detail)
      else this.problems.add('MALFORMED', detail, this.#place(entry))
    }
  }

  #share(entry: number, found: number): void {
    const detail = 'a cluster of this file is also in another chain'
    this.problems.add('MALFORMED', detail, { ...this.#place(entry), field: 'cluster', found })
  }

  #tooLong(entry: number, found: number, expected: number): void {
    const detail = 'the chain has more clusters than its size needs'
    this.problems.add('MALFORMED', detail, { ...this.#place(entry), field: 'clusters', found, expected })
  }

  #break(entry: number, found: number, detail: string, limit?: 'tangle'): void {
    const place = { ...this.#place(entry), ...(found < 0 ? {} : { found }) }
    const limited = limit === undefined ? {} : atLimit(this.#limits, limit)
    const code = limit === undefined ? 'MALFORMED' : 'LIMIT'
    this.problems.lose(code, detail, { ...place, ...limited })
    if (this.broken.has(entry)) return
    this.broken.set(entry, formatError(code, detail, this.#volume.source, { ...place, ...limited }))
  }

  #place(entry: number): { structure: string; offset: number } {
    const { files, entryOffsets } = this.#tree
    return { structure: entryStructure(files.nameOf(entry)), offset: entryOffsets[entry]! }
  }
}

function contains(runs: readonly ClusterRun[], cluster: number): boolean {
  return runs.some((run) => cluster >= run.cluster && cluster < run.cluster + run.count)
}
