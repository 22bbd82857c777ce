import type { Decompress } from '../codec.ts'
import { startProgress } from '../progress.ts'
import { type CompressedBlocks, createCompressedBlocks } from './compressed-blocks.ts'
import { decodeFrame } from './frame.ts'
import { readMagicNumber, readSkippableSize } from './magic-number.ts'
import { need } from './progress.ts'

/** The first call makes it, so a program that meets no zstd makes no tables. */
let compressedBlocks: CompressedBlocks | undefined

/**
 * Decompresses Zstandard data: any number of frames and skippable frames, one after the other (RFC 8878 3). `output`
 * itself is the window: matches copy within it.
 */
export const decompressZstd: Decompress = (input, output) => {
  compressedBlocks ??= createCompressedBlocks()
  return decodeFrames(input, output, compressedBlocks)
}

/** `decompressZstd` with other code for the inner part. */
export function decodeFrames(input: Uint8Array, output: Uint8Array, blocks: CompressedBlocks): number {
  const progress = startProgress(input, output)
  do {
    if (readMagicNumber(progress) === 'frame') {
      decodeFrame(progress, blocks)
    } else {
      const frameSize = readSkippableSize(progress)
      need(progress, frameSize, 'Skippable_Frame User_Data')
      progress.inputPosition += frameSize
    }
  } while (progress.inputPosition < input.length)
  return progress.outputPosition
}
