import { type ErrorCode, FormatError } from '../../bytes/errors.ts'
import type { Progress } from '../progress.ts'

/** @param structure as "LZ4 Frame Format" calls it */
export function failure(
  code: ErrorCode,
  structure: string,
  offset: number,
  detail: string,
  measured: { field?: string; found?: number | string; expected?: number | string } = {},
): FormatError {
  return new FormatError(code, detail, { source: 'input', structure: `LZ4 ${structure}`, offset, ...measured })
}

/** @throws {FormatError} TRUNCATED unless `size` bytes are there from the input position on */
export function need({ input, inputPosition }: Progress, size: number, structure: string): void {
  if (inputPosition + size > input.length) throw inputEnds(inputPosition, structure, input.length - inputPosition, size)
}

/** Input that ends with `left` bytes where `size` should be. */
export function inputEnds(offset: number, structure: string, left: number, size: number): FormatError {
  return failure('TRUNCATED', structure, offset, 'input ends inside', {
    found: `${left} bytes`,
    expected: `${size} bytes`,
  })
}

/** Content of `size` bytes, at least, where `room` are left. */
export function outputFull(structure: string, offset: number, size: number, room: number): FormatError {
  return failure('LIMIT', structure, offset, 'decompresses to more than the output has room for', {
    found: `${size} bytes`,
    expected: `at most ${room}`,
  })
}
