import type { Decompress } from '../codec.ts'
import { decodeBlock, type IndexRecord } from './block.ts'
import { malformed, need } from './failure.ts'
import type { Progress } from './progress.ts'
import { STREAM_FOOTER_SIZE, verifyStreamFooter } from './stream-footer.ts'
import { readStreamHeader, STREAM_HEADER_SIZE } from './stream-header.ts'
import { verifyIndex } from './stream-index.ts'

/**
 * Decompresses an .xz file: one or more streams, with stream padding between and behind them (xz 1.2: 2).
 * Checks, sizes and index are verified. `output` itself is the dictionary, whatever size a block header has for it.
 */
export const decompressXz: Decompress = (input, output) => {
  const progress: Progress = { input, inputPosition: 0, output, outputPosition: 0 }
  do {
    decodeStream(progress)
    skipStreamPadding(progress)
  } while (progress.inputPosition < input.length)
  return progress.outputPosition
}

/** xz 1.2: 2.1. */
function decodeStream(progress: Progress): void {
  const { input } = progress
  const flags = readStreamHeader(input, progress.inputPosition)
  progress.inputPosition += STREAM_HEADER_SIZE
  // Two numbers a block, of which squashfs has one and xz makes one in each 24 MiB or so.
  const blocks: IndexRecord[] = []
  for (;;) {
    need(input, progress.inputPosition, 1, 'Block or Index')
    // xz 1.2: 4.1: what is the size of a Block Header is 0 in the Index.
    if (input[progress.inputPosition] === 0) break
    blocks.push(decodeBlock(progress, flags.check))
  }
  const indexStart = progress.inputPosition
  const indexEnd = verifyIndex(input, indexStart, blocks)
  verifyStreamFooter(input, indexEnd, indexEnd - indexStart, flags)
  progress.inputPosition = indexEnd + STREAM_FOOTER_SIZE
}

/** Zero bytes, four or a multiple (xz 1.2: 2.2). */
function skipStreamPadding(progress: Progress): void {
  const { input, inputPosition: start } = progress
  let position = start
  while (position < input.length && input[position] === 0) position++
  const padding = position - start
  if (padding % 4 !== 0) {
    throw malformed('Stream Padding', start, 'is not a multiple of four bytes', { found: `${padding} bytes` })
  }
  progress.inputPosition = position
}
