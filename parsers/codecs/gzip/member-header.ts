import { hex } from '../../bytes/errors.ts'
import { crc32 } from '../../checksums/crc32.ts'
import type { Progress } from '../progress.ts'
import { failure, need } from './failure.ts'

const STRUCTURE = 'member header'
/** ID1 and ID2 (RFC 1952 2.3.1). */
const MAGIC = 0x8b1f
export const MAGIC_SIZE = 2
const DEFLATE = 8
/** Bytes without the optional fields. */
export const FIXED_SIZE: number = 10
// FLG. Bit 0, FTEXT, has no effect.
const FHCRC = 0x02
const FEXTRA = 0x04
const FNAME = 0x08
const FCOMMENT = 0x10
const RESERVED = 0xe0

/**
 * The most bytes of a header that we read, because the format does not limit names and comments. It is four times the
 * longest extra field, and no system allows a file name of more than 4096 bytes.
 */
const MEMBER_HEADER_SIZE_LIMIT: number = 256 * 1024
/** Bytes of the header's own checksum, which is optional. */
const CRC16_SIZE = 2

/** The most bytes that the header at the input position takes. The input has FIXED_SIZE of them, or ends before. */
export function memberHeaderSizeLimit({ input, inputPosition }: Progress): number {
  const flags = input[inputPosition + 3] ?? 0
  // The checksum follows the names, and the limit does not include it.
  return ((flags & (FEXTRA | FNAME | FCOMMENT)) === 0 ? FIXED_SIZE : MEMBER_HEADER_SIZE_LIMIT) + CRC16_SIZE
}

/** Whether a member begins at the input position. */
export function memberFollows({ input, inputView, inputPosition }: Progress): boolean {
  return input.length - inputPosition >= 2 && inputView.getUint16(inputPosition, true) === MAGIC
}

/** Reads the header of a member and verifies its fields and its checksum (RFC 1952 2.3). */
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
    throw failure('UNSUPPORTED', STRUCTURE, start + 2, 'is not DEFLATE', {
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

/** The offset after the zero byte that ends the text at `position`. */
function textEnd({ input }: Progress, start: number, position: number, field: string): number {
  const zero = input.indexOf(0, position)
  if (zero >= 0 && zero < start + MEMBER_HEADER_SIZE_LIMIT) return zero + 1
  if (input.length - start < MEMBER_HEADER_SIZE_LIMIT) {
    throw failure('TRUNCATED', STRUCTURE, position, 'has no terminating zero byte', { field })
  }
  throw failure('LIMIT', STRUCTURE, position, 'is too long', {
    field,
    expected: `a header of at most ${MEMBER_HEADER_SIZE_LIMIT} bytes`,
  })
}
