import { FormatError } from '../../bytes/errors.ts'

/**
 * The error for a stream that breaks RFC 8878.
 * @param structure the name in the RFC, without "zstd"
 */
export function malformed(
  structure: string,
  offset: number,
  detail: string,
  measured: { field?: string; found?: number | string; expected?: number | string } = {},
): FormatError {
  return new FormatError('MALFORMED', detail, { source: 'input', structure: `zstd ${structure}`, offset, ...measured })
}
