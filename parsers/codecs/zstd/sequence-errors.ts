import type { FormatError } from '../../bytes/errors.ts'
import { malformed } from './malformed.ts'
import { outputFull, type Progress } from './progress.ts'

/** The bitstream has too few bits for the announced sequences. */
export function bitstreamEnds(start: number, left: number): FormatError {
  return malformed('Sequences_Section', start, 'has a bitstream that ends before its last sequence', {
    found: `${left} sequences left`,
    expected: 0,
  })
}

/** The error for a sequence that we cannot execute; it names the first of three conditions that fails. */
export function invalidSequence(
  progress: Progress,
  literalsSize: number,
  start: number,
  literalsEnd: number,
  matchEnd: number,
  blockLimit: number,
  offset: number,
): FormatError {
  const structure = 'Sequences_Section'
  if (literalsEnd > literalsSize) {
    return malformed(structure, start, 'has sequences that take more literals than the block has', {
      found: literalsEnd,
      expected: `at most ${literalsSize}`,
    })
  }
  if (matchEnd > blockLimit) return blockTooLong(progress, progress.outputPosition, start, matchEnd, blockLimit)
  return malformed(structure, start, 'reaches before the start of the frame', { field: 'Offset', found: offset })
}

/** The block decompresses to more than Block_Maximum_Size, or to more than the output has room for. */
export function blockTooLong(
  { output }: Progress,
  blockStart: number,
  start: number,
  blockEnd: number,
  blockLimit: number,
): FormatError {
  const length = blockEnd - blockStart
  if (blockLimit === output.length) {
    return outputFull('Compressed_Block', start, length, output.length - blockStart)
  }
  return malformed('Compressed_Block', start, 'decompresses to more than Block_Maximum_Size', {
    found: `at least ${length} bytes`,
    expected: `at most ${blockLimit - blockStart}`,
  })
}
