import type { RunningChecksum } from '../../checksums/running-checksum.ts'
import { startXxhash64Low } from '../../checksums/xxhash64.ts'
import { createFrameState, resetFrameState } from './frame-state.ts'
import { readLiterals } from './literals.ts'
import type { Progress } from './progress.ts'
import { decodeSequences } from './sequences.ts'

/**
 * The inner part of a decoder: it decodes Compressed_Blocks. There are two, this one in TypeScript and one in
 * WebAssembly. Headers, the other kinds of blocks and their errors are the same code for both.
 */
export interface CompressedBlocks {
  /** Forgets the previous frame. */
  startFrame(): void
  /**
   * Decodes the Compressed_Block [start, end) of the input, and moves the output position.
   * @param frameStart where the frame begins in the output: no match may reach further back
   * @throws {FormatError} MALFORMED or LIMIT
   */
  decode(progress: Progress, start: number, end: number, frameStart: number, blockMaximumSize: number): void
  /** Starts the Content_Checksum of a frame; it needs the output only. */
  startChecksum(): RunningChecksum<number>
}

/** Decodes in TypeScript. */
export function createCompressedBlocks(): CompressedBlocks {
  const state = createFrameState()
  return {
    startFrame() {
      resetFrameState(state)
    },
    decode(progress, start, end, frameStart, blockMaximumSize) {
      const sequences = readLiterals(progress, state, start, end, blockMaximumSize)
      decodeSequences(progress, state, sequences, end, frameStart, blockMaximumSize)
    },
    startChecksum: startXxhash64Low,
  }
}
