import type { ByteString } from './bytes/byte-string.ts'
import type { FormatError } from './bytes/errors.ts'
import type { ExtentMap } from './bytes/extents.ts'
import { oncePer } from './bytes/once-per.ts'
import type { ReadProblems } from './bytes/problems.ts'
import type { ByteSource } from './bytes/source.ts'
import type { CodecName } from './codecs/codec.ts'

export type EntryType = 'file' | 'directory' | 'symlink' | 'blockDevice' | 'charDevice' | 'fifo' | 'socket'

/** A run of a file: `storedLength` bytes at `offset` become `length` bytes of content. */
export interface StoredRun {
  /** Byte offset in the image's source. It means nothing for a hole. */
  readonly offset: number
  /** Stored bytes; 0 for a hole. For a fragment, the whole fragment block. */
  readonly storedLength: number
  /** Content bytes this run yields. */
  readonly length: number
  /** Bytes to skip at the front of the decompressed run. Only a run in a fragment skips any. */
  readonly skip: number
  /** The most bytes that the run can decompress to, which is the buffer size that it needs. */
  readonly unpackedLimit: number
  readonly codec: CodecName | 'stored' | 'hole'
  /** The run is the tail of a file in a block that holds the tails of several files (a squashfs fragment). */
  readonly fragment?: true
}

/** Where part of a file lies: `length` stored bytes at `offset` become `unpacked` bytes of content. */
export interface StoredExtent {
  /** Offset in the content where they begin. The gaps between extents, and after the last one, are holes. */
  readonly at: number
  /** Byte offset in the image's source. */
  readonly offset: number
  /** Stored bytes. For a fragment, the whole fragment block. */
  readonly length: number
  readonly unpacked: number
  /** `stored` when the bytes are the content. A zisofs file has a header and block pointers before its zlib blocks. */
  readonly codec: CodecName | 'stored' | 'zisofs'
  /** For a fragment: the offset of this file's bytes in the unpacked block. */
  readonly skip?: number
}

/** One name in a tree. Hard links are several entries with one `identity`. */
export interface Entry {
  /** Index in `FileTree.entries`; the root is 0. */
  readonly index: number
  /** The parent's index; the root is its own parent. */
  readonly parent: number
  /** One path component, as bytes; '' for the root. */
  readonly name: ByteString
  readonly type: EntryType
  /**
   * The size that stat shows: bytes of content or of a directory's listing, length of a symlink's target, otherwise 0.
   */
  readonly size: number
  /** Unix permission bits, 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since 1970, as stored. */
  readonly mtime: number
  /** Entries with the same number are the same stored object. In squashfs it is the inode reference. */
  readonly identity: number
  /** A symlink's target, as bytes. */
  readonly target?: ByteString
  /** Major and minor number of a device. */
  readonly device?: { readonly major: number; readonly minor: number }
}

/** One extended attribute. */
export interface Xattr {
  /** The name with its prefix: "security.capability". */
  readonly name: ByteString
  readonly value: Uint8Array
}

/**
 * The entries of an image. Entry 0 is the root. The order is depth first: parents precede children, and a subtree is one
 * range. A tree keeps its entries in columns, and makes an entry when a caller asks for it.
 */
export interface FileTree {
  /** The number of entries. */
  readonly count: number
  /** The parent of each entry; the root is its own parent. */
  readonly parents: Uint32Array
  /** `Entry.size` of each entry. */
  readonly sizes: Float64Array
  /** `Entry.identity` of each entry. */
  readonly identities: Float64Array
  typeOf(index: number): EntryType
  nameOf(index: number): ByteString
  /** An entry. Each call makes it anew, so compare entries by their indexes. */
  entry(index: number): Entry
  /**
   * All entries as objects, made on the first request. A loop over a large tree reads the columns instead, because the
   * objects take five times the memory.
   */
  readonly entries: readonly Entry[]
}

/** The name trees that a disc can have; we show one of them. */
export type NameTreeKind = 'rockRidge' | 'joliet' | 'enhanced' | 'plain'

