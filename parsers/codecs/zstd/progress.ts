import { FormatError } from '../../bytes/errors.ts'
import type { Progress } from '../progress.ts'

export type { Progress } from '../progress.ts'

/** @throws {FormatError} TRUNCATED unless `count` bytes of input are left */
export function need(progress: Progress, count: number, structure: string): void {
  const left = progress.input.length - progress.inputPosition
  if (left < count) throw inputEnds(progress.inputPosition, structure, left, count)
}

/** The input has only `left` of `count` bytes. */
export function inputEnds(offset: number, structure: string, left: number, count: number): FormatError {
  return new FormatError('TRUNCATED', 'unexpected end of input', {
    source: 'input',
    structure: `zstd ${structure}`,
    offset,
    found: `${left} bytes`,
    expected: `${count} bytes`,
  })
}

/** @throws {FormatError} LIMIT unless `count` more bytes fit into the output */
export function room(progress: Progress, count: number, structure: string, offset: number): void {
  const left = progress.output.length - progress.outputPosition
  if (left < count) throw outputFull(structure, offset, count, left)
}

/**
 * @param count bytes to write
 * @param left bytes of output that are left
 */
export function outputFull(structure: string, offset: number, count: number, left: number): FormatError {
  return new FormatError('LIMIT', 'decompresses to more than the output has room for', {
    source: 'input',
    structure: `zstd ${structure}`,
    offset,
    found: `at least ${count} more bytes`,
    expected: `at most ${left}`,
  })
}
