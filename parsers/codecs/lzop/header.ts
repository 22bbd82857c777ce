import { type ErrorCode, hex } from '../../bytes/errors.ts'
import { adler32 } from '../../checksums/adler32.ts'
import { crc32 } from '../../checksums/crc32.ts'
import { inputOffset, type StreamProgress } from '../stream-progress.ts'
import { failure, need, verifyChecksum } from './failure.ts'
import { F_H_CRC32, F_H_EXTRA_FIELD, F_H_FILTER, F_RESERVED } from './flags.ts'

const STRUCTURE = 'header'
/** "\x89LZO\0\r\n\x1a\n". */
const MAGIC = [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a]
export const MAGIC_SIZE: number = MAGIC.length
/** The first public version. */
const FIRST_VERSION = 0x0900
/** This version added version_needed_to_extract, level and mtime_high. We do not need the level. */
const VERSION_WITH_LEVEL = 0x0940
/** The newest version, 1.04. Files of all versions so far need 1.001 at most. */
const NEWEST_VERSION = 0x1040
/** LZO1X-1, LZO1X-1(15) and LZO1X-999: three compressors for one format. */
const METHODS = [1, 2, 3]
/** Bytes of a length or a checksum. */
const WORD_SIZE = 4
/** The most bytes of an extra field. No version of lzop writes one. */
const EXTRA_FIELD_LIMIT: number = 64 * 1024

/** Where the fields of a header lie, from its version on. Those that we do not need are lib_version, mode, times, name. */
interface Layout {
  readonly version: number
  readonly flags: number
  /** Undefined for a version without it. */
  readonly versionNeededAt: number | undefined
  readonly methodAt: number
  readonly flagsAt: number
  /** Undefined if the flags announce no filter. */
  readonly filterAt: number | undefined
  readonly checksumAt: number
}

/** Reads the header of a part, verifies its checksums, and refuses a part that we cannot decode. Returns its flags. */
export function readHeader(stream: StreamProgress): number {
  readMagic(stream)
  const layout = measure(stream)
  const { flags, checksumAt } = layout
  verifyHeaderChecksum(stream, flags, checksumAt, 'header_checksum')
  verifyFields(stream, layout)
  stream.inputPosition += checksumAt + WORD_SIZE
  if ((flags & F_H_EXTRA_FIELD) !== 0) skipExtraField(stream, flags)
  return flags
}

/** Whether a part begins at the input position. */
export function partFollows({ input, inputPosition }: StreamProgress): boolean {
  return MAGIC.every((byte, index) => input[inputPosition + index] === byte)
}

function readMagic(stream: StreamProgress): void {
  need(stream, MAGIC.length, STRUCTURE, 'magic')
  const { input, inputPosition } = stream
  if (!partFollows(stream)) {
    const found = Array.from(input.subarray(inputPosition, inputPosition + MAGIC.length))
    throw failure(stream, 'MALFORMED', STRUCTURE, inputOffset(stream), 'no part begins here', {
      field: 'magic',
      found: hexOf(found),
      expected: hexOf(MAGIC),
    })
  }
  stream.inputPosition += MAGIC.length
}

