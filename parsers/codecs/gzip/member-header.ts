import { hex } from '../../bytes/errors.ts'
import { crc32 } from '../../checksums/crc32.ts'
import type { Progress } from '../progress.ts'
import { failure, need } from './failure.ts'

const STRUCTURE = 'member header'
/** ID1 and ID2 (RFC 1952 2.3.1). */
const MAGIC = 0x8b1f
const DEFLATE = 8
/** Bytes without the optional fields. */
export const FIXED_SIZE: number = 10
// FLG; FTEXT, bit 0, asks for nothing.
const FHCRC = 0x02
const FEXTRA = 0x04
const FNAME = 0x08
const FCOMMENT = 0x10
const RESERVED = 0xe0

/**
 * Bytes of a header that are read; names and comments have no limit of their own. Four times the longest extra field,
 * and a file name has at most 4096 bytes anywhere.
 */
const MEMBER_HEADER_SIZE_LIMIT: number = 256 * 1024
/** The header's own checksum, which may follow. */
const CRC16_SIZE = 2

/** Bytes that the header at the input position takes at most, of which FIXED_SIZE are there, or all of the input. */
export function memberHeaderSizeLimit({ input, inputPosition }: Progress): number {
  const flags = input[inputPosition + 3] ?? 0
  // The checksum stands behind the names, which the limit is for.
  return ((flags & (FEXTRA | FNAME | FCOMMENT)) === 0 ? FIXED_SIZE : MEMBER_HEADER_SIZE_LIMIT) + CRC16_SIZE
}

/** Reads the header of a member and verifies what of it can be (RFC 1952 2.3). */
export function readMemberHeader(progress: Progress): void {
  const { input, inputView: view, inputPosition: start } = progress
  need(progress, start, 2, STRUCTURE, 'ID1, ID2')
  const magic = view.getUint16(start, true)
  if (magic !== MAGIC) {
    throw failure('MALFORMED', STRUCTURE, start, 'no member begins here', {
      field: 'ID1, ID2',
      found: hex(magic),
      expected: hex(MAGIC),
    })
  }
  need(progress, start, FIXED_SIZE, STRUCTURE, 'FLG')
  const method = input[start + 2]!
  const flags = input[start + 3]!
  if (method !== DEFLATE) {
    throw failure('UNSUPPORTED', STRUCTURE, start + 2, 'is not "deflate"', {
      field: 'CM',
      found: method,
      expected: DEFLATE,
    })
  }
  if ((flags & RESERVED) !== 0) {
    throw failure('UNSUPPORTED', STRUCTURE, start + 3, 'has reserved bits set', { field: 'FLG', found: hex(flags) })
  }
  let position = start + FIXED_SIZE
  if ((flags & FEXTRA) !== 0) {
    need(progress, position, 2, STRUCTURE, 'XLEN')
    const extraLength = view.getUint16(position, true)
    need(progress, position + 2, extraLength, STRUCTURE, 'extra field')
    position += 2 + extraLength
  }
  if ((flags & FNAME) !== 0) position = textEnd(progress, start, position, 'file name')
  if ((flags & FCOMMENT) !== 0) position = textEnd(progress, start, position, 'file comment')
  if ((flags & FHCRC) !== 0) {
    need(progress, position, CRC16_SIZE, STRUCTURE, 'CRC16')
    const stored = view.getUint16(position, true)
    const computed = crc32(input, start, position) & 0xffff
    if (stored !== computed) {
      throw failure('CHECKSUM', STRUCTURE, position, 'does not match the header', {
        field: 'CRC16',
        found: hex(stored),
        expected: hex(computed),
      })
    }
    position += CRC16_SIZE
  }
  progress.inputPosition = position
}

/** Where the text at `position` ends, behind its byte of 0. */
function textEnd({ input }: Progress, start: number, position: number, field: string): number {
  const zero = input.indexOf(0, position)
  if (zero >= 0 && zero < start + MEMBER_HEADER_SIZE_LIMIT) return zero + 1
  if (input.length - start < MEMBER_HEADER_SIZE_LIMIT) {
    throw failure('TRUNCATED', STRUCTURE, position, 'has no end', { field })
  }
  throw failure('LIMIT', STRUCTURE, position, 'is too long', {
    field,
    expected: `a header of at most ${MEMBER_HEADER_SIZE_LIMIT} bytes`,
  })
}
