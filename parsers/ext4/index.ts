import { asFormatError } from '../bytes/errors.ts'
import { DEFAULT_LIMITS, type Limits } from '../bytes/limits.ts'
import { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { Entry, FormatTraits, Image, StoredExtent, StoredRun, Xattr } from '../image.ts'
import { claimContent, claimStructures, type Ext4Parts } from './claims.ts'
import { readContent, storedExtents } from './content.ts'
import { factsOf } from './facts.ts'
import { INCOMPATIBLE } from './features.ts'
import { readGroups } from './groups.ts'
import { InodeReader } from './inode.ts'
import { type Geometry, readGeometry, SUPERBLOCK, superblock } from './superblock.ts'
import { readTree } from './tree.ts'
import { mayHaveXattrs, readXattrs } from './xattr.ts'

export { isExt } from './superblock.ts'

/** The traits of ext2, ext3 and ext4. */
export const EXT4: FormatTraits = {
  name: 'ext4',
  title: 'ext4',
  noun: 'an ext4 file system',
  extensions: ['ext4', 'ext3', 'ext2'],
  looksInside: 'on demand',
  accounts: 'own',
  sharesBytes: false,
}

export interface Ext4Image extends Image {
  xattrSet(entry: Entry): number | undefined
  xattrs(entry: Entry): readonly Xattr[]
}

/**
 * Opens an ext2, ext3 or ext4 file system as its blocks are; it replays no journal. It leaves out damaged parts after the
 * superblock, and `warnings` reports them.
 * @throws {FormatError} when we cannot read the superblock: UNSUPPORTED, MALFORMED or TRUNCATED
 */
export function openExt4(source: ByteSource, options: { readonly limits?: Partial<Limits> } = {}): Ext4Image {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const geometry = readGeometry(source)
  const problems = new Problems(source)
  noteState(source, geometry, problems)
  const volume = { source, geometry }
  const groups = readGroups(source, geometry, problems)
  const inodes = new InodeReader(source, geometry, groups)
  const tree = readTree(volume, inodes, limits, problems)
  const parts: Ext4Parts = { ...volume, groups, inodes, tree, limits }
  return {
    format: EXT4,
    source,
    tree,
    facts: factsOf(geometry),
    ...problems.found(),
    runs: (entry) => runsOf(parts, entry),
    extents: (entry) => extentsOf(parts, entry),
    xattrSet: (entry) => xattrSetOf(parts, entry),
    xattrs(entry) {
      const readInode = (number: number, length: number): Uint8Array => readContent(parts, inodes.read(number), length)
      return readXattrs(parts, inodes.read(entry.identity), limits, readInode)
    },
    claimContent(map) {
      const all = new Problems(source, problems)
      claimContent(parts, map, all)
      return all.found()
    },
    claimStructures: (map, complete) => claimStructures(parts, map, complete),
  }
}

/** Reports a file that is cut short, and a journal with changes that are not in the blocks yet. */
function noteState(source: ByteSource, { block, blockSize, blocksCount }: Geometry, problems: Problems): void {
  const size = blocksCount * blockSize
  const placeOf = (field: keyof typeof superblock.offsets): { structure: string; offset: number; field: string } => ({
    structure: superblock.name,
    offset: SUPERBLOCK + superblock.offsets[field],
    field,
  })
  if ((block.featureIncompat & INCOMPATIBLE.needs_recovery) !== 0) {
    const detail = 'its journal has changes that are not replayed; what is shown may be older than they are'
    problems.add('UNSUPPORTED', detail, placeOf('featureIncompat'))
  }
  if (size <= source.size) return
  const sizes = { found: source.size, expected: size, wholeSize: size }
  const place = { ...placeOf('blocksCountLo'), ...sizes }
  problems.explain(formatError('TRUNCATED', 'the file ends before the file system does', source, place))
}

function* extentsOf(parts: Ext4Parts, entry: Entry): Generator<StoredExtent> {
  if (entry.type !== 'file' || entry.size === 0) return
  yield* storedExtents(parts, parts.inodes.read(entry.identity))
}

function* runsOf(parts: Ext4Parts, entry: Entry): Generator<StoredRun> {
  let end = 0
  for (const { at, offset, length } of extentsOf(parts, entry)) {
    if (at > end) yield hole(at - end)
    yield { offset, storedLength: length, length, skip: 0, unpackedLimit: length, codec: 'stored' }
    end = at + length
  }
  if (end < entry.size) yield hole(entry.size - end)
}

function hole(length: number): StoredRun {
  return { offset: 0, storedLength: 0, length, skip: 0, unpackedLimit: length, codec: 'hole' }
}

/** All names of an inode have its attributes, so its number is the number of the set. */
function xattrSetOf({ inodes }: Ext4Parts, entry: Entry): number | undefined {
  try {
    return mayHaveXattrs(inodes.read(entry.identity)) ? entry.identity : undefined
  } catch (error) {
    // We reported the damage when we read the tree.
    asFormatError(error)
    return undefined
  }
}
