import { type ErrorCode, FormatError, hex } from '../../bytes/errors.ts'
import type { Progress } from '../progress.ts'

interface Measured {
  readonly field?: string
  readonly found?: number | string
  readonly expected?: number | string
}

/** @param structure the name in the .xz specification */
export function failure(
  code: ErrorCode,
  structure: string,
  offset: number,
  detail: string,
  measured: Measured = {},
): FormatError {
  return new FormatError(code, detail, { source: 'input', structure: `xz ${structure}`, offset, ...measured })
}

export function malformed(structure: string, offset: number, detail: string, measured: Measured = {}): FormatError {
  return failure('MALFORMED', structure, offset, detail, measured)
}

/** @throws {FormatError} TRUNCATED unless the input has `size` bytes at `offset` */
export function need({ input }: Progress, offset: number, size: number, structure: string): void {
  if (offset + size > input.length) {
    throw failure('TRUNCATED', structure, offset, 'unexpected end of input', {
      found: `${input.length - offset} bytes`,
      expected: `${size} bytes`,
    })
  }
}

/** @throws {FormatError} CHECKSUM if the two differ */
export function verifyCrc32(structure: string, offset: number, stored: number, computed: number): void {
  if (stored !== computed) {
    throw failure('CHECKSUM', structure, offset, `does not match the ${structure}`, {
      field: 'CRC32',
      found: hex(stored),
      expected: hex(computed),
    })
  }
}
