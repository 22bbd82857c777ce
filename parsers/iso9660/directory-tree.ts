import type { ByteString } from '../bytes/byte-string.ts'
import { quoted } from '../bytes/byte-string.ts'
import { atLimit } from '../bytes/limits.ts'
import { RangeList } from '../bytes/range-list.ts'
import { treeOf } from '../entry-columns.ts'
import type { Entry, FileTree } from '../image.ts'
import { type DirectoryBudget, directoryRecords, directorySize } from './directory.ts'
import { DIRECTORY, type DirectoryRecord, dataOffset, isSelfOrParent, NOT_FINAL_EXTENT } from './directory-record.ts'
import { Identities, ownIdentity } from './identities.ts'
import type { Interpret, NamedRecord } from './name-tree.ts'
import { sortSiblings } from './siblings.ts'
import { type InterleaveBudget, recordExtents, StoredExtents } from './stored-extents.ts'
import { selfRecord } from './susp-indicator.ts'
import { blockOffset, type Volume } from './volume.ts'
import type { ZisofsEntry } from './zisofs.ts'

/** A directory tree, with the facts about it that the model does not show. */
export interface DirectoryTree {
  readonly tree: FileTree
  /** Entry i has the extents of record `recordOf[i]`. */
  readonly recordOf: Uint32Array
  readonly extents: StoredExtents
  /** Indexed by record. */
  readonly zisofs: ReadonlyMap<number, ZisofsEntry>
  /** Indexed by record: the number of the volume that holds the file, if that is another one. */
  readonly elsewhere: ReadonlyMap<number, number>
  /** Offsets of the directories, each once. */
  readonly directories: ReadonlySet<number>
  readonly directoryExtents: RangeList
  readonly extendedAttributeRecords: RangeList
}

/** An entry under construction. `index` is its record's number until the tree is in order. */
type Draft = { -readonly [K in keyof Entry]: Entry[K] }

interface PendingDirectory {
  readonly entry: Draft
  readonly offset: number
  readonly size: number
  readonly depth: number
  /** Bytes of its path. */
  readonly pathLength: number
}

interface Relocated {
  readonly parent: Draft
  readonly entry: Draft
  readonly offset: number
  readonly size: number
  readonly depth: number
  readonly pathLength: number
  readonly recordOffset: number
}

/** The root directory, where reading starts. */
export interface RootDirectory {
  readonly record: DirectoryRecord
  readonly offset: number
  readonly size: number
}

/**
 * Reads a whole directory tree, each directory once. It reads breadth first and then orders the entries depth first.
 */
export function readDirectoryTree(
  volume: Volume,
  root: RootDirectory,
  interpret: Interpret,
  versionOf: (record: DirectoryRecord) => ByteString,
): DirectoryTree {
  return new TreeReader(volume, interpret, versionOf).read(root)
}

class TreeReader {
  readonly #volume: Volume
  readonly #interpret: Interpret
  readonly #versionOf: (record: DirectoryRecord) => ByteString
  readonly #extents = new StoredExtents()
  readonly #zisofs = new Map<number, ZisofsEntry>()
  readonly #identities = new Identities(this.#extents, this.#zisofs)
  readonly #elsewhere = new Map<number, number>()
  readonly #directories = new Set<number>()
  readonly #directoryExtents = new RangeList()
  readonly #extendedAttributeRecords = new RangeList()
  readonly #children = new Map<number, Draft[]>()
  readonly #versions = new Map<Draft, ByteString>()
  readonly #queue: PendingDirectory[] = []
  readonly #relocated: Relocated[] = []
  readonly #directoryBudget: DirectoryBudget
  readonly #interleaveBudget: InterleaveBudget
  /** The volume number in the root's record, which means this volume. */
  #rootVolume = 1
  #count = 0
  /** Bytes of all paths. */
  #pathBytes = 0

  constructor(volume: Volume, interpret: Interpret, versionOf: (record: DirectoryRecord) => ByteString) {
    this.#volume = volume
    this.#interpret = interpret
    this.#versionOf = versionOf
    this.#directoryBudget = { left: volume.source.size }
    this.#interleaveBudget = { left: volume.source.size / volume.blockSize }
  }

