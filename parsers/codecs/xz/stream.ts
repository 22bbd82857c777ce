import type { Decompress } from '../codec.ts'
import { type Progress, startProgress } from '../progress.ts'
import { decodeBlock, type IndexRecord } from './block.ts'
import { malformed, need } from './failure.ts'
import { verifyStreamFooter } from './stream-footer.ts'
import { readStreamHeader } from './stream-header.ts'
import { verifyIndex } from './stream-index.ts'

/**
 * Decompresses an .xz file: one or more streams, with stream padding between and behind them (xz 1.2: 2).
 * Checks, sizes and index are verified. `output` itself is the dictionary, whatever size a block header has for it.
 */
export const decompressXz: Decompress = (input, output) => {
  const progress = startProgress(input, output)
  do {
    decodeStream(progress)
    skipStreamPadding(progress)
  } while (progress.inputPosition < input.length)
  return progress.outputPosition
}

/** xz 1.2: 2.1. */
function decodeStream(progress: Progress): void {
  const flags = readStreamHeader(progress)
  // Two numbers a block, of which squashfs has one and xz makes one in each 24 MiB or so.
  const blocks: IndexRecord[] = []
  while (blockFollows(progress)) blocks.push(decodeBlock(progress, flags.check))
  const indexSize = verifyIndex(progress, blocks)
  verifyStreamFooter(progress, indexSize, flags)
}

/** Whether a block begins here, or the Index (xz 1.2: 4.1): what is the size of a Block Header is 0 there. */
export function blockFollows(progress: Progress): boolean {
  const { input, inputPosition } = progress
  need(progress, inputPosition, 1, 'Block or Index')
  return input[inputPosition] !== 0
}

/** Zero bytes, four or a multiple (xz 1.2: 2.2). */
function skipStreamPadding(progress: Progress): void {
  const { input, inputPosition: start } = progress
  let position = start
  while (position < input.length && input[position] === 0) position++
  verifyStreamPadding(start, position - start)
  progress.inputPosition = position
}

/** @throws {FormatError} MALFORMED unless `size` is one that Stream Padding can have */
export function verifyStreamPadding(offset: number, size: number): void {
  if (size % 4 !== 0) {
    throw malformed('Stream Padding', offset, 'is not a multiple of four bytes', { found: `${size} bytes` })
  }
}