/** The properties that all images of a format share. */
export interface FormatTraits {
  /** The name in JSON and in the library: "iso9660". */
  readonly name: string
  /** The name in headings: "ISO9660". */
  readonly title: string
  /** The name with its article: "an ISO9660 image". */
  readonly noun: string
  /** Endings of file names, without the dot. A file of that name is searched for an image wherever it lies. */
  readonly extensions: readonly string[]
  /**
   * Which files we search for images. `files` means all of them: a disc is made to carry images. `on demand` means only
   * files with the name of an image, and those that the user's path leads into. To search all would decompress all.
   */
  readonly looksInside: 'files' | 'on demand'
  /**
   * Whether an image of this format inside another has accounts of its own in a report. If not, it is one account: that
   * of its file. What is in it is then told apart beside the report.
   */
  readonly accounts: 'own' | 'of its file'
  /** Whether its files are partitions. An image in one has accounts of its own, whatever its format. */
  readonly holdsPartitions?: true
  /** Whether writers overlap files and structures on purpose. If they do, an overlap is no damage. */
  readonly sharesBytes: boolean
  /** Bytes of the sectors that tools use to give positions; absent if the format has no sectors. */
  readonly sectorSize?: number
}

/** A part of an image outside its tree, such as a boot image that no file holds. It may be an image itself. */
export interface ImagePart {
  /** The name of its region in reports: "EFI boot image, partition 2, not in the tree". */
  readonly name: ByteString
  /** Bytes [offset, offset + size) of the source. Files of the tree may own some of them. */
  readonly offset: number
  readonly size: number
}

/** A checksum that an image has of one of its structures. */
export interface StructureChecksum {
  /** What it covers: "GPT header". */
  readonly structure: string
  /** "CRC-32". */
  readonly algorithm: string
  /** Where the structure begins: byte offset in the image's source. */
  readonly offset: number
  /** What is wrong, if the checksum differs. */
  readonly problem?: FormatError | undefined
}

/** A hash that an image has of its own bytes. To check it, we read all of them. */
export interface ImplantedHash {
  /** What wrote it: "MD5 of isomd5sum". */
  readonly name: string
  readonly algorithm: 'md5'
  /** In hexadecimal. */
  readonly expected: string
  /** It covers bytes [0, length) of the source. */
  readonly length: number
  /** Bytes [start, end) count as spaces, because the hash itself lies there. */
  readonly blank: { readonly start: number; readonly end: number }
}

/** A compressed stream that an image came out of. */
export interface UnpackedStream {
  /** The name of the tool: "zstd". */
  readonly compression: string
  /** Byte offset in the file that it is in. */
  readonly offset: number
  /** The checksum of the content that its first header announces: "XXH64"; undefined if it has none. */
  readonly check: string | undefined
  /** What is wrong with it. */
  readonly damage?: FormatError | undefined
}

/** One open file system: its tree, where its bytes lie, how to read them, and what was wrong when we opened it. */
export interface Image extends ReadProblems {
  readonly format: FormatTraits
  readonly source: ByteSource
  readonly tree: FileTree
  /** Fields of the header for reports, by the name that the specification gives them. */
  readonly facts: Readonly<Record<string, string | number | boolean>>
  /** The parts outside the tree that have a place of their own. */
  readonly parts?: readonly ImagePart[]
  /** The checksums of its structures. Each call computes them. */
  checksums?(): readonly StructureChecksum[]
  /** A hash of the whole image that a tool implanted in it. */
  readonly implantedHash?: ImplantedHash | undefined
  /** The compressed streams that the source came out of, in the order of the file. */
  readonly streams?: readonly UnpackedStream[]
  /**
   * The runs of a regular file in content order. Their lengths sum to `entry.size`.
   * @throws {FormatError} when we cannot read the block list
   */
  runs(entry: Entry): Iterable<StoredRun>
  /**
   * The stored bytes of a regular file in content order. Holes have no extent.
   * @throws {FormatError} when we cannot read the block list
   */
  extents(entry: Entry): Iterable<StoredExtent>
  /**
   * The number of an entry's set of extended attributes. Entries with one number share a set. Undefined if it has none.
   */
  xattrSet?(entry: Entry): number | undefined
  /**
   * The extended attributes of an entry, in stored order.
   * @throws {FormatError} when we cannot read them
   */
  xattrs?(entry: Entry): readonly Xattr[]
  /**
   * Claims the bytes of file contents for their entries. If entries share bytes, each of them claims those bytes.
   * @returns what is wrong with the image: the problems from opening it, and those in the block lists of all files
   */
  claimContent(map: ExtentMap): ReadProblems
  /**
   * Claims all other bytes that the format understands: headers, tables, and the padding that it defines.
   * @param complete whether we could read everything, contents included; if not, unclaimed bytes may be lost content
   */
  claimStructures(map: ExtentMap, complete: boolean): void
}