  read(root: RootDirectory): DirectoryTree {
    const self = this.#selfOf(root.offset) ?? this.#interpret(root.record)
    const rootEntry = this.#draft({ ...self, type: 'directory' }, '')
    this.#noteAttributeRecord(root.record)
    this.#rootVolume = root.record.volumeSequenceNumber
    const { setSize, sequenceNumber, warnings } = this.#volume
    if (setSize > 1 && this.#rootVolume !== sequenceNumber) {
      warnings.add(
        'MALFORMED',
        'the root and the volume have different sequence numbers; files of both are read from this image',
        {
          structure: 'root directory record',
          offset: root.record.offset,
          field: 'Volume Sequence Number',
          found: this.#rootVolume,
          expected: sequenceNumber,
        },
      )
    }
    this.#enqueue(
      { entry: rootEntry, offset: root.offset, size: root.size, depth: 1, pathLength: 0 },
      root.record.offset,
    )
    this.#readQueue()
    this.#adoptOrphans(rootEntry)
    const { tree, recordOf } = this.#inOrder(rootEntry)
    return {
      tree,
      recordOf,
      extents: this.#extents,
      zisofs: this.#zisofs,
      elsewhere: this.#elsewhere,
      directories: this.#directories,
      directoryExtents: this.#directoryExtents,
      extendedAttributeRecords: this.#extendedAttributeRecords,
    }
  }

  #readQueue(): void {
    for (let next = 0; next < this.#queue.length; next += 1) this.#readDirectory(this.#queue[next]!)
    this.#queue.length = 0
  }

  #readDirectory(directory: PendingDirectory): void {
    const { source } = this.#volume
    const children: Draft[] = []
    this.#children.set(directory.entry.index, children)
    this.#directoryExtents.add(directory.offset, Math.min(directory.size, Math.max(source.size - directory.offset, 0)))
    let open: OpenFile | undefined
    for (const record of directoryRecords(this.#volume, directory.offset, directory.size, this.#directoryBudget)) {
      if (isSelfOrParent(record)) {
        // We do not list '.' and '..', but we record the areas in which their system use continues.
        this.#interpret(record)
        continue
      }
      if (open !== undefined && this.#continueFile(open, record)) {
        if ((record.flags & NOT_FINAL_EXTENT) === 0) {
          this.#finishFile(open)
          open = undefined
        }
        continue
      }
      if (open !== undefined) this.#abandonFile(open)
      open = undefined
      const { warnings, limits } = this.#volume
      if (this.#count >= limits.entries) {
        warnings.lose('LIMIT', `more than ${limits.entries} directory records; the rest is not read`, {
          structure: 'directory record',
          offset: record.offset,
          ...atLimit(limits, 'entries'),
        })
        break
      }
      if (this.#pathBytes > limits.path) {
        warnings.lose('LIMIT', 'its paths are too long in total; the rest is left out', {
          structure: 'directory record',
          offset: record.offset,
          ...atLimit(limits, 'path'),
        })
        break
      }
      open = this.#readRecord(directory, children, record)
    }
    if (open !== undefined) this.#abandonFile(open)
    sortSiblings(children, this.#versions)
    this.#versions.clear()
  }

  /** Adds the entry of a record. It returns the file if more of its extents follow (ECMA-119 9.1.6, bit 7). */
  #readRecord(directory: PendingDirectory, children: Draft[], record: DirectoryRecord): OpenFile | undefined {
    const named = this.#interpret(record)
    const entry = this.#draft(named, named.name)
    this.#pathBytes += pathLengthOf(directory, entry)
    this.#noteAttributeRecord(record)
    const version = this.#versionOf(record)
    if (version !== '') this.#versions.set(entry, version)
    if (named.type === 'directory') {
      this.#placeDirectory(directory, children, entry, named, record)
      return undefined
    }
    children.push(entry)
    if (named.type !== 'file') return undefined
    if (named.zisofs !== undefined) this.#zisofs.set(entry.index, named.zisofs)
    if (this.#isElsewhere(record)) {
      this.#elsewhere.set(entry.index, record.volumeSequenceNumber)
      this.#volume.warnings.lose('UNSUPPORTED', 'a file is on another volume of the volume set', {
        structure: `directory record ${quoted(named.name)}`,
        offset: record.offset,
        found: record.volumeSequenceNumber,
        expected: this.#volume.sequenceNumber,
      })
      entry.size = record.dataLength
      return undefined
    }
    const file: OpenFile = {
      entry,
      identifier: '',
      flags: record.flags & ~NOT_FINAL_EXTENT,
      recordOffset: record.offset,
    }
    this.#addExtents(file, record)
    if ((record.flags & NOT_FINAL_EXTENT) !== 0) return { ...file, identifier: identifierOf(record) }
    this.#finishFile(file)
    return undefined
  }

  /**
   * Whether a file is on another volume of the set. A writer that numbers the volume may forget to number the records.
   */
  #isElsewhere({ volumeSequenceNumber }: DirectoryRecord): boolean {
    const { setSize, sequenceNumber } = this.#volume
    return setSize > 1 && volumeSequenceNumber !== sequenceNumber && volumeSequenceNumber !== this.#rootVolume
  }

  #placeDirectory(
    directory: PendingDirectory,
    children: Draft[],
    entry: Draft,
    named: NamedRecord,
    record: DirectoryRecord,
  ): void {
    const depth = directory.depth + 1
    const pathLength = pathLengthOf(directory, entry)
    if (named.childLink !== undefined) {
      // The placeholder only says where the directory is. Its size and attributes are in its '.' record.
      const offset = blockOffset(this.#volume, named.childLink)
      const self = this.#selfOf(offset)
      if (self === undefined) {
        this.#volume.warnings.lose('MALFORMED', 'the child link does not lead to a directory', {
          structure: 'CL entry (RRIP 4.1.5.1) of a directory record',
          offset: record.offset,
          found: named.childLink,
        })
        children.push(entry)
        return
      }
      entry.mode = self.mode
      entry.uid = self.uid
      entry.gid = self.gid
      entry.mtime = self.mtime
      children.push(entry)
      this.#enqueue({ entry, offset, size: self.size, depth, pathLength }, record.offset)
      return
    }
    const offset = dataOffset(this.#volume, record)
    const size = directorySize(this.#volume, offset, record.dataLength)
    // rr_moved itself may carry RE to hide it. The RE of the directories in it decides.
    if (named.relocated && directory.depth > 1) {
      this.#relocated.push({
        parent: directory.entry,
        entry,
        offset,
        size,
        depth,
        pathLength,
        recordOffset: record.offset,
      })
      return
    }
    children.push(entry)
    this.#enqueue({ entry, offset, size, depth, pathLength }, record.offset)
  }

  #enqueue(directory: PendingDirectory, recordOffset: number): void {
    const problem = this.#directoryProblem(directory)
    if (problem !== undefined) {
      this.#volume.warnings.lose(problem[0], problem[1], {
        structure: `directory ${quoted(directory.entry.name)}`,
        offset: recordOffset,
        ...(problem[0] === 'LIMIT' ? atLimit(this.#volume.limits, 'depth') : { found: directory.offset }),
      })
      return
    }
    this.#directories.add(directory.offset)
    this.#queue.push(directory)
  }

  #directoryProblem({
    offset,
    size,
    depth,
  }: PendingDirectory): ['MALFORMED' | 'TRUNCATED' | 'LIMIT', string] | undefined {
    if (this.#directories.has(offset)) {
      return ['MALFORMED', 'the same directory is reached twice; its contents are listed at the first place only']
    }
    const most = this.#volume.limits.depth
    if (depth > most) return ['LIMIT', `directories deeper than ${most} are listed without contents`]
    if (size === 0) return ['MALFORMED', 'a directory has no bytes, not even for its own record']
    if (offset >= this.#volume.source.size) {
      return ['TRUNCATED', 'a directory lies beyond the end of the image; it is listed without contents']
    }
    return undefined
  }

  /** A relocated directory that no CL leads to stays where it is. It may hold the CL of others. */
  #adoptOrphans(root: Draft): void {
    const moved = new Set<Draft>()
    for (let next = 0; next < this.#relocated.length; next += 1) {
      const { parent, entry, offset, size, depth, pathLength, recordOffset } = this.#relocated[next]!
      moved.add(parent)
      if (this.#directories.has(offset)) continue
      this.#volume.warnings.add(
        'MALFORMED',
        'no CL entry leads to a relocated directory; it is shown where it was moved to',
        {
          structure: `RE entry (RRIP 4.1.5.3) of directory ${quoted(entry.name)}`,
          offset: recordOffset,
        },
      )
      this.#children.get(parent.index)!.push(entry)
      this.#enqueue({ entry, offset, size, depth, pathLength }, recordOffset)
      this.#readQueue()
    }
    for (const parent of moved) sortSiblings(this.#children.get(parent.index)!, this.#versions)
    // The directory that only held relocated ones is not part of the original tree.
    const top = this.#children.get(root.index)
    if (top === undefined) return
    const shown = top.filter((entry) => !moved.has(entry) || this.#children.get(entry.index)!.length > 0)
    this.#children.set(root.index, shown)
  }

  /** The '.' record of the directory at `offset`; undefined if it has none. */
  #selfOf(offset: number): (NamedRecord & { readonly size: number }) | undefined {
    const record =
      (offset - this.#volume.base) % this.#volume.blockSize === 0 ? selfRecord(this.#volume, offset) : undefined
    if (record === undefined || (record.flags & DIRECTORY) === 0) return undefined
    return { ...this.#interpret(record), size: record.dataLength }
  }

  #draft(named: NamedRecord, name: ByteString): Draft {
    this.#count += 1
    const index = this.#extents.begin()
    const { type, mode, uid, gid, mtime, target } = named
    const size = target === undefined ? 0 : target.length
    const entry: Draft = { index, parent: 0, name, type, size, mode, uid, gid, mtime, identity: ownIdentity(index) }
    if (target !== undefined) entry.target = target
    if (named.device !== undefined) entry.device = named.device
    return entry
  }

  #addExtents(file: OpenFile, record: DirectoryRecord): void {
    const { source, warnings } = this.#volume
    for (const [offset, length] of recordExtents(this.#volume, record, this.#interleaveBudget)) {
      this.#extents.add(offset, length)
      file.entry.size += length
      if (offset + length > source.size && length > 0) {
        warnings.lose('TRUNCATED', 'the image ends before the content of a file', {
          structure: `content of ${quoted(file.entry.name)}`,
          offset,
          found: Math.max(source.size - offset, 0),
          expected: length,
        })
      }
    }
  }

  #continueFile(file: OpenFile, record: DirectoryRecord): boolean {
    if ((record.flags & ~NOT_FINAL_EXTENT) !== file.flags || identifierOf(record) !== file.identifier) return false
    this.#addExtents(file, record)
    this.#noteAttributeRecord(record)
    return true
  }

  #abandonFile(file: OpenFile): void {
    this.#volume.warnings.lose('MALFORMED', 'the last extent of a file is missing; shown with those there are', {
      structure: `directory record ${quoted(file.entry.name)}`,
      offset: file.recordOffset,
      field: 'File Flags',
    })
    this.#finishFile(file)
  }

  #finishFile({ entry }: OpenFile): void {
    const zisofs = this.#zisofs.get(entry.index)
    entry.identity = this.#identities.of(entry.index, this.#volume.blockSize)
    if (zisofs !== undefined) entry.size = zisofs.size
  }

  #noteAttributeRecord(record: DirectoryRecord): void {
    const length = record.extendedAttributeLength * this.#volume.blockSize
    this.#extendedAttributeRecords.add(blockOffset(this.#volume, record.extent), length)
  }

  /** Orders the entries depth first and gives them their final numbers. */
  #inOrder(root: Draft): { tree: FileTree; recordOf: Uint32Array } {
    const entries: Draft[] = []
    const recordOf = new Uint32Array(this.#count)
    const stack: { readonly siblings: readonly Draft[]; readonly parent: number; next: number }[] = [
      { siblings: [root], parent: 0, next: 0 },
    ]
    for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
      const entry = level.siblings[level.next]
      level.next += 1
      if (entry === undefined) {
        stack.pop()
        continue
      }
      const siblings = this.#children.get(entry.index)
      recordOf[entries.length] = entry.index
      entry.index = entries.length
      entry.parent = level.parent
      entries.push(entry)
      if (siblings !== undefined) stack.push({ siblings, parent: entry.index, next: 0 })
    }
    return { tree: treeOf(entries), recordOf: recordOf.subarray(0, entries.length) }
  }
}

interface OpenFile {
  readonly entry: Draft
  /** Bytes of the file identifier. We keep them while the next record may belong to the same file. */
  readonly identifier: ByteString
  readonly flags: number
  readonly recordOffset: number
}

function identifierOf(record: DirectoryRecord): ByteString {
  let text = ''
  for (let at = record.nameStart; at < record.nameEnd; at += 1) text += String.fromCharCode(record.bytes[at]!)
  return text
}

/** Bytes of the path of an entry in a directory. */
function pathLengthOf({ pathLength }: PendingDirectory, { name }: Draft): number {
  return pathLength + 1 + name.length
}
