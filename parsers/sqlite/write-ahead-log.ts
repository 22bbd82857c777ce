import { bytes, u32be } from '../bytes/fields.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'

/** The header of a write-ahead log (SQLite file format 4.1). */
export const logHeader = struct('SQLite WAL header', {
  magic: u32be,
  version: u32be,
  pageSize: u32be,
  checkpoint: u32be,
  salts: bytes(8),
  checksum1: u32be,
  checksum2: u32be,
})
/** The header of a frame, which a page follows. */
export const frameHeader = struct('SQLite WAL frame header', {
  pageNumber: u32be,
  sizeAfterCommit: u32be,
  salts: bytes(8),
  checksum1: u32be,
  checksum2: u32be,
})
/** The last bit says that checksums are of big-endian numbers. */
const MAGIC = 0x377f0682
const VERSION = 3_007_000

/** The pages that a write-ahead log has newer than the database. */
export interface CommittedPages {
  /** Where each page begins in the log, by its number. */
  readonly offsets: ReadonlyMap<number, number>
  /** Pages of the database after the last commit; undefined if nothing is committed. */
  readonly count: number | undefined
}

/**
 * The committed pages of a write-ahead log. Frames whose salt or checksum is another one are of an earlier use of the file,
 * and those after the last commit are of a transaction that did not end: neither counts (4.1, 4.5). A log without a valid
 * header has no frames, as for SQLite.
 * @throws {FormatError} if the log is of another version, or of a database with other pages
 */
export function committedPages(log: ByteSource, pageSize: number): CommittedPages {
  const none = { offsets: new Map<number, number>(), count: undefined }
  if (log.size < logHeader.size) return none
  const header = logHeader.read(log, 0)
  if ((header.magic & ~1) !== MAGIC) return none
  const sum = checksum((header.magic & 1) === 0)
  sum.add(log.read(0, logHeader.offsets.checksum1))
  if (!sum.is(header)) return none
  const place = (field: 'version' | 'pageSize') => ({
    structure: logHeader.name,
    offset: logHeader.offsets[field],
    field,
    found: header[field],
  })
  if (header.version !== VERSION)
    throw formatError('UNSUPPORTED', 'a version that we do not read', log, place('version'))
  if (header.pageSize !== pageSize) {
    throw formatError('MALFORMED', 'not that of the database', log, { ...place('pageSize'), expected: pageSize })
  }
  const offsets = new Map<number, number>()
  let count: number | undefined
  let pending = new Map<number, number>()
  const frameSize = frameHeader.size + pageSize
  for (let at = logHeader.size; at + frameSize <= log.size; at += frameSize) {
    const frame = frameHeader.read(log, at)
    if (frame.salts.some((byte, index) => byte !== header.salts[index])) break
    sum.add(log.read(at, frameHeader.offsets.salts))
    sum.add(log.read(at + frameHeader.size, pageSize))
    if (!sum.is(frame)) break
    pending.set(frame.pageNumber, at + frameHeader.size)
    if (frame.sizeAfterCommit === 0) continue
    for (const [page, offset] of pending) offsets.set(page, offset)
    count = frame.sizeAfterCommit
    pending = new Map()
  }
  return { offsets, count }
}

/** The checksum of a log, over numbers of 4 bytes in pairs (4.2). */
function checksum(littleEndian: boolean): {
  add(content: Uint8Array): void
  is(expected: { readonly checksum1: number; readonly checksum2: number }): boolean
} {
  let first = 0
  let second = 0
  return {
    add(content) {
      const view = new DataView(content.buffer, content.byteOffset, content.length)
      for (let at = 0; at < content.length; at += 8) {
        first = (first + view.getUint32(at, littleEndian) + second) >>> 0
        second = (second + view.getUint32(at + 4, littleEndian) + first) >>> 0
      }
    },
    is: ({ checksum1, checksum2 }) => first === checksum1 && second === checksum2,
  }
}
