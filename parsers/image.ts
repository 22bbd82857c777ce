import type { ByteString } from './bytes/byte-string.ts'
import type { ExtentMap } from './bytes/extents.ts'
import type { ReadProblems } from './bytes/problems.ts'
import type { ByteSource } from './bytes/source.ts'
import type { CodecName } from './codecs/codec.ts'

export type EntryType = 'file' | 'directory' | 'symlink' | 'blockDevice' | 'charDevice' | 'fifo' | 'socket'

/** A run of a file: `storedLength` bytes at `offset` become `length` bytes of content. */
export interface StoredRun {
  /** Byte offset in the image's source; meaningless for a hole. */
  readonly offset: number
  /** Stored bytes; 0 for a hole. Of a fragment: all of the fragment block. */
  readonly storedLength: number
  /** Content bytes this run yields. */
  readonly length: number
  /** Bytes to skip at the front of the decompressed run: non-zero inside a fragment. */
  readonly skip: number
  /** The most bytes the run can decompress to: how large a buffer it needs. */
  readonly unpackedLimit: number
  readonly codec: CodecName | 'stored' | 'hole'
  /** Of a tail in a block that holds the ends of several files (squashfs fragment). */
  readonly fragment?: true
}

/** Where part of a file lies: `length` stored bytes at `offset` become `unpacked` bytes of content. */
export interface StoredExtent {
  /** Where in the content they begin; before it, and behind the last extent, are holes. */
  readonly at: number
  /** Byte offset in the image's source. */
  readonly offset: number
  /** Stored bytes. Of a fragment: all of the fragment block. */
  readonly length: number
  readonly unpacked: number
  /** `stored` when the bytes are the content; zisofs has a header and block pointers before its zlib blocks. */
  readonly codec: CodecName | 'stored' | 'zisofs'
  /** Of a fragment: the bytes of other files before those of this one, in the unpacked block. */
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
  /** What stat shows: content bytes of a file, length of a symlink's target, bytes of a directory's listing, else 0. */
  readonly size: number
  /** Unix permission bits, 0o7777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since 1970, as stored. */
  readonly mtime: number
  /** Same number, same stored object. Squashfs: the inode reference. */
  readonly identity: number
  /** A symlink's target, as bytes. */
  readonly target?: ByteString
  /** Of a device: its major and minor number. */
  readonly device?: { readonly major: number; readonly minor: number }
}

/** One extended attribute. */
export interface Xattr {
  /** With its prefix: "security.capability". */
  readonly name: ByteString
  readonly value: Uint8Array
}

/** Plain data: entries[0] is the root; depth first, so parents come before children and a subtree is one range. */
export interface FileTree {
  readonly entries: readonly Entry[]
}

/** Which of the names that a disc gives its files are shown. */
export type NameTreeKind = 'rockRidge' | 'joliet' | 'enhanced' | 'plain'

/** What is true of all images of a format. */
export interface FormatTraits {
  /** As JSON and the library call it: "iso9660". */
  readonly name: string
  /** As people call it, in headings: "ISO9660". */
  readonly title: string
  /** With its article: "an ISO9660 image". */
  readonly noun: string
  /**
   * Which files are tried for images inside: all of them, as on a disc that is made to carry some, or only one that a
   * path leads into, where to try would mean to decompress every file.
   */
  readonly looksInside: 'files' | 'on demand'
  /** Whether writers lay files and structures over each other, so that an overlap is no damage. */
  readonly sharesBytes: boolean
  /** Bytes of the sectors by which tools tell places in it; absent where there are none. */
  readonly sectorSize?: number
}

