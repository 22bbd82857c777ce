import { type ByteSource, formatError } from '../bytes/source.ts'
import type { CodecName } from '../codecs/codec.ts'
import type { StoredRun } from '../image.ts'
import { type Inode, NONE } from './inode.ts'
import type { LookupTable } from './lookup-table.ts'
import type { MetadataCursor } from './metadata-table.ts'

/** Bit 24 of a size word: the block is not compressed (kernel: SQUASHFS_COMPRESSED_BIT_BLOCK). */
const STORED = 1 << 24
/** Entries of 16 bytes in a block of the fragment table. */
export const FRAGMENTS_PER_BLOCK = 512

/** A fragment block: its place, and how it is stored. */
export interface Fragment {
  readonly offset: number
  readonly storedLength: number
  readonly codec: CodecName | 'stored'
}

/** @throws {FormatError} when there is no such fragment or its size is impossible */
export function readFragment(
  source: ByteSource,
  fragments: LookupTable,
  number: number,
  blockSize: number,
  codec: CodecName,
): Fragment {
  const entry = fragments.entry(number)
  const word = entry.getUint32(8, true)
  const storedLength = word & (STORED - 1)
  const offset = entry.getUint32(0, true) + entry.getUint32(4, true) * 2 ** 32
  if (word >= STORED * 2 || storedLength > blockSize) {
    throw formatError('MALFORMED', 'the size of a fragment is invalid', source, {
      structure: `fragment ${number}`,
      offset: Math.min(offset, source.size),
      field: 'size',
      found: word,
      expected: `at most ${blockSize}`,
    })
  }
  return { offset, storedLength, codec: (word & STORED) !== 0 ? 'stored' : codec }
}

/**
 * The runs of a file: its full blocks, read from the list one by one, then its tail in a fragment.
 * @param cursor at the first size word, where `readInode` leaves it
 * @throws {FormatError} when a size word or the fragment is impossible
 */
export function* fileRuns(
  source: ByteSource,
  inode: Inode,
  cursor: MetadataCursor,
  fragments: LookupTable,
  blockSize: number,
  codec: CodecName,
): Generator<StoredRun> {
  const { file, size } = inode
  if (file === undefined) return
  let offset = file.start
  let left = size
  for (let index = 0; index < file.blockCount; index += 1) {
    const word = cursor.u32()
    const storedLength = word & (STORED - 1)
    if (word >= STORED * 2 || storedLength > blockSize) {
      throw formatError('MALFORMED', 'the size of a data block is invalid', source, {
        structure: `inode ${inode.number} (file), block ${index}`,
        offset: Math.min(offset, source.size),
        field: 'block size',
        found: word,
        expected: `at most ${blockSize}`,
      })
    }
    const length = Math.min(left, blockSize)
    left -= length
    const kind = storedLength === 0 ? 'hole' : (word & STORED) !== 0 ? 'stored' : codec
    yield { offset, storedLength, length, skip: 0, unpackedLimit: blockSize, codec: kind }
    offset += storedLength
  }
  if (left === 0 || file.fragment === NONE) return
  const fragment = readFragment(source, fragments, file.fragment, blockSize, codec)
  if (file.fragmentOffset + left > blockSize) {
    throw formatError('MALFORMED', 'its tail does not fit into a fragment', source, {
      structure: `inode ${inode.number} (file)`,
      offset: fragment.offset,
      field: 'fragment offset',
      found: file.fragmentOffset,
      expected: `at most ${blockSize - left}`,
    })
  }
  yield tailRun(fragment, file.fragmentOffset, left, blockSize)
}

/** The run of a tail in a fragment. */
export function tailRun(
  { offset, storedLength, codec }: Fragment,
  skip: number,
  length: number,
  blockSize: number,
): StoredRun {
  // A fragment of size 0 becomes a hole. go-squashfs and others read it as zeros.
  const stored = storedLength === 0 ? 'hole' : codec
  return { offset, storedLength, length, skip, unpackedLimit: blockSize, codec: stored, fragment: true }
}
