import { type ErrorCode, FormatError } from '../../bytes/errors.ts'
import type { Progress } from '../progress.ts'

/** @param structure the name in RFC 1952 */
export function failure(
  code: ErrorCode,
  structure: string,
  offset: number,
  detail: string,
  measured: { field?: string; found?: number | string; expected?: number | string } = {},
): FormatError {
  return new FormatError(code, detail, { source: 'input', structure: `gzip ${structure}`, offset, ...measured })
}

/** @throws {FormatError} TRUNCATED unless the input has `size` bytes at `offset` */
export function need({ input }: Progress, offset: number, size: number, structure: string, field: string): void {
  if (offset + size > input.length) {
    throw failure('TRUNCATED', structure, offset, 'unexpected end of input', {
      field,
      found: `${input.length - offset} bytes`,
      expected: `${size} bytes`,
    })
  }
}
