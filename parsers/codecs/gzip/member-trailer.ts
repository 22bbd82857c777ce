import { hex } from '../../bytes/errors.ts'
import type { Progress } from '../progress.ts'
import { failure, need } from './failure.ts'

const STRUCTURE = 'member trailer'
/** Bytes: CRC32 and ISIZE (RFC 1952 2.3.1). */
export const MEMBER_TRAILER_SIZE = 8

/**
 * Reads the trailer of a member and compares it with the content.
 * @param computed the CRC-32 of the content
 * @param length bytes of the content
 */
export function verifyMemberTrailer(progress: Progress, computed: number, length: number): void {
  const { inputView, inputPosition: offset } = progress
  need(progress, offset, MEMBER_TRAILER_SIZE, STRUCTURE, 'CRC32, ISIZE')
  const stored = inputView.getUint32(offset, true)
  if (stored !== computed) {
    throw failure('CHECKSUM', STRUCTURE, offset, 'does not match the content', {
      field: 'CRC32',
      found: hex(stored),
      expected: hex(computed),
    })
  }
  // The size modulo 2^32.
  const storedLength = inputView.getUint32(offset + 4, true)
  if (storedLength !== length % 2 ** 32) {
    throw failure('MALFORMED', STRUCTURE, offset + 4, 'is not the size of the content', {
      field: 'ISIZE',
      found: storedLength,
      expected: length % 2 ** 32,
    })
  }
  progress.inputPosition = offset + MEMBER_TRAILER_SIZE
}

/** Bytes after the last member that are neither a member nor zeros. Tapes pad with zeros, which mean nothing. */
export function paddingNotZero(offset: number, found: number): Error {
  return failure('MALFORMED', 'padding', offset, 'has a non-zero byte', { found: hex(found) })
}
