import { type ByteString, byteString } from '../bytes/byte-string.ts'
import type { ByteSource } from '../bytes/source.ts'
import type { EntryType } from '../image.ts'
import { typeOfMode } from '../linux-encodings.ts'
import { type Header, readHeader } from './header.ts'

/** The name of the member that ends an archive. */
const TRAILER = 'TRAILER!!!'
/** The longest name that Linux reads, with its NUL (PATH_MAX). */
export const NAME_LIMIT = 4096
/** Bytes that hold the header and the name of most members, so that one read is enough. */
const READ_AHEAD = 256

/** A member of an archive, and where it lies. Offsets count from the start of the source. */
export interface Member {
  readonly header: Header
  readonly offset: number
  /** The name up to its NUL, or its first 4096 bytes. */
  readonly name: ByteString
  /** Whether a NUL is the last byte of the name, and the only one. */
  readonly isTerminated: boolean
  readonly dataOffset: number
  /** Where the next member begins, or the padding after the last one. It may lie after the end of the source. */
  readonly end: number
  /** Whether it ends the archive. */
  readonly isTrailer: boolean
}

/** The member that begins at `offset`; undefined if there is no header that we can read. */
export function readMember(source: ByteSource, offset: number): Member | undefined {
  const left = source.size - offset
  let bytes = source.read(offset, Math.min(READ_AHEAD, left))
  const header = readHeader(bytes)
  if (header === undefined) return undefined
  const { length, namesize, filesize } = header
  const shownSize = Math.min(namesize, NAME_LIMIT, left - length)
  if (length + shownSize > bytes.length) bytes = source.read(offset, length + shownSize)
  const written = byteString(bytes, length, length + shownSize)
  const nul = written.indexOf('\0')
  const name = nul < 0 ? written : written.slice(0, nul)
  // A member of newc begins at a multiple of 4 in its archive, and so does its content.
  const unit = header.format === 'odc' ? 1 : 4
  const dataLength = aligned(length + namesize, unit)
  return {
    header,
    offset,
    name,
    isTerminated: nul >= 0 && nul === namesize - 1,
    dataOffset: offset + dataLength,
    end: offset + aligned(dataLength + filesize, unit),
    isTrailer: name === TRAILER,
  }
}

function aligned(length: number, unit: number): number {
  return Math.ceil(length / unit) * unit
}

/** The type of a member; undefined for a mode that has none. */
export function typeOf({ mode }: Header): EntryType | undefined {
  return typeOfMode(mode)
}
