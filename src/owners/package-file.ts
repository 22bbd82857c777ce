import { type ByteString, byteString } from '../../parsers/bytes/byte-string.ts'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import { decompressStream, detectCompression } from '../../parsers/codecs/compression.ts'
import { tarMembers } from '../../parsers/tar/members.ts'
import { costOfText } from './name-cost.ts'
import type { InstalledPackage } from './package-database.ts'
import type { PackageParts } from './package-key.ts'

/** What a package says of itself before it is installed. */
export type PackageDescription = Omit<InstalledPackage, 'files' | 'selection'>

/** Takes the number of bytes that we are about to read or have unpacked. @throws {FormatError} LIMIT if they are too many */
export type Spend = (bytes: number) => void

/** The files that a package manager installs packages from. */
export interface PackageFileFormat {
  /** What their names match: /\.deb$/. */
  readonly name: RegExp
  /**
   * What such a file says of its package.
   * @returns undefined if it is of another format
   * @throws {FormatError} if it is damaged
   */
  describe(source: ByteSource, spend: Spend): PackageDescription | undefined
  /** The index of a folder of packages, for those in a format that we do not read. Absent if we do without. */
  readonly index?: PackageIndex
  /** The package by the name of the file; undefined if the name tells none. */
  partsOf(name: ByteString, directory: ByteString): PackageParts | undefined
}

/** A file that describes the packages in its folder. */
export interface PackageIndex {
  readonly name: ByteString
  /**
   * The descriptions by the names of the packages' files.
   * @throws {FormatError} if it is damaged
   */
  describe(source: ByteSource, spend: Spend): ReadonlyMap<ByteString, PackageDescription>
}

/** Bytes to read at a time. The description lies at the beginning, and is small. */
const READ_AHEAD = 1 << 14
/** What describes a package stands at the beginning of its archive, and has some KiB. In bytes. */
const MAX_LOOK = 8 << 20
/** The type of a file in a tar archive. */
const FILE = '0'

/**
 * The text of a file in a tar archive, which may be compressed. It reads no further than that, because packages are large.
 * @returns undefined if the beginning of the archive has no such file, or if it is no archive
 */
export function textInArchive(source: ByteSource, name: ByteString, spend: Spend): ByteString | undefined {
  for (const member of tarMembers(piecesOf(source, spend))) {
    if (member.end > MAX_LOOK) return undefined
    if (member.type !== FILE || member.name.replace(/^\.\//, '') !== name) continue
    const content = member.content()
    if (content !== undefined) spend(costOfText(content))
    return content && byteString(content)
  }
  return undefined
}

function* piecesOf(source: ByteSource, spend: Spend): Generator<Uint8Array> {
  if (detectCompression(source)?.decompress === undefined) {
    for (let at = 0; at < source.size; at += READ_AHEAD) {
      const length = Math.min(READ_AHEAD, source.size - at)
      spend(length)
      yield source.read(at, length)
    }
    return
  }
  for (const piece of decompressStream(source, { readAhead: READ_AHEAD })) {
    spend(piece.length)
    yield piece
  }
}
