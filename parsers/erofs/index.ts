import { readable } from '../bytes/byte-string.ts'
import { DEFAULT_LIMITS, type Limits } from '../bytes/limits.ts'
import { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import type { Decompressors } from '../codecs/codec.ts'
import { portableDecoders } from '../codecs/decoders.ts'
import type { Entry, FormatTraits, Image, StoredRun, Xattr } from '../image.ts'
import { claimContent, claimStructures } from './claims.ts'
import { algorithmsOf } from './compression-cfgs.ts'
import { namesOfIncompat } from './features.ts'
import { type ExtentBudget, fileExtents } from './file-extents.ts'
import { fileRuns } from './file-runs.ts'
import { readInode } from './inode.ts'
import { openParts } from './open-parts.ts'
import type { ErofsParts } from './parts.ts'
import { readSuperblock, type Superblock, superblockChecksum } from './superblock.ts'
import { readXattrs } from './xattr.ts'

/** The traits of EROFS images. */
export const EROFS: FormatTraits = {
  name: 'erofs',
  title: 'EROFS',
  noun: 'an EROFS image',
  extensions: ['erofs'],
  looksInside: 'on demand',
  accounts: 'own',
  sharesBytes: false,
}

/** How an EROFS image is opened. */
export interface ErofsOptions {
  /** The decoders for its blocks: by default our own, which run everywhere. */
  readonly decompressors?: Decompressors
  /** The limits that no image may exceed, where they are not DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>
}

export interface ErofsImage extends Image {
  xattrSet(entry: Entry): number | undefined
  xattrs(entry: Entry): readonly Xattr[]
}

/**
 * Opens an EROFS image. It leaves out damaged parts after the superblock, and `warnings` reports them.
 * @throws {FormatError} when it is no EROFS that we read: UNSUPPORTED, MALFORMED or TRUNCATED superblock
 */
export function openErofs(source: ByteSource, options: ErofsOptions = {}): ErofsImage {
  const { decompressors = portableDecoders } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const block = readSuperblock(source)
  const problems = new Problems(source)
  const parts = openParts(source, block, limits, decompressors, problems)
  const { volume, packed, tree } = parts
  const budget: ExtentBudget = { left: limits.blocks }
  return {
    format: EROFS,
    source,
    tree: tree.files,
    facts: factsOf(parts, block),
    ...problems.found(),
    checksums() {
      const checksum = superblockChecksum(source, block)
      return checksum === undefined ? [] : [checksum]
    },
    runs: (entry) => runsOf(parts, entry),
    extents: (entry) => fileExtents(volume, packed, readInode(volume, entry.identity), budget),
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

function factsOf({ volume }: ErofsParts, block: Superblock): Image['facts'] {
  const volumeName = block.volumeName.replace(/\0.*$/s, '')
  const algorithms = algorithmsOf(volume)
  const features = namesOfIncompat(block.featureIncompat)
  return {
    ...(volumeName === '' ? {} : { volumeName: readable(volumeName) }),
    blockSize: volume.blockSize,
    ...(algorithms === undefined ? {} : { algorithms }),
    ...(features === '' ? {} : { features }),
    inodes: block.inos,
    extraDevices: block.extraDevices,
    epoch: block.epoch,
  }
}

function* runsOf({ volume, packed }: ErofsParts, entry: Entry): Generator<StoredRun> {
  yield* fileRuns(volume, packed, readInode(volume, entry.identity))
}

/** Names of one inode share their attributes. Different inodes may have equal ones, which the image does not say. */
function xattrSetOf({ volume, tree }: ErofsParts, entry: Entry): number | undefined {
  if (tree.broken.has(entry.index)) return undefined
  return readInode(volume, entry.identity).xattrSize === 0 ? undefined : entry.identity
}

function xattrsOf({ volume, tree, prefixes }: ErofsParts, entry: Entry): readonly Xattr[] {
  if (tree.broken.has(entry.index)) return []
  return readXattrs(volume, readInode(volume, entry.identity), prefixes.prefixes)
}
