import { DEFAULT_LIMITS, type Limits } from '../bytes/limits.ts'
import { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { Decompressors } from '../codecs/codec.ts'
import { portableDecoders } from '../codecs/decoders.ts'
import type { Entry, FormatTraits, Image, StoredRun, Xattr } from '../image.ts'
import { claimContent, claimStructures } from './extents.ts'
import { type BlockBudget, fileExtents } from './file-extents.ts'
import { fileRuns, readFragment, tailRun } from './file-runs.ts'
import { NONE, readInode, seekInode } from './inode.ts'
import { MetadataCursor } from './metadata-table.ts'
import { openParts } from './open-parts.ts'
import type { SquashfsParts } from './parts.ts'
import { readSuperblock } from './superblock.ts'
import { readXattrs } from './xattr.ts'

export type { Xattr } from '../image.ts'
export { AFTER_IMAGE } from './extents.ts'
export { isPlausible, squashfsEnd, startsLikeSquashfs, tableRanges } from './superblock.ts'

/** The traits of squashfs images. */
export const SQUASHFS: FormatTraits = {
  name: 'squashfs',
  title: 'squashfs',
  noun: 'a squashfs',
  extensions: ['squashfs', 'sqfs', 'sqsh', 'sfs', 'snap'],
  looksInside: 'on demand',
  accounts: 'own',
  sharesBytes: false,
}

/** How a squashfs is opened. */
export interface SquashfsOptions {
  /** The decoders for its blocks: by default our own, which run everywhere. */
  readonly decompressors?: Decompressors
  /** The limits that no image may exceed, where they are not DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>
}

export interface SquashfsImage extends Image {
  xattrSet(entry: Entry): number | undefined
  xattrs(entry: Entry): readonly Xattr[]
}

/**
 * Opens a squashfs 4.0. It leaves out damaged parts after the superblock, and `warnings` reports them.
 * @throws {FormatError} when it is no squashfs 4.0: UNSUPPORTED, MALFORMED or TRUNCATED superblock
 */
export function openSquashfs(source: ByteSource, options: SquashfsOptions = {}): SquashfsImage {
  const { decompressors = portableDecoders } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const located = readSuperblock(source)
  const problems = new Problems(source)
  if (located.block.bytesUsed > source.size) {
    problems.explain(
      formatError('TRUNCATED', 'the file ends before the squashfs does, whose tables stand at its end', source, {
        structure: 'superblock',
        offset: 40,
        field: 'bytesUsed',
        found: source.size,
        expected: located.block.bytesUsed,
        wholeSize: located.block.bytesUsed,
      }),
    )
  }
  const parts = openParts({ source, decompress: decompressors[located.codec], limits }, located, problems)
  const { block } = located
  const opened = problems.found()
  const blocksToList: BlockBudget = { left: limits.blocks }
  return {
    format: SQUASHFS,
    source,
    tree: parts.tree.files,
    facts: {
      version: `${block.major}.${block.minor}`,
      compressor: located.compressor,
      ...(parts.options === undefined || parts.options.text === '' ? {} : { compressorOptions: parts.options.text }),
      blockSize: block.blockSize,
      inodes: block.inodes,
      fragments: block.fragments,
      ids: block.ids,
      bytesUsed: block.bytesUsed,
      mkfsTime: block.mkfsTime,
    },
    ...opened,
    runs: (entry) => runsOf(parts, entry),
    extents: (entry) => fileExtents(source, runsOf(parts, entry), blocksToList, limits),
    xattrSet: (entry) => xattrSetOf(parts, entry),
    xattrs: (entry) => xattrsOf(parts, entry),
    claimContent(map) {
      const all = new Problems(source, problems)
      claimContent(parts, map, all)
      return all.found()
    },
    claimStructures: (map, complete) => claimStructures(parts, map, complete),
  }
}

function runsOf(parts: SquashfsParts, entry: Entry): Iterable<StoredRun> {
  const { tree, source, fragments, codec } = parts
  const { blockSize } = parts.superblock.block
  const number = tree.fragments[entry.index]!
  const skip = tree.fragmentOffsets[entry.index]!
  // Most files are only a tail. The walk has noted where it is, so we do not read their inodes again.
  if (number < fragments.count && entry.size > 0 && entry.size < blockSize && skip + entry.size <= blockSize) {
    return [tailRun(readFragment(source, fragments, number, blockSize, codec), skip, entry.size, blockSize)]
  }
  return runsOfInode(parts, entry)
}

function* runsOfInode(
  { inodes, superblock, source, fragments, codec }: SquashfsParts,
  entry: Entry,
): Generator<StoredRun> {
  if (inodes === undefined) return
  const { blockSize } = superblock.block
  const cursor = seekInode(new MetadataCursor(inodes), entry.identity)
  yield* fileRuns(source, readInode(cursor, blockSize), cursor, fragments, blockSize, codec)
}

function xattrSetOf({ tree, xattrs }: SquashfsParts, entry: Entry): number | undefined {
  const set = tree.xattrs[entry.index] ?? NONE
  return set === NONE || xattrs === undefined ? undefined : set
}

function xattrsOf(parts: SquashfsParts, entry: Entry): readonly Xattr[] {
  const set = xattrSetOf(parts, entry)
  return set === undefined ? [] : readXattrs(parts.xattrs!, set)
}
