import { asFormatError, type FormatError } from '../bytes/errors.ts'
import type { ExtentMap } from '../bytes/extents.ts'
import { atLimit } from '../bytes/limits.ts'
import type { Problems } from '../bytes/problems.ts'
import { formatError } from '../bytes/source.ts'
import { hardLinksOf, type StoredRun } from '../image.ts'
import { ENTRY_LENGTH } from './directory.ts'
import { FRAGMENTS_PER_BLOCK, fileRuns, readFragment } from './file-runs.ts'
import { type Inode, readInode, seekInode } from './inode.ts'
import type { LookupTable } from './lookup-table.ts'
import { METADATA_SIZE, MetadataCursor, type MetadataTable } from './metadata-table.ts'
import type { SquashfsParts } from './parts.ts'
import { superblock } from './superblock.ts'

/** The name of bytes in a damaged image whose owner we cannot determine. */
const UNREADABLE = 'squashfs content that cannot be read'

/** The name of non-zero bytes after the image. */
export const AFTER_IMAGE = 'bytes after the image'

/** Claims data blocks and fragments for the files whose content they hold. */
export function claimContent(parts: SquashfsParts, map: ExtentMap, problems: Problems): void {
  const { source, limits, tree, inodes, fragments, codec } = parts
  const { blockSize } = parts.superblock.block
  const fragmentBlocks = claimFragments(parts, map, problems)
  if (inodes === undefined) return
  // No two inodes overlap, so all block lists together fit into the inode table. If we read more words, the image is
  // damaged.
  let words = Math.min((inodes.positions.length * METADATA_SIZE) / 4, limits.blocks)
  const { files } = tree
  const links = hardLinksOf(files)
  const cursor = new MetadataCursor(inodes)
  for (let entry = 0; entry < files.count; entry += 1) {
    if (files.typeOf(entry) !== 'file' || tree.inodeLengths[entry] === 0) continue
    const names = links.size === 0 ? undefined : links.get(files.identities[entry]!)
    if (names !== undefined && names[0] !== entry) continue
    const owner = names === undefined ? entry : map.owners.setOf(names)
    // Most files are only a tail. The walk has noted where it is, so we do not read their inodes again.
    const fragment = fragmentBlocks[tree.fragments[entry]!]
    const start = tree.fragmentOffsets[entry]!
    const size = files.sizes[entry]!
    if (fragment !== undefined && size < blockSize && start + size <= fragment.limit) {
      map.addPiece(fragment.block, start, size, owner)
      continue
    }
    try {
      const inode = readInode(seekInode(cursor, files.identities[entry]!), blockSize)
      const file = inode.file!
      words -= file.blockCount
      if (words < 0) {
        problems.damage(
          inodes.errorIn(cursor.index, 'file inode', 'block lists that overlap each other, or too many, are left out', {
            code: 'LIMIT',
            ...atLimit(limits, 'blocks'),
          }),
        )
        break
      }
      let index = 0
      let odd: FormatError | undefined
      let lost: FormatError | undefined
      for (const run of fileRuns(source, inode, cursor, fragments, blockSize, codec)) {
        const isTail = index === file.blockCount
        const block = isTail ? fragmentBlocks[file.fragment]?.block : undefined
        if (block !== undefined) map.addPiece(block, run.skip, run.length, owner)
        else if (!isTail) map.claimContent(run.offset, run.storedLength, owner)
        if (run.codec === 'stored' && run.storedLength < run.skip + run.length) {
          lost ??= formatError('MALFORMED', 'is smaller than its file needs', source, {
            structure: structureOf(inode, index),
            offset: run.offset,
            found: run.storedLength,
            expected: run.skip + run.length,
          })
        }
        if (!isTail && isMisplaced(parts, run)) {
          if (isOutside(parts, run)) lost ??= misplaced(parts, run, structureOf(inode, index))
          else odd ??= misplaced(parts, run, structureOf(inode, index))
        } else if (isTail && run.storedLength === 0) {
          odd ??= formatError('MALFORMED', 'its fragment has no bytes; it is read as zeros', source, {
            structure: structureOf(inode, index),
            offset: run.offset,
          })
        }
        index += 1
      }
      if (lost !== undefined) problems.damage(lost)
      if (odd !== undefined) problems.note(odd)
    } catch (error) {
      problems.damage(asFormatError(error))
    }
  }
}

function structureOf(inode: Inode, index: number): string {
  return `inode ${inode.number} (file), ${index === inode.file?.blockCount ? 'tail' : `block ${index}`}`
}

type Stored = Pick<StoredRun, 'offset' | 'storedLength'>

/** Whether stored bytes lie outside the area between the superblock and the tables, where every writer puts them. */
function isMisplaced({ superblock: { block }, options }: SquashfsParts, { offset, storedLength }: Stored): boolean {
  if (storedLength === 0) return false
  return offset < superblock.size + (options?.length ?? 0) || offset + storedLength > block.inodeTableStart
}

function isOutside({ source }: SquashfsParts, { offset, storedLength }: Stored): boolean {
  return offset + storedLength > source.size
}

function misplaced(parts: SquashfsParts, run: Stored, structure: string): FormatError {
  const { source, superblock: located, options } = parts
  const outside = isOutside(parts, run)
  const detail = outside ? 'it does not lie in the file' : 'it does not lie between the superblock and the tables'
  const start = superblock.size + (options?.length ?? 0)
  const end = outside ? source.size : located.block.inodeTableStart
  return formatError('MALFORMED', detail, source, {
    structure,
    offset: run.offset,
    found: `${run.storedLength} bytes`,
    expected: `within [${start}, ${end})`,
  })
}