/** Where each entry's children are: `list[start[i] .. start[i + 1])` has the indexes of entry i's children. */
export interface ChildIndex {
  readonly start: Uint32Array
  readonly list: Uint32Array
}

/** The regular files of a tree, by their indexes. */
export function* filesOf(tree: FileTree): Generator<number> {
  for (let index = 0; index < tree.count; index += 1) if (tree.typeOf(index) === 'file') yield index
}

/** Indexes the children of every directory, in tree order. */
export function indexChildren({ count, parents }: FileTree): ChildIndex {
  const start = new Uint32Array(count + 1)
  for (let index = 1; index < count; index += 1) start[parents[index]! + 1]! += 1
  for (let index = 0; index < count; index += 1) start[index + 1]! += start[index]!
  const next = start.slice()
  const list = new Uint32Array(Math.max(count - 1, 0))
  for (let index = 1; index < count; index += 1) {
    const parent = parents[index]!
    list[next[parent]!] = index
    next[parent]! += 1
  }
  return { start, list }
}

/** The path of an entry as bytes, such as "/nix/store/…/bin/sh"; "/" for the root. */
export function pathOf(tree: FileTree, entry: Pick<Entry, 'index'>): ByteString {
  let path = ''
  for (let at = entry.index; at !== 0; at = tree.parents[at]!) path = `/${tree.nameOf(at)}${path}`
  return path === '' ? '/' : path
}

/**
 * A faster `pathOf` for entries in tree order, by their indexes: it builds each directory's path once, and all entries
 * below share it.
 * @param imagePath the prefix of all paths, for an image inside another
 */
export function pathBuilder(tree: FileTree, imagePath: ByteString = ''): (index: number) => ByteString {
  /** The paths of directories, each with a slash at its end, so that a path below is one concatenation. */
  const directories = new Map<number, ByteString>([[0, `${imagePath}/`]])
  // An entry mostly has the same parent as the entry before it.
  let lastParent = 0
  let parentPath = `${imagePath}/`
  const build = (index: number): ByteString => {
    const parent = tree.parents[index]!
    if (parent !== lastParent) {
      parentPath = directories.get(parent) ?? `${build(parent)}/`
      lastParent = parent
    }
    const path = parentPath + tree.nameOf(index)
    if (tree.typeOf(index) === 'directory') directories.set(index, `${path}/`)
    return path
  }
  return (index) => (index === 0 ? imagePath || '/' : build(index))
}

/** The entries of each stored object that has more than one name: entry indexes by identity, in tree order. */
export type HardLinks = ReadonlyMap<number, readonly number[]>

/**
 * Finds the objects that have several names. It does not trust their link counts. The first call does the work, because
 * a list of names does not need it.
 */
export const hardLinksOf: (tree: FileTree) => HardLinks = oncePer(findHardLinks)

function findHardLinks({ count, identities }: FileTree): HardLinks {
  const links = new Map<number, number[]>()
  // Sorting all identities costs a third of keeping them in a map, and few occur twice.
  const sorted = identities.slice().sort()
  for (let index = 1; index < count; index += 1) {
    if (sorted[index] === sorted[index - 1]) links.set(sorted[index]!, [])
  }
  if (links.size > 0) for (let index = 0; index < count; index += 1) links.get(identities[index]!)?.push(index)
  return links
}
