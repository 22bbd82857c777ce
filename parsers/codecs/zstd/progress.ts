import { FormatError } from '../../bytes/errors.ts'

/** One call of the decoder: what it reads and writes, and how far it has come. */
export interface Progress {
  readonly input: Uint8Array
  readonly inputView: DataView
  inputPosition: number
  readonly output: Uint8Array
  readonly outputView: DataView
  /** Everything before it is written. */
  outputPosition: number
}

/** @throws {FormatError} TRUNCATED unless `count` bytes of input are left */
export function need(progress: Progress, count: number, structure: string): void {
  const left = progress.input.length - progress.inputPosition
  if (left < count) {
    throw new FormatError('TRUNCATED', 'input ends inside', {
      source: 'input',
      structure: `zstd ${structure}`,
      offset: progress.inputPosition,
      found: `${left} bytes`,
      expected: `${count} bytes`,
    })
  }
}

/** @throws {FormatError} LIMIT unless `count` more bytes fit into the output */
export function room(progress: Progress, count: number, structure: string, offset: number): void {
  const left = progress.output.length - progress.outputPosition
  if (left < count) throw outputFull(structure, offset, count, left)
}

/** @param count bytes to write, into `left` bytes of output */
export function outputFull(structure: string, offset: number, count: number, left: number): FormatError {
  return new FormatError('LIMIT', 'decompresses to more than the output has room for', {
    source: 'input',
    structure: `zstd ${structure}`,
    offset,
    found: `at least ${count} more bytes`,
    expected: `at most ${left}`,
  })
}
