import { type ErrorCode, FormatError } from '../../bytes/errors.ts'

/** An LZMA stream or what wraps it cannot be decoded. */
export function failure(
  code: ErrorCode,
  structure: string,
  offset: number,
  detail: string,
  measured: { field?: string; found?: number | string; expected?: number | string } = {},
): FormatError {
  return new FormatError(code, detail, { source: 'input', structure, offset, ...measured })
}
