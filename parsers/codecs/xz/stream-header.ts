import { hex } from '../../bytes/errors.ts'
import { crc32 } from '../../checksums/crc32.ts'
import type { Progress } from '../progress.ts'
import { type Check, checkOf } from './check.ts'
import { failure, malformed, need, verifyCrc32 } from './failure.ts'

/** xz 1.2: 2.1.1.1 */
const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
const FLAGS_OFFSET = 6
const FLAGS_SIZE = 2
const CRC32_OFFSET = 8
/** Bytes. */
export const STREAM_HEADER_SIZE = 12

export interface StreamFlags {
  readonly check: Check
  /** The second byte of the flags, which the footer repeats. The first is 0. */
  readonly checkByte: number
}

/** Whether a stream begins at the input position. */
export function streamFollows({ input, inputPosition }: Progress): boolean {
  return MAGIC.every((byte, index) => input[inputPosition + index] === byte)
}

/** Reads the Stream Header (xz 1.2: 2.1.1). */
export function readStreamHeader(progress: Progress): StreamFlags {
  const { input, inputView: view, inputPosition: offset } = progress
  for (const [index, byte] of MAGIC.entries()) {
    if (offset + index < input.length && input[offset + index] !== byte) {
      throw malformed('Stream Header', offset, 'no stream begins here', { field: 'Header Magic Bytes' })
    }
  }
  need(progress, offset, STREAM_HEADER_SIZE, 'Stream Header')
  const flagsOffset = offset + FLAGS_OFFSET
  verifyCrc32(
    'Stream Header',
    offset,
    view.getUint32(offset + CRC32_OFFSET, true),
    crc32(input, flagsOffset, flagsOffset + FLAGS_SIZE),
  )
  // xz 1.2: 2.1.1.2
  const nullByte = input[flagsOffset]!
  const checkByte = input[flagsOffset + 1]!
  if (nullByte !== 0 || checkByte > 0x0f) {
    throw failure('UNSUPPORTED', 'Stream Header', flagsOffset, 'have reserved bits set', {
      field: 'Stream Flags',
      found: hex(nullByte | (checkByte << 8)),
    })
  }
  const check = checkOf(checkByte)
  if (check === undefined) {
    throw failure('UNSUPPORTED', 'Stream Header', flagsOffset, 'names a reserved check', {
      field: 'Type of Check',
      found: hex(checkByte),
      expected: '0, 1 (CRC32), 4 (CRC64) or 0xa (SHA-256)',
    })
  }
  progress.inputPosition = offset + STREAM_HEADER_SIZE
  return { check, checkByte }
}
