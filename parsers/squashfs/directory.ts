import { byteString, quoted } from '../bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../bytes/errors.ts'
import { atLimit } from '../bytes/limits.ts'
import type { DirectoryInode } from './inode.ts'
import type { MetadataCursor } from './metadata-table.ts'
import type { PendingNames } from './pending-names.ts'

const NOTHING = new Uint8Array(0)

/**
 * The excess of a listing's size over its bytes. It stands for '.' and '..', which Linux shows but the image does not
 * store. Some writers leave it out (go-diskfs before its pull request 286).
 */
const EXCESS = 3
/** The most entries under one header (kernel: SQUASHFS_DIR_COUNT). */
const MAX_COUNT = 256
/** The longest name of the format, one byte more than Linux allows (kernel: SQUASHFS_NAME_LEN). */
const MAX_NAME = 256
const HEADER_LENGTH = 12
/** Bytes of a directory entry before its name. */
export const ENTRY_LENGTH = 8

/** A 12-byte directory header: its block in the directory table, and its offset in the unpacked block. */
export interface DirectoryHeader {
  readonly block: number
  readonly offset: number
}

/** The facts about a listing, as far as we could read it. Its names are in the `PendingNames` of the walk. */
export interface Listing {
  /** The number of names that we read, including those left out. */
  readonly names: number
  /** The places of its headers. */
  readonly headers: readonly DirectoryHeader[]
  /** Why it ends early or lacks a name. */
  readonly damage: readonly FormatError[]
  /** Its oddities, which did not keep us from reading all of it. */
  readonly oddities: readonly FormatError[]
}

/**
 * Reads a directory's listing and puts its names on `pending`. It throws nothing: the listing ends at damage, and `damage`
 * reports it. It makes no string of a name, because the walk needs only its bytes and its place.
 *
 * Linux and unsquashfs read a header if it begins before the size less 3. They then read as many entries as it counts,
 * wherever these end. libsquashfs accepts an entry up to the size itself. So we read an entry if it ends within the
 * size. We read none that reaches further, into the next listing.
 * @param room the most names that it may have, because a hostile listing can be larger than memory
 */
export function readListing(
  cursor: MetadataCursor,
  directory: DirectoryInode,
  room: number,
  pending: PendingNames,
): Listing {
  const { table } = cursor
  const headers: DirectoryHeader[] = []
  const damage: FormatError[] = []
  const oddities: FormatError[] = []
  let unsafe: FormatError | undefined
  let names = 0
  let remaining = directory.listingSize - EXCESS
  try {
    // The position of an empty directory has no meaning.
    if (remaining > 0) cursor.seek(directory.block, directory.offset)
    let previous: Uint8Array = NOTHING
    let previousAt = 0
    let previousLength = 0
    let sorted = true
    while (remaining > 0) {
      if (remaining < HEADER_LENGTH) throw tooShort(cursor, remaining)
      headers.push({ block: cursor.index, offset: cursor.offset })
      // After these two fields comes the inode number that the entries count from, 4 bytes.
      const header = cursor.take(HEADER_LENGTH)
      const count = cursor.view.getUint32(header, true) + 1
      const inodeBlock = cursor.view.getUint32(header + 4, true)
      remaining -= HEADER_LENGTH
      if (count > MAX_COUNT) {
        throw table.errorIn(cursor.index, 'directory header', 'more entries than a header may have', {
          field: 'count',
          found: count,
          expected: `at most ${MAX_COUNT}`,
        })
      }
      for (let index = 0; index < count; index += 1) {
        if (remaining + EXCESS < ENTRY_LENGTH) throw tooShort(cursor, Math.max(remaining, 0))
        if (names >= room) throw tooMany(cursor)
        names += 1
        const { index: block, offset } = cursor
        // At 2 is the inode number, as a difference.
        const entry = cursor.take(ENTRY_LENGTH)
        const { view } = cursor
        const inodeOffset = view.getUint16(entry, true)
        const type = view.getUint16(entry + 4, true)
        const nameLength = view.getUint16(entry + 6, true) + 1
        const length = ENTRY_LENGTH + nameLength
        if (nameLength > MAX_NAME || length > remaining + EXCESS) {
          throw table.errorIn(block, 'directory entry', 'the name is longer than the rest of the listing', {
            field: 'name size',
            found: nameLength,
            expected: `at most ${Math.min(MAX_NAME, Math.max(remaining - ENTRY_LENGTH, 0))}`,
          })
        }
        const name = cursor.take(nameLength)
        const bytes = cursor.taken
        remaining -= length
        if (isUnsafe(bytes, name, nameLength)) {
          unsafe ??= table.errorIn(
            block,
            'directory entry',
            'an invalid file name is left out, and all others like it',
            {
              field: 'name',
              found: quoted(byteString(bytes, name, name + nameLength)),
            },
          )
          continue
        }
        if (sorted) sorted = isAfter(bytes, name, nameLength, previous, previousAt, previousLength)
        previous = bytes
        previousAt = name
        previousLength = nameLength
        pending.push(inodeBlock, inodeOffset, type, block, offset, nameLength)
      }
    }
    if (!sorted) {
      oddities.push(table.errorIn(headers[0]!.block, 'directory', 'its names are out of order or repeated'))
    }
    if (remaining < 0 && headers.length > 0) {
      const detail = 'is too small for its names; all of them are read'
      const { listingSize } = directory
      const sizes = { field: 'file size', found: listingSize, expected: listingSize - remaining }
      oddities.push(table.errorIn(headers[0]!.block, 'directory', detail, sizes))
    }
  } catch (error) {
    damage.push(asFormatError(error))
  }
  if (unsafe !== undefined) damage.push(unsafe)
  return { names, headers, damage, oddities }
}

/** '.', '..', a slash or a NUL in a name. Such names have misled kernels and tools (CVE-2021-40153). */
function isUnsafe(bytes: Uint8Array, at: number, length: number): boolean {
  if (bytes[at] === DOT && (length === 1 || (length === 2 && bytes[at + 1] === DOT))) return true
  for (let index = at; index < at + length; index += 1) if (bytes[index] === SLASH || bytes[index] === 0) return true
  return false
}

const DOT = 0x2e
const SLASH = 0x2f

/** Whether a name comes after another one in the order of bytes. */
function isAfter(
  bytes: Uint8Array,
  at: number,
  length: number,
  other: Uint8Array,
  otherAt: number,
  otherLength: number,
): boolean {
  const common = Math.min(length, otherLength)
  for (let index = 0; index < common; index += 1) {
    const difference = bytes[at + index]! - other[otherAt + index]!
    if (difference !== 0) return difference > 0
  }
  return length > otherLength
}

function tooMany(cursor: MetadataCursor): FormatError {
  return cursor.table.errorIn(cursor.index, 'directory', 'more names than an image may have; the rest is left out', {
    code: 'LIMIT',
    ...atLimit(cursor.table.limits, 'entries'),
  })
}

function tooShort(cursor: MetadataCursor, remaining: number): FormatError {
  return cursor.table.errorIn(cursor.index, 'directory', 'its size ends in the middle of an entry', {
    found: remaining,
  })
}
