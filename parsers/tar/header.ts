import type { ByteString } from '../bytes/byte-string.ts'
import { ascii, bytes } from '../bytes/fields.ts'
import { type Struct, type StructOf, struct } from '../bytes/struct.ts'
import { tarNumber } from './number-field.ts'

/** Headers and contents take whole blocks of so many bytes. */
export const BLOCK = 512

const fields = {
  name: ascii(100),
  mode: tarNumber(8),
  uid: tarNumber(8),
  gid: tarNumber(8),
  size: tarNumber(12),
  mtime: tarNumber(12),
  chksum: tarNumber(8),
  typeflag: ascii(1),
  linkname: ascii(100),
  magic: ascii(6),
  version: ascii(2),
  uname: ascii(32),
  gname: ascii(32),
  devmajor: ascii(8),
  devminor: ascii(8),
  prefix: ascii(155),
  padding: bytes(12),
}

/**
 * The header of a member (POSIX pax, "ustar Interchange Format"). Archives from before POSIX end it after the linkname,
 * and those of GNU have other fields in place of the prefix (tar(5), "GNU tar Archives").
 */
export const ustarHeader: Struct<typeof fields> = struct('tar header', fields)
type UstarHeader = StructOf<typeof fields>

/** What a header says that we use. */
export interface TarHeader {
  readonly name: ByteString
  readonly size: number
  /** "0" for a file, "5" for a directory (POSIX pax, typeflag). */
  readonly type: string
}

/** "ustar" and a NUL. GNU writes a space in place of the NUL. */
const POSIX_MAGIC = 'ustar\0'
/** In archives from before POSIX, files and directories have this type (tar(5), "Old-Style Archive Format"). */
const OLD_TYPE = '\0'

/** The header in a block; undefined if it is none, as the zeros that end an archive. */
export function readTarHeader(block: Uint8Array): TarHeader | undefined {
  const header = ustarHeader.from(new DataView(block.buffer, block.byteOffset, BLOCK), 0)
  const { size, chksum, typeflag } = header
  if (!Number.isSafeInteger(size) || chksum !== sumOf(block)) return undefined
  const name = nameOf(header)
  const oldType = name.endsWith('/') ? '5' : '0'
  return { name, size, type: typeflag === OLD_TYPE ? oldType : typeflag }
}

/** The sum of all bytes of a header, where its own field counts as spaces. */
function sumOf(block: Uint8Array): number {
  const start = ustarHeader.offsets.chksum
  const end = ustarHeader.offsets.typeflag
  let sum = (end - start) * 0x20
  for (let at = 0; at < BLOCK; at += 1) if (at < start || at >= end) sum += block[at]!
  return sum
}

function nameOf({ name, magic, prefix }: UstarHeader): ByteString {
  const before = magic === POSIX_MAGIC ? upToNul(prefix) : ''
  return before === '' ? upToNul(name) : `${before}/${upToNul(name)}`
}

/** The text of a field, or of a block, up to a NUL. */
export function upToNul(text: ByteString): ByteString {
  return text.replace(/\0.*$/s, '')
}
