import { u8, u16be, u32be } from '../bytes/fields.ts'
import { type ByteSource, formatError, sliceSource } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'
import { headerIntro, indexEntry } from './header.ts'

/** What a package begins with (rpm, docs/manual/format_lead.md). The rest of it is obsolete. */
const lead = struct('rpm lead', { magic: u32be, major: u8, minor: u8, type: u16be })
const LEAD_SIZE = 96
const LEAD_MAGIC = 0xed_ab_ee_db
const SOURCE_PACKAGE = 1
/** What stands before a header in a file. */
const headerMagic = struct('rpm header', { magic: u32be, reserved: u32be })
const MAGIC_AND_VERSION = 0x8e_ad_e8_01

/** What describes the package in a file. */
export interface PackageHeader {
  /** The header of the package, for `readHeader`. */
  readonly header: ByteSource
  /** Whether the package has sources to build another from. */
  readonly hasSources: boolean
}

/**
 * The header of the package in a file, which a lead and a header with signatures precede (rpm, docs/manual/format.md).
 * @param spend takes the number of bytes of each header before we read it
 * @returns undefined for a file that is no package
 * @throws {FormatError} if it is damaged
 */
export function packageHeader(source: ByteSource, spend: (bytes: number) => void): PackageHeader | undefined {
  if (source.size < LEAD_SIZE) return undefined
  const { magic, type } = lead.read(source, 0)
  if (magic !== LEAD_MAGIC) return undefined
  const signature = headerAt(source, LEAD_SIZE, spend)
  // The header behind the signatures begins at a multiple of 8.
  const start = LEAD_SIZE + headerMagic.size + Math.ceil(signature.size / 8) * 8
  return { header: headerAt(source, start, spend), hasSources: type === SOURCE_PACKAGE }
}

/**
 * The header at an offset, without its magic number.
 * @throws {FormatError} if there is none, or if the file ends before it does
 */
function headerAt(source: ByteSource, offset: number, spend: (bytes: number) => void): ByteSource {
  const { magic } = headerMagic.read(source, offset)
  if (magic !== MAGIC_AND_VERSION) {
    throw formatError('MALFORMED', 'no header of a package here', source, { structure: headerMagic.name, offset })
  }
  const begin = offset + headerMagic.size
  const { indexLength, dataLength } = headerIntro.read(source, begin)
  const size = headerIntro.size + indexLength * indexEntry.size + dataLength
  if (begin + size > source.size) {
    throw formatError('TRUNCATED', 'the package ends before its header does', source, {
      structure: headerIntro.name,
      offset: begin,
      found: source.size,
      expected: begin + size,
    })
  }
  spend(size)
  return sliceSource(source, begin, size, source.name)
}
