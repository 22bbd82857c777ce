import { u8, u16be, u32be } from '../../../parsers/bytes/fields.ts'
import { type ByteSource, formatError, sliceSource } from '../../../parsers/bytes/source.ts'
import { struct } from '../../../parsers/bytes/struct.ts'
import type { PackageFileFormat, Spend } from '../package-file.ts'
import { headerIntro, indexEntry, readHeader } from './header.ts'
import { packageOf } from './package.ts'

/** What a package begins with (rpm, docs/manual/format_lead.md). The rest of it is obsolete. */
const lead = struct('rpm lead', { magic: u32be, major: u8, minor: u8, type: u16be })
const LEAD_SIZE = 96
const LEAD_MAGIC = 0xed_ab_ee_db
const SOURCE_PACKAGE = 1
/** What stands before a header in a file. */
const headerMagic = struct('rpm header', { magic: u32be, reserved: u32be })
const MAGIC_AND_VERSION = 0x8e_ad_e8_01
/** Packages require programs and configuration by path. Repositories list these files of a package, too (createrepo_c, primary.xml). */
const REQUIRED_BY_PATH = /^\/etc\/|bin\//

/** Packages of rpm: a lead, a header with signatures, the header of the package, and its files (rpm, docs/manual/format.md). */
export const rpmFile: PackageFileFormat = {
  name: /\.rpm$/,
  describe: (source, spend) => {
    if (source.size < LEAD_SIZE) return undefined
    const { magic, type } = lead.read(source, 0)
    if (magic !== LEAD_MAGIC) return undefined
    const signature = headerAt(source, LEAD_SIZE, spend)
    const header = headerAt(source, LEAD_SIZE + headerMagic.size + Math.ceil(signature.size / 8) * 8, spend)
    const found = packageOf(readHeader(header), spend)
    if (found === undefined || found.name === '') return undefined
    const { files, selection: _, ...description } = found
    return {
      ...description,
      architecture: type === SOURCE_PACKAGE ? 'src' : description.architecture,
      provides: [...description.provides, ...files.filter((path) => REQUIRED_BY_PATH.test(path))],
    }
  },
  partsOf: (name) => {
    const found = /^(.+)-([^-]+-[^-]+)\.([^.-]+)\.rpm$/.exec(name)
    return found === null ? undefined : { name: found[1]!, version: found[2]!, architecture: found[3]! }
  },
}

/**
 * The header at an offset, without its magic number.
 * @throws {FormatError} if there is none, or if the file ends before it does
 */
function headerAt(source: ByteSource, offset: number, spend: Spend): ByteSource {
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