/** Finds where the fields of lzop's `header_t` lie, and reads until their checksum. All numbers are big-endian. */
function measure(stream: StreamProgress): Layout {
  need(stream, 2, STRUCTURE, 'version')
  const version = stream.inputView.getUint16(stream.inputPosition, false)
  const hasLevel = version >= VERSION_WITH_LEVEL
  // version, lib_version, version_needed_to_extract; method, level
  const versionNeededAt = hasLevel ? 4 : undefined
  const methodAt = hasLevel ? 6 : 4
  const flagsAt = methodAt + (hasLevel ? 2 : 1)
  need(stream, flagsAt + WORD_SIZE, STRUCTURE, 'flags')
  const flags = stream.inputView.getUint32(stream.inputPosition + flagsAt, false)
  const hasFilter = (flags & F_H_FILTER) !== 0
  // flags, filter; mode, mtime_low, mtime_high; the length of the name
  const filterAt = hasFilter ? flagsAt + WORD_SIZE : undefined
  const modeAt = flagsAt + WORD_SIZE * (hasFilter ? 2 : 1)
  const nameLengthAt = modeAt + WORD_SIZE * (hasLevel ? 3 : 2)
  need(stream, nameLengthAt + 1, STRUCTURE, 'name')
  const checksumAt = nameLengthAt + 1 + stream.input[stream.inputPosition + nameLengthAt]!
  need(stream, checksumAt + WORD_SIZE, STRUCTURE, 'header_checksum')
  return { version, flags, versionNeededAt, methodAt, flagsAt, filterAt, checksumAt }
}

function verifyFields(stream: StreamProgress, layout: Layout): void {
  const { version, flags, versionNeededAt, methodAt, flagsAt, filterAt } = layout
  const { input, inputView: view, inputPosition: start } = stream
  const refused = (code: ErrorCode, at: number, detail: string, field: string, found: number | string): Error =>
    failure(stream, code, STRUCTURE, inputOffset(stream) + at, detail, { field, found })

  if (version < FIRST_VERSION) throw refused('MALFORMED', 0, 'is older than the first lzop', 'version', hex(version))
  if (versionNeededAt !== undefined) {
    const needed = view.getUint16(start + versionNeededAt, false)
    if (needed < FIRST_VERSION || needed > NEWEST_VERSION) {
      const isOld = needed < FIRST_VERSION
      const detail = isOld ? 'is older than the first lzop' : 'is newer than lzop 1.04'
      const code = isOld ? 'MALFORMED' : 'UNSUPPORTED'
      throw refused(code, versionNeededAt, detail, 'version_needed_to_extract', hex(needed))
    }
  }
  const method = input[start + methodAt]!
  if (!METHODS.includes(method)) throw refused('UNSUPPORTED', methodAt, 'is not LZO1X, 1 to 3', 'method', method)
  if ((flags & F_RESERVED) !== 0) {
    throw refused('UNSUPPORTED', flagsAt, 'has reserved bits set', 'flags', hex(flags))
  }
  if (filterAt !== undefined) {
    const filter = view.getUint32(start + filterAt, false)
    if (filter !== 0) throw refused('UNSUPPORTED', filterAt, 'is not supported', 'filter', filter)
  }
}

/** Verifies the extra field, whose checksum covers its length too. */
function skipExtraField(stream: StreamProgress, flags: number): void {
  need(stream, WORD_SIZE, STRUCTURE, 'extra_field_len')
  const offset = inputOffset(stream)
  const length = stream.inputView.getUint32(stream.inputPosition, false)
  if (length > EXTRA_FIELD_LIMIT) {
    throw failure(stream, 'LIMIT', STRUCTURE, offset, 'is too long', {
      field: 'extra_field_len',
      found: length,
      expected: `at most ${EXTRA_FIELD_LIMIT}`,
    })
  }
  const checksumAt = WORD_SIZE + length
  need(stream, checksumAt + WORD_SIZE, STRUCTURE, 'extra_field_checksum')
  verifyHeaderChecksum(stream, flags, checksumAt, 'extra_field_checksum')
  stream.inputPosition += checksumAt + WORD_SIZE
}

/** Verifies the checksum of the `size` bytes at the input position, which follows them. */
function verifyHeaderChecksum(stream: StreamProgress, flags: number, size: number, field: string): void {
  const { input, inputView, inputPosition: start } = stream
  const end = start + size
  const computed = (flags & F_H_CRC32) === 0 ? adler32(input, start, end) : crc32(input, start, end)
  verifyChecksum(stream, STRUCTURE, end, field, inputView.getUint32(end, false), computed)
}

function hexOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
