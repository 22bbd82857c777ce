import { xxhash32 } from '../../checksums/xxhash32.ts'
import type { Decompress } from '../codec.ts'
import { type Progress, startProgress } from '../progress.ts'
import { decodeLz4Block } from './block.ts'
import { CHECKSUM_SIZE, decodeDataBlock, verifyChecksum } from './data-block.ts'
import { failure, need, outputFull } from './failure.ts'
import { type FrameDescriptor, readFrameDescriptor } from './frame-descriptor.ts'
import { decodeLegacyBlock, legacyBlockFollows } from './legacy-block.ts'
import { readMagicNumber, readSkippableSize } from './magic-number.ts'

/**
 * Decompresses LZ4 frames, legacy frames and skippable frames, one after the other ("LZ4 Frame Format"). It verifies
 * all checksums. A legacy frame has no end mark, so one that is cut between two blocks reads as a shorter frame.
 */
export const decompressLz4Frame: Decompress = (input, output) => {
  const progress = startProgress(input, output)
  do {
    const frame = readMagicNumber(progress)
    if (frame === 'frame') {
      decodeFrame(progress)
    } else if (frame === 'legacy frame') {
      while (legacyBlockFollows(progress)) decodeLegacyBlock(progress, decodeLz4Block)
    } else {
      const size = readSkippableSize(progress)
      need(progress, size, 'User Data')
      progress.inputPosition += size
    }
  } while (progress.inputPosition < input.length)
  return progress.outputPosition
}

/** Decodes one frame: descriptor, data blocks, EndMark, checksum. The caller has read its magic number. */
function decodeFrame(progress: Progress): void {
  const descriptor = readFrameDescriptor(progress)
  const { output, outputPosition: frameStart } = progress
  const { contentSize = 0 } = descriptor
  const room = output.length - frameStart
  if (contentSize > room) {
    throw outputFull('Frame Descriptor', descriptor.offset, contentSize, room)
  }
  while (decodeDataBlock(progress, descriptor, frameStart, decodeLz4Block)) {
    // The EndMark ends the frame.
  }
  verifyContentSize(progress, descriptor, progress.outputPosition - frameStart)
  if (descriptor.hasContentChecksum) {
    verifyContentChecksum(progress, xxhash32(output, frameStart, progress.outputPosition))
  }
}

/** @throws {FormatError} MALFORMED if the descriptor states a size and `length` differs from it */
export function verifyContentSize(progress: Progress, { contentSize, offset }: FrameDescriptor, length: number): void {
  if (contentSize !== undefined && length !== contentSize) {
    const at = offset - progress.inputStart
    throw failure('MALFORMED', 'Frame Descriptor', at, 'is not the size of the decompressed blocks', {
      field: 'Content Size',
      found: contentSize,
      expected: length,
    })
  }
}

/** Reads the Content Checksum and compares it with the computed one. */
export function verifyContentChecksum(progress: Progress, computed: number): void {
  const { inputView, inputPosition } = progress
  need(progress, CHECKSUM_SIZE, 'Content Checksum')
  verifyChecksum('Content Checksum', inputPosition, inputView.getUint32(inputPosition, true), computed)
  progress.inputPosition = inputPosition + CHECKSUM_SIZE
}
