import { FormatError, hex } from '../../bytes/errors.ts'
import { xxhash64Low } from '../../checksums/xxhash64.ts'
import { decodeBlock } from './block.ts'
import { readFrameHeader } from './frame-header.ts'
import { type FrameState, resetFrameState } from './frame-state.ts'
import { BLOCK_SIZE_LIMIT } from './limits.ts'
import { malformed } from './malformed.ts'
import { need, type Progress } from './progress.ts'

/** Decodes one frame whose magic number is read (RFC 8878 3.1.1): header, blocks, checksum. */
export function decodeFrame(progress: Progress, state: FrameState): void {
  const frameOffset = progress.inputPosition - 4
  const header = readFrameHeader(progress)
  const frameStart = progress.outputPosition
  const blockMaximumSize = Math.min(header.windowSize, BLOCK_SIZE_LIMIT)
  resetFrameState(state)
  while (!decodeBlock(progress, state, frameStart, blockMaximumSize)) {
    // The last block says that it is the last.
  }
  const length = progress.outputPosition - frameStart
  if (header.contentSize !== undefined && length !== header.contentSize) {
    throw malformed('Frame_Header', frameOffset + 4, 'is not what the blocks decompress to', {
      field: 'Frame_Content_Size',
      found: header.contentSize,
      expected: length,
    })
  }
  if (header.hasChecksum) verifyChecksum(progress, frameStart)
}

function verifyChecksum(progress: Progress, frameStart: number): void {
  const { inputView, inputPosition, output, outputPosition } = progress
  need(progress, 4, 'Content_Checksum')
  const stored = inputView.getUint32(inputPosition, true)
  const computed = xxhash64Low(output, frameStart, outputPosition)
  if (stored !== computed) {
    throw new FormatError('CHECKSUM', 'does not match the content', {
      source: 'input',
      structure: 'zstd Content_Checksum',
      offset: inputPosition,
      found: hex(stored),
      expected: hex(computed),
    })
  }
  progress.inputPosition = inputPosition + 4
}
