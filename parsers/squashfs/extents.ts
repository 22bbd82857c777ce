import { asFormatError, type FormatError } from '../bytes/errors.ts'
import type { ExtentMap } from '../bytes/extents.ts'
import { fileRuns, readFragment } from './file-runs.ts'
import { inodeCursor, readInode } from './inode.ts'
import type { LookupTable } from './lookup-table.ts'
import type { MetadataTable } from './metadata-table.ts'
import type { SquashfsParts } from './parts.ts'
import { superblock } from './superblock.ts'

type Warn = (damage: FormatError) => void

/** Claims data blocks and fragments for the files whose content they hold. */
export function claimContent(parts: SquashfsParts, map: ExtentMap, warn: Warn): void {
  const { source, tree, inodes, fragments, codec } = parts
  const { blockSize } = parts.superblock.block
  const fragmentBlocks = claimFragments(parts, map, warn)
  // No two inodes overlap, so all block lists together fit the inode table: more words read than it has is damage.
  let words = ((inodes?.positions.length ?? 0) * 8192) / 4
  const listed = new Set<number>()
  for (const entry of tree.entries) {
    if (entry.type !== 'file' || inodes === undefined || tree.inodeLengths[entry.index] === 0) continue
    try {
      const cursor = inodeCursor(inodes, entry.identity)
      const inode = readInode(cursor, blockSize)
      const file = inode.file!
      if (!listed.has(entry.identity)) words -= file.blockCount
      listed.add(entry.identity)
      if (words < 0) {
        warn(inodes.errorIn(cursor.index, 'file inode', 'the block lists overlap each other'))
        break
      }
      let index = 0
      for (const run of fileRuns(source, inode, cursor, fragments, blockSize, codec)) {
        const block = index === file.blockCount ? fragmentBlocks[file.fragment] : undefined
        if (block !== undefined) map.addPiece(block, run.skip, run.length, entry.index)
        else if (index < file.blockCount) map.claimContent(run.offset, run.storedLength, entry.index)
        index += 1
      }
    } catch (error) {
      warn(asFormatError(error))
    }
  }
}

/** Claims each fragment block, and returns their numbers in the map by fragment number. */
function claimFragments(parts: SquashfsParts, map: ExtentMap, warn: Warn): number[] {
  const { source, fragments, codec } = parts
  const blocks: number[] = []
  for (let number = 0; number < fragments.count; number += 1) {
    try {
      const fragment = readFragment(source, fragments, number, parts.superblock.block.blockSize, codec)
      blocks[number] = map.claimBlock(fragment.offset, fragment.storedLength, 0, 'unused fragment space')
    } catch (error) {
      warn(asFormatError(error))
      // All later fragments of a damaged table block fail alike; one telling is enough.
      number = Math.floor(number / 512) * 512 + 511
    }
  }
  return blocks
}

/** Claims everything but content: the superblock and the tables, the latter for the entries they describe. */
export function claimStructures(parts: SquashfsParts, map: ExtentMap, complete: boolean): void {
  const { block, offset } = parts.superblock
  map.claimStructure(0, superblock.size, offset === 0 ? 'superblock' : 'stream header')
  if (offset > 0) map.claimStructure(offset, superblock.size, 'superblock')
  map.claimStructure(superblock.size, parts.options?.length ?? 0, 'compressor options')
  if (parts.inodes !== undefined) claimInodes(parts, parts.inodes, map)
  if (parts.directories !== undefined) claimDirectories(parts, parts.directories, map)
  claimLookupTable(parts.fragments, map)
  if (parts.exports !== undefined) claimLookupTable(parts.exports, map)
  claimLookupTable(parts.ids, map)
  if (parts.xattrs !== undefined) {
    const { ids, values } = parts.xattrs
    claimBlocks(values, map, 'xattr table')
    claimLookupTable(ids, map)
    map.claimStructure(block.xattrIdTableStart, 16, 'xattr table')
  }
  if (!complete) map.addBackground(0, block.bytesUsed, 'unreadable', 'squashfs content that cannot be read')
}

function claimBlocks(table: MetadataTable, map: ExtentMap, name: string): void {
  map.claimStructure(table.start, table.end - table.start, name)
}

function claimLookupTable(table: LookupTable, map: ExtentMap): void {
  if (table.blocks !== undefined) claimBlocks(table.blocks, map, table.name)
  map.claimStructure(table.indexStart, table.indexLength, table.name)
}

function claimInodes(parts: SquashfsParts, inodes: MetadataTable, map: ExtentMap): void {
  const { tree } = parts
  const claimPiece = pieceClaimer(inodes, map, tree.entries.length)
  for (const entry of tree.entries) {
    const length = tree.inodeLengths[entry.index]!
    if (length === 0) continue
    const position = Math.floor(entry.identity / 0x10000)
    claimPiece(inodes.indexOf(position), entry.identity - position * 0x10000, length, entry.index)
  }
}

function claimDirectories(parts: SquashfsParts, directories: MetadataTable, map: ExtentMap): void {
  const { tree } = parts
  const claimPiece = pieceClaimer(directories, map, tree.entries.length)
  for (let index = 1; index < tree.entries.length; index += 1) {
    claimPiece(tree.nameBlocks[index]!, tree.nameOffsets[index]!, tree.nameLengths[index]!, index)
  }
  for (let index = 0; index < tree.headerEntries.length; index += 1) {
    claimPiece(tree.headerBlocks[index]!, tree.headerOffsets[index]!, 12, tree.headerEntries[index]!)
  }
}

/** Claims the blocks of a table, and returns how to give a piece of it, which may cross blocks, to an entry. */
function pieceClaimer(
  table: MetadataTable,
  map: ExtentMap,
  entries: number,
): (block: number, offset: number, length: number, entry: number) => void {
  const first = map.blocks.length
  for (let index = 0; index < table.positions.length; index += 1) {
    map.claimBlock(
      table.start + table.positions[index]!,
      table.storedLength(index),
      unpackedLength(table, index),
      table.name,
    )
  }
  // Inodes do not overlap, so pieces are at most two for each entry and one for each block, hard links aside.
  let budget = 16 * (entries + table.positions.length)
  return (block, offset, length, entry) => {
    let left = length
    let start = offset
    for (let index = block; left > 0 && index < table.positions.length && budget > 0; index += 1) {
      const count = Math.min(left, unpackedLength(table, index) - start)
      if (count > 0) map.addPiece(first + index, start, count, entry)
      left -= Math.max(count, 0)
      start = 0
      budget -= 1
    }
  }
}

/** Bytes a block unpacks to; of a damaged one, as many as there would have been. */
function unpackedLength(table: MetadataTable, index: number): number {
  try {
    return table.unpackedLength(index)
  } catch (error) {
    asFormatError(error)
    return 8192
  }
}
