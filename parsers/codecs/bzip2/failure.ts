import type { ErrorCode, FormatError } from '../../bytes/errors.ts'
import { formatError } from '../../bytes/source.ts'
import type { StreamProgress } from '../stream-progress.ts'

/**
 * @param structure the name in "bzip2 Format Specification" (Joe Tsai, 2016), which is not an official one
 * @param offset in the source: of the byte that has the first bit of the structure or field
 */
export function failure(
  { source }: StreamProgress,
  code: ErrorCode,
  structure: string,
  offset: number,
  detail: string,
  measured: { field?: string; found?: number | string; expected?: number | string } = {},
): FormatError {
  return formatError(code, detail, source, { structure: `bzip2 ${structure}`, offset, ...measured })
}

/** The source ends inside a structure. */
export function inputEnds(stream: StreamProgress, structure: string, field: string): FormatError {
  return failure(stream, 'TRUNCATED', structure, stream.source.size, 'unexpected end of input', { field })
}
