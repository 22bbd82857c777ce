import { type ErrorCode, FormatError } from '../../bytes/errors.ts'

/** The error for an LZMA stream, or its container, that we cannot decode. */
export function failure(
  code: ErrorCode,
  structure: string,
  offset: number,
  detail: string,
  measured: { field?: string; found?: number | string; expected?: number | string } = {},
): FormatError {
  return new FormatError(code, detail, { source: 'input', structure, offset, ...measured })
}
