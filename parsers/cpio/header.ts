import type { FormatError } from '../bytes/errors.ts'
import { ascii } from '../bytes/fields.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { type Struct, struct } from '../bytes/struct.ts'
import { hex8, octal } from './digits.ts'

/** The formats of headers: `crc` is `newc` with a sum of the content (cpio(5), New ASCII and New CRC Format). */
export type HeaderFormat = 'newc' | 'crc' | 'odc'

const newcFields = {
  magic: ascii(6),
  ino: hex8,
  mode: hex8,
  uid: hex8,
  gid: hex8,
  nlink: hex8,
  mtime: hex8,
  filesize: hex8,
  devmajor: hex8,
  devminor: hex8,
  rdevmajor: hex8,
  rdevminor: hex8,
  namesize: hex8,
  check: hex8,
}

/** cpio(5), New ASCII Format: 110 bytes. */
export const newcHeader: Struct<typeof newcFields> = struct('newc header', newcFields)

const odcFields = {
  magic: ascii(6),
  dev: octal(6),
  ino: octal(6),
  mode: octal(6),
  uid: octal(6),
  gid: octal(6),
  nlink: octal(6),
  rdev: octal(6),
  mtime: octal(11),
  namesize: octal(6),
  filesize: octal(11),
}

/** cpio(5), Portable ASCII Format: 76 bytes. */
export const odcHeader: Struct<typeof odcFields> = struct('odc header', odcFields)

/** The header of one member, in any of the formats. */
export interface Header {
  readonly format: HeaderFormat
  /** Bytes of the header itself. */
  readonly length: number
  readonly ino: number
  /** File type and permissions, as stat has them. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly nlink: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** Bytes of the content. */
  readonly filesize: number
  readonly devmajor: number
  readonly devminor: number
  readonly rdevmajor: number
  readonly rdevminor: number
  /** Bytes of the name, with the NUL at its end. */
  readonly namesize: number
  /** The sum of all bytes of the content, in `crc` only. */
  readonly check: number
}

/** All magics begin with these digits, and end with that of their format. */
const MAGIC_START = [0x30, 0x37, 0x30, 0x37, 0x30]
const LAST_DIGITS: ReadonlyMap<number | undefined, HeaderFormat> = new Map([
  [0x31, 'newc'],
  [0x32, 'crc'],
  [0x37, 'odc'],
])

/** The format of the header at the start of `bytes`; undefined if they have no magic of one. */
export function headerFormat(bytes: Uint8Array): HeaderFormat | undefined {
  for (let index = 0; index < MAGIC_START.length; index += 1) if (bytes[index] !== MAGIC_START[index]) return undefined
  return LAST_DIGITS.get(bytes[MAGIC_START.length])
}

/** The header at the start of `bytes`; undefined if there is no whole one, or one of its digits is none. */
export function readHeader(bytes: Uint8Array): Header | undefined {
  const format = headerFormat(bytes)
  if (format === undefined || bytes.length < layoutOf(format).size) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const header = format === 'odc' ? fromOdc(view) : fromNewc(view, format)
  return isReadable(header) ? header : undefined
}

/** Whether all of its fields are numbers: NaN in one of them makes the sum NaN. */
function isReadable(header: Header): boolean {
  const { ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check } =
    header
  const links = ino + mode + uid + gid + nlink + devmajor + devminor + rdevmajor + rdevminor
  return !Number.isNaN(links + mtime + filesize + namesize + check)
}

function layoutOf(format: HeaderFormat): Struct<typeof newcFields> | Struct<typeof odcFields> {
  return format === 'odc' ? odcHeader : newcHeader
}

function fromNewc(view: DataView, format: HeaderFormat): Header {
  const { magic: _, ...fields } = newcHeader.from(view, 0)
  return { format, length: newcHeader.size, ...fields }
}

/** A device has 10 bits of a major and 8 bits of a minor number. NaN stays NaN, which shifts would make 0. */
function fromOdc(view: DataView): Header {
  const { magic: _, dev, rdev, ...fields } = odcHeader.from(view, 0)
  return {
    format: 'odc',
    length: odcHeader.size,
    ...fields,
    devmajor: Math.floor(dev / 256),
    devminor: dev % 256,
    rdevmajor: Math.floor(rdev / 256),
    rdevminor: rdev % 256,
    check: 0,
  }
}

/** The error for bytes that have the magic of a header, but that `readHeader` cannot read. */
export function headerProblem(source: ByteSource, offset: number): FormatError {
  const bytes = source.read(offset, Math.min(newcHeader.size, source.size - offset))
  const { name, size, offsets, ...layout } = layoutOf(headerFormat(bytes) ?? 'newc')
  if (bytes.length < size) {
    return formatError('TRUNCATED', 'the file ends in it', source, {
      structure: name,
      offset,
      found: `${bytes.length} bytes`,
      expected: size,
    })
  }
  const fields = layout.from(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0)
  const field = Object.entries(fields).find(([, value]) => Number.isNaN(value))?.[0] ?? 'magic'
  const at = offsets[field as 'mode']
  const expected = `${name === odcHeader.name ? 'octal' : 'hexadecimal'} digits`
  return formatError('MALFORMED', 'is not a number, so the members from here on cannot be found', source, {
    structure: name,
    offset: offset + at,
    field,
    expected,
  })
}
