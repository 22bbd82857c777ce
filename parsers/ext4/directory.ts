import { type ByteString, byteString, quoted } from '../bytes/byte-string.ts'
import type { Problems } from '../bytes/problems.ts'

/** Bytes of a directory entry before its name. */
const ENTRY_SIZE = 8
/** The shortest entry: its name has one byte, and entries are aligned to 4 bytes. */
export const SHORTEST_ENTRY = 12

/** A name in a directory. */
export interface Name {
  readonly name: ByteString
  readonly inode: number
  /** The type of the file, where the file system records it (feature `filetype`); else 0. */
  readonly fileType: number
}

/** A part of a directory that has entries: a block, or the bytes inside an inode. */
export interface DirectoryPart {
  readonly bytes: Uint8Array
  /** Byte offset in the source. */
  readonly offset: number
  /** Whether it begins with the entries "." and "..". */
  readonly isFirst: boolean
}

/**
 * Reads the entries of a part of a directory (kernel: Documentation/filesystems/ext4, "Directory Entries"). The nodes of
 * a hash tree and checksums look like unused entries, so we read every directory as a list. At damage the part ends, and
 * `problems` has it.
 * @param hasTypes whether entries have a type (feature `filetype`); without, names may have more than 255 bytes
 * @param room the most names that it may have
 */
export function readNames(
  { bytes, offset, isFirst }: DirectoryPart,
  hasTypes: boolean,
  room: number,
  problems: Problems,
): Name[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const names: Name[] = []
  const structure = 'directory entry'
  for (let at = 0; at + ENTRY_SIZE <= bytes.length && names.length < room; ) {
    const inode = view.getUint32(at, true)
    const length = entryLength(view.getUint16(at + 4, true), bytes.length)
    const nameLength = hasTypes ? view.getUint8(at + 6) : view.getUint16(at + 6, true)
    if (length < SHORTEST_ENTRY || length % 4 !== 0 || length > bytes.length - at || ENTRY_SIZE + nameLength > length) {
      // The last entry of a block reaches its end, and inline data may leave a rest that is too short for one.
      if (inode === 0 && length === 0 && nameLength === 0) break
      problems.lose('MALFORMED', 'a directory entry does not fit into its block; the rest of the block is left out', {
        structure,
        offset: offset + at,
        field: 'rec_len',
        found: length,
        expected: `a multiple of 4 from ${Math.max(SHORTEST_ENTRY, ENTRY_SIZE + nameLength)} to ${bytes.length - at}`,
      })
      break
    }
    const name = byteString(bytes, at + ENTRY_SIZE, at + ENTRY_SIZE + nameLength)
    const isDots = isFirst && (name === '.' || name === '..') && at < 2 * SHORTEST_ENTRY
    if (inode !== 0 && !isDots) {
      if (isUnsafe(name)) {
        problems.lose('MALFORMED', 'an invalid file name is left out', {
          structure,
          offset: offset + at,
          field: 'name',
          found: quoted(name),
        })
      } else names.push({ name, inode, fileType: hasTypes ? view.getUint8(at + 7) : 0 })
    }
    at += length
  }
  return names
}

/** The length of an entry. Blocks of 64 KiB need more than 16 bits (kernel: ext4_rec_len_from_disk). */
function entryLength(stored: number, blockSize: number): number {
  if (blockSize < 65_536) return stored
  return stored === 0 || stored === 65_535 ? blockSize : (stored & 65_532) | ((stored & 3) << 16)
}

function isUnsafe(name: ByteString): boolean {
  return name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')
}
