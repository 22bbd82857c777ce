import { ascii, bytes, u8, u16be, u32be } from '../bytes/fields.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'

/** The first 100 bytes of a database (SQLite file format 1.3). Numbers are big-endian in all structures. */
export const databaseHeader = struct('SQLite database header', {
  headerString: ascii(16),
  pageSize: u16be,
  writeVersion: u8,
  readVersion: u8,
  reservedSpace: u8,
  payloadFractions: bytes(3),
  changeCounter: u32be,
  sizeInPages: u32be,
  freelist: bytes(8),
  schemaCookie: u32be,
  schemaFormat: u32be,
  cacheSize: u32be,
  largestRoot: u32be,
  textEncoding: u32be,
  userVersion: u32be,
  incrementalVacuum: u32be,
  applicationId: u32be,
  expansion: bytes(20),
  versionValidFor: u32be,
  versionNumber: u32be,
})
const HEADER_STRING = 'SQLite format 3\0'
/** A page is no smaller without its reserved space (1.3.4). */
const SMALLEST_USABLE = 480
const UTF_8 = 1

/** What we need of the header. */
export interface PageSizes {
  readonly pageSize: number
  /** Bytes of a page without its reserved space. */
  readonly usableSize: number
  /** Pages of the database; undefined if the header does not know, because an old SQLite wrote last (1.3.7). */
  readonly count: number | undefined
}

/**
 * Reads the header at `offset` of a source: that of the file, or of page 1 in a write-ahead log.
 * @throws {FormatError} if it is no database that we can read
 */
export function readHeader(source: ByteSource, offset: number): PageSizes {
  const header = databaseHeader.read(source, offset)
  const fail = (
    code: 'MALFORMED' | 'UNSUPPORTED',
    field: keyof typeof header,
    detail: string,
    found: number | string,
  ): never => {
    throw formatError(code, detail, source, {
      structure: databaseHeader.name,
      offset: offset + databaseHeader.offsets[field],
      field,
      found,
    })
  }
  if (header.headerString !== HEADER_STRING) fail('MALFORMED', 'headerString', 'not that of SQLite 3', 'other bytes')
  // 65,536 does not fit into the field.
  const pageSize = header.pageSize === 1 ? 65_536 : header.pageSize
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) {
    fail('MALFORMED', 'pageSize', 'not a power of 2 from 512 to 65,536', header.pageSize)
  }
  const usableSize = pageSize - header.reservedSpace
  if (usableSize < SMALLEST_USABLE) {
    fail('MALFORMED', 'reservedSpace', 'leaves less than 480 bytes of a page', header.reservedSpace)
  }
  if (header.readVersion > 2) fail('UNSUPPORTED', 'readVersion', 'newer than we read', header.readVersion)
  // 0 stands in a database without tables.
  if (header.textEncoding > UTF_8) fail('UNSUPPORTED', 'textEncoding', 'not UTF-8', header.textEncoding)
  const isKnown = header.sizeInPages > 0 && header.changeCounter === header.versionValidFor
  return { pageSize, usableSize, count: isKnown ? header.sizeInPages : undefined }
}
