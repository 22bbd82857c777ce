import { type ByteSource, formatError } from '../bytes/source.ts'
import { I_BLOCK, type Inode } from './inode.ts'
import type { Geometry } from './superblock.ts'

/** Consecutive blocks of a file that lie in consecutive blocks of the file system. */
export interface Mapping {
  /** The number of the first block in the file. */
  readonly logical: number
  /** The number of the first block in the file system. */
  readonly physical: number
  readonly count: number
  /** The blocks are allocated and were never written: they read as zeros. */
  readonly unwritten: boolean
}

/** Where a file system is read from. */
export interface Volume {
  readonly source: ByteSource
  readonly geometry: Geometry
}

/**
 * A block of a tree or map.
 * @throws {FormatError} MALFORMED outside the file system, TRUNCATED after the end of the file
 */
export function treeBlock({ source, geometry }: Volume, inode: Inode, block: number): DataView {
  const { blockSize, blocksCount, block: fields } = geometry
  const offset = block * blockSize
  const place = { structure: `inode ${inode.number}`, offset: inode.offset + I_BLOCK }
  if (block <= fields.firstDataBlock || block >= blocksCount) {
    const expected = `from ${fields.firstDataBlock + 1} to below ${blocksCount}`
    throw formatError('MALFORMED', 'a block of its block list lies outside the file system', source, {
      ...place,
      found: block,
      expected,
    })
  }
  if (offset + blockSize > source.size) {
    const sizes = { found: source.size, expected: offset + blockSize }
    throw formatError('TRUNCATED', 'the file ends before a block of its block list does', source, {
      ...place,
      ...sizes,
    })
  }
  const bytes = source.read(offset, blockSize)
  return new DataView(bytes.buffer, bytes.byteOffset, blockSize)
}

/** @throws {FormatError} MALFORMED if the blocks lie outside the file system */
export function checked({ source, geometry }: Volume, inode: Inode, mapping: Mapping): Mapping {
  const { physical, count } = mapping
  const { blocksCount, block } = geometry
  if (physical >= block.firstDataBlock && physical > 0 && physical + count <= blocksCount) return mapping
  throw formatError('MALFORMED', 'blocks of its content lie outside the file system', source, {
    structure: `inode ${inode.number}`,
    offset: inode.offset + I_BLOCK,
    found: physical,
    expected: `${count} blocks below ${blocksCount}`,
  })
}