/** A fragment block in the map, and the most bytes that it can unpack to. */
interface ClaimedFragment {
  readonly block: number
  readonly limit: number
}

/** Claims each fragment block, and returns them by fragment number. */
function claimFragments(parts: SquashfsParts, map: ExtentMap, problems: Problems): ClaimedFragment[] {
  const { source, limits, fragments, codec } = parts
  const claimed: ClaimedFragment[] = []
  const { complete } = problems
  const { blockSize } = parts.superblock.block
  let damaged = 0
  // If the table has fewer blocks than its count needs, we reported it when we opened the table.
  const count = Math.min(fragments.count, (fragments.blocks?.positions.length ?? 0) * FRAGMENTS_PER_BLOCK)
  if (count > limits.fragments) {
    problems.damage(
      formatError('LIMIT', `more than ${limits.fragments} fragments; the rest is left out`, source, {
        structure: fragments.name,
        offset: fragments.indexStart,
        found: fragments.count,
        ...atLimit(limits, 'fragments'),
      }),
    )
  }
  for (let number = 0; number < Math.min(count, limits.fragments); number += 1) {
    if (damaged > limits.damage) {
      problems.damage(
        formatError('LIMIT', 'too many fragments are damaged; the rest is left out', source, {
          structure: fragments.name,
          offset: fragments.indexStart,
          ...atLimit(limits, 'damage'),
        }),
      )
      break
    }
    try {
      const fragment = readFragment(source, fragments, number, blockSize, codec)
      // In a damaged image we do not know who owns the rest of a fragment.
      const [name, kind] = complete
        ? (['unused fragment space', 'structure'] as const)
        : ([UNREADABLE, 'unreadable'] as const)
      const block = map.claimBlock(fragment.offset, fragment.storedLength, 0, name, kind)
      const isCompressed = fragment.codec !== 'stored' && fragment.storedLength > 0
      claimed[number] = { block, limit: isCompressed ? blockSize : fragment.storedLength }
      if (isMisplaced(parts, fragment)) {
        damaged += 1
        const error = misplaced(parts, fragment, `fragment ${number}`)
        if (isOutside(parts, fragment)) problems.damage(error)
        else problems.note(error)
      }
    } catch (error) {
      problems.damage(asFormatError(error))
      damaged += 1
    }
  }
  return claimed
}

/** Claims everything except content: the superblock, and the tables for the entries that they describe. */
export function claimStructures(parts: SquashfsParts, map: ExtentMap, complete: boolean): void {
  const { source } = parts
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
  if (!complete) map.addBackground(0, block.bytesUsed, 'unreadable', UNREADABLE)
  // Writers pad with zeros. Other bytes there, such as a signature, do not belong to the image. A streamed image ends
  // with its superblock, whatever its bytesUsed says.
  if (offset === 0) map.addBackground(block.bytesUsed, source.size - block.bytesUsed, 'gap', AFTER_IMAGE)
}

function claimBlocks(table: MetadataTable, map: ExtentMap, name: string): void {
  map.claimStructure(table.start, table.end - table.start, name)
}

function claimLookupTable(table: LookupTable, map: ExtentMap): void {
  if (table.blocks !== undefined) claimBlocks(table.blocks, map, table.name)
  map.claimStructure(table.indexStart, table.indexLength, table.name)
}

function claimInodes(parts: SquashfsParts, inodes: MetadataTable, map: ExtentMap): void {
  const { files, inodeLengths } = parts.tree
  const claimPiece = pieceClaimer(inodes, map, files.count)
  const links = hardLinksOf(files)
  for (let entry = 0; entry < files.count; entry += 1) {
    const length = inodeLengths[entry]!
    const identity = files.identities[entry]!
    const names = links.size === 0 ? undefined : links.get(identity)
    if (length === 0 || (names !== undefined && names[0] !== entry)) continue
    const owner = names === undefined ? entry : map.owners.setOf(names)
    const position = Math.floor(identity / 0x10000)
    claimPiece(inodes.indexOf(position), identity - position * 0x10000, length, owner)
  }
}

function claimDirectories(parts: SquashfsParts, directories: MetadataTable, map: ExtentMap): void {
  const { tree } = parts
  const claimPiece = pieceClaimer(directories, map, tree.files.count)
  for (let index = 1; index < tree.files.count; index += 1) {
    claimPiece(tree.nameBlocks[index]!, tree.nameOffsets[index]!, ENTRY_LENGTH + tree.nameLengths[index]!, index)
  }
  for (let index = 0; index < tree.headerEntries.length; index += 1) {
    claimPiece(tree.headerBlocks[index]!, tree.headerOffsets[index]!, 12, tree.headerEntries[index]!)
  }
}

/**
 * Claims the blocks of a table. It returns a function that gives a piece of the table, even across blocks, to an entry.
 */
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
  // Nothing in a table overlaps, so there are at most two pieces for each entry and header, and one for each block.
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

/** Bytes that a block unpacks to. A damaged block counts as a full one. */
function unpackedLength(table: MetadataTable, index: number): number {
  try {
    return table.unpackedLength(index)
  } catch (error) {
    asFormatError(error)
    return 8192
  }
}
