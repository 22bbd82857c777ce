import { RangeList } from '../bytes/range-list.ts'
import { type DirectoryBudget, directoryRecords, directorySize } from './directory.ts'
import { DIRECTORY, dataOffset, isSelfOrParent } from './directory-record.ts'
import type { RootDirectory } from './directory-tree.ts'
import { type InterleaveBudget, recordExtents } from './stored-extents.ts'
import { findSusp } from './susp-indicator.ts'
import { type ContinuationBudget, SystemUseReader } from './system-use.ts'
import { blockOffset, type Volume } from './volume.ts'

/** The bytes of a tree that we do not show. */
export interface SecondaryTree {
  readonly directoryExtents: RangeList
  readonly extendedAttributeRecords: RangeList
  readonly continuationAreas: RangeList
  /** File contents that the shown tree does not have. */
  readonly unshared: RangeList
  /** The offset of the first record of such a file, and the number of such files. */
  readonly firstUnshared: number
  readonly unsharedFiles: number
}

/** What all secondary trees of an image together may cost. */
export interface SecondaryBudgets {
  readonly directories: DirectoryBudget
  readonly continuations: ContinuationBudget
  readonly fileUnits: InterleaveBudget
}

export function secondaryBudgets({ source, blockSize }: Volume): SecondaryBudgets {
  return {
    directories: { left: source.size },
    continuations: { left: 2 * source.size },
    fileUnits: { left: source.size / blockSize },
  }
}

/**
 * Walks a tree only for its extents, each directory once.
 * @param visited offsets of directories that we have read, in this tree or another; the walk adds more
 * @param owned bytes that have an owner
 */
export function readSecondaryTree(
  volume: Volume,
  root: RootDirectory,
  visited: Set<number>,
  owned: RangeList,
  budgets: SecondaryBudgets,
): SecondaryTree {
  const { source } = volume
  const reader = new SystemUseReader(volume, budgets.continuations)
  const susp = findSusp(volume, root.offset, reader)
  const directoryExtents = new RangeList()
  const extendedAttributeRecords = new RangeList()
  const unshared = new RangeList()
  let firstUnshared = 0
  let unsharedFiles = 0
  const queue: { readonly offset: number; readonly size: number }[] = []
  const enqueue = (offset: number, stated: number): void => {
    if (visited.has(offset) || offset >= source.size) return
    visited.add(offset)
    const size = directorySize(volume, offset, stated)
    queue.push({ offset, size })
    directoryExtents.add(offset, Math.min(size, source.size - offset))
  }
  enqueue(root.offset, root.size)
  for (let directory = queue.pop(); directory !== undefined; directory = queue.pop()) {
    for (const record of directoryRecords(volume, directory.offset, directory.size, budgets.directories)) {
      if (susp !== undefined) {
        const start = record.systemUseStart + susp.skip
        reader.read(record.bytes, start, record.systemUseEnd, record.offset, () => undefined)
      }
      const attributes = record.extendedAttributeLength * volume.blockSize
      extendedAttributeRecords.add(blockOffset(volume, record.extent), attributes)
      if (isSelfOrParent(record)) continue
      if ((record.flags & DIRECTORY) !== 0) {
        enqueue(dataOffset(volume, record), record.dataLength)
        continue
      }
      let isShared = true
      for (const [offset, length] of recordExtents(volume, record, budgets.fileUnits)) {
        const there = Math.min(length, source.size - offset)
        if (there <= 0 || owned.covers(offset, there)) continue
        isShared = false
        unshared.add(offset, there)
      }
      if (isShared) continue
      if (unsharedFiles === 0) firstUnshared = record.offset
      unsharedFiles += 1
    }
  }
  return {
    directoryExtents,
    extendedAttributeRecords,
    continuationAreas: reader.continuationAreas,
    unshared,
    firstUnshared,
    unsharedFiles,
  }
}
