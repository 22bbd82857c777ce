import { type ErrorCode, FormatError } from '../../bytes/errors.ts'
import type { Progress } from '../progress.ts'

/** @param structure the name in "LZ4 Frame Format" */
export function failure(
  code: ErrorCode,
  structure: string,
  offset: number,
  detail: string,
  measured: { field?: string; found?: number | string; expected?: number | string } = {},
): FormatError {
  return new FormatError(code, detail, { source: 'input', structure: `LZ4 ${structure}`, offset, ...measured })
}

/** @throws {FormatError} TRUNCATED unless the input has `size` bytes from the input position on */
export function need({ input, inputPosition }: Progress, size: number, structure: string): void {
  if (inputPosition + size > input.length) throw inputEnds(inputPosition, structure, input.length - inputPosition, size)
}

/** The input has only `left` of `size` bytes. */
export function inputEnds(offset: number, structure: string, left: number, size: number): FormatError {
  return failure('TRUNCATED', structure, offset, 'unexpected end of input', {
    found: `${left} bytes`,
    expected: `${size} bytes`,
  })
}

/** The content has at least `size` bytes, and there is room for `room`. */
export function outputFull(structure: string, offset: number, size: number, room: number): FormatError {
  return failure('LIMIT', structure, offset, 'decompresses to more than the output has room for', {
    found: `${size} bytes`,
    expected: `at most ${room}`,
  })
}