/** One opened file system: what is in it, where it lies, how to read it, and what was found wrong when it was opened. */
export interface Image extends ReadProblems {
  readonly format: FormatTraits
  readonly source: ByteSource
  readonly tree: FileTree
  /** What the header says, by specification name, for reports. */
  readonly facts: Readonly<Record<string, string | number | boolean>>
  /**
   * Runs of a regular file in content order; their lengths sum to `entry.size`.
   * @throws {FormatError} where the block list cannot be read
   */
  runs(entry: Entry): Iterable<StoredRun>
  /**
   * The stored bytes of a regular file in content order; holes have none.
   * @throws {FormatError} where the block list cannot be read
   */
  extents(entry: Entry): Iterable<StoredExtent>
  /** The number of an entry's set of extended attributes: entries of one number have the same. Undefined: none. */
  xattrSet?(entry: Entry): number | undefined
  /**
   * The extended attributes of an entry, in the order they are stored in.
   * @throws {FormatError} where they cannot be read
   */
  xattrs?(entry: Entry): readonly Xattr[]
  /**
   * Claims the bytes of file contents for the entries they belong to, shared ones for each of them.
   * @returns what is wrong with the image: what was when it was opened, and what the block lists of all files show
   */
  claimContent(map: ExtentMap): ReadProblems
  /**
   * Claims all other bytes the format understands: headers, tables, padding it defines.
   * @param complete whether all could be read, contents too: if not, bytes of nobody may be content that was lost
   */
  claimStructures(map: ExtentMap, complete: boolean): void
}

/** Where the children of each entry stand: `list[start[i] .. start[i + 1])` are the indexes of entry i's children. */
export interface ChildIndex {
  readonly start: Uint32Array
  readonly list: Uint32Array
}

/** Indexes the children of every directory, in tree order. */
export function indexChildren(tree: FileTree): ChildIndex {
  const { entries } = tree
  const start = new Uint32Array(entries.length + 1)
  for (let index = 1; index < entries.length; index += 1) start[entries[index]!.parent + 1]! += 1
  for (let index = 0; index < entries.length; index += 1) start[index + 1]! += start[index]!
  const next = start.slice()
  const list = new Uint32Array(Math.max(entries.length - 1, 0))
  for (let index = 1; index < entries.length; index += 1) {
    const parent = entries[index]!.parent
    list[next[parent]!] = index
    next[parent]! += 1
  }
  return { start, list }
}

/** "/nix/store/…/bin/sh" for an entry, as bytes; "/" for the root. */
export function pathOf(tree: FileTree, entry: Entry): ByteString {
  let path = ''
  for (let at = entry; at.index !== 0; at = tree.entries[at.parent]!) path = `/${at.name}${path}`
  return path === '' ? '/' : path
}

/**
 * `pathOf` for entries asked for in tree order: each directory's path is made once, and shared by all below it.
 * @param imagePath what the paths of an image inside another begin with
 */
export function pathBuilder(tree: FileTree, imagePath: ByteString = ''): (entry: Entry) => ByteString {
  const directories = new Map<number, ByteString>([[0, imagePath]])
  // Mostly the parent is that of the entry before.
  let lastParent = 0
  let parentPath = imagePath
  const build = (entry: Entry): ByteString => {
    const { parent } = entry
    if (parent !== lastParent) {
      parentPath = directories.get(parent) ?? build(tree.entries[parent]!)
      lastParent = parent
    }
    const path = `${parentPath}/${entry.name}`
    if (entry.type === 'directory') directories.set(entry.index, path)
    return path
  }
  return (entry) => (entry.index === 0 ? imagePath || '/' : build(entry))
}

/** The names of each stored object that has more than one: entry indexes by identity, in tree order. */
export type HardLinks = ReadonlyMap<number, readonly number[]>

const linksOfTrees = new WeakMap<FileTree, HardLinks>()

/**
 * Finds the objects with several names. What their link counts say is not relied on. Worked out when first asked for: a
 * list of names needs none of it.
 */
export function hardLinksOf(tree: FileTree): HardLinks {
  let links = linksOfTrees.get(tree)
  if (links === undefined) {
    links = findHardLinks(tree.entries)
    linksOfTrees.set(tree, links)
  }
  return links
}

function findHardLinks(entries: readonly Entry[]): HardLinks {
  const links = new Map<number, number[]>()
  // Sorting all identities costs a third of keeping them in a map, and few are there twice.
  const identities = new Float64Array(entries.length)
  for (let index = 0; index < entries.length; index += 1) identities[index] = entries[index]!.identity
  identities.sort()
  for (let index = 1; index < identities.length; index += 1) {
    if (identities[index] === identities[index - 1]) links.set(identities[index]!, [])
  }
  if (links.size > 0) for (const entry of entries) links.get(entry.identity)?.push(entry.index)
  return links
}
