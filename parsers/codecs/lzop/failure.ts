import { type ErrorCode, type FormatError, hex } from '../../bytes/errors.ts'
import { formatError } from '../../bytes/source.ts'
import { fill, inputOffset, type StreamProgress } from '../stream-progress.ts'

/**
 * @param offset in the source
 * @param measured the field by its name in lzop's sources, since no specification exists
 */
export function failure(
  { source }: StreamProgress,
  code: ErrorCode,
  structure: string,
  offset: number,
  detail: string,
  measured: { field?: string; found?: number | string; expected?: number | string } = {},
): FormatError {
  return formatError(code, detail, source, { structure: `lzop ${structure}`, offset, ...measured })
}

/**
 * Reads until `size` bytes are available from the input position.
 * @throws {FormatError} TRUNCATED if the source ends before
 */
export function need(stream: StreamProgress, size: number, structure: string, field: string): void {
  fill(stream, size)
  const left = stream.input.length - stream.inputPosition
  if (left < size) {
    throw failure(stream, 'TRUNCATED', structure, inputOffset(stream), 'unexpected end of input', {
      field,
      found: `${left} bytes`,
      expected: `${size} bytes`,
    })
  }
}

/**
 * @param position of the checksum in the input
 * @throws {FormatError} CHECKSUM if the two differ
 */
export function verifyChecksum(
  stream: StreamProgress,
  structure: string,
  position: number,
  field: string,
  stored: number,
  computed: number,
): void {
  if (stored !== computed) {
    throw failure(stream, 'CHECKSUM', structure, stream.inputStart + position, 'does not match the data', {
      field,
      found: hex(stored),
      expected: hex(computed),
    })
  }
}
