import { FormatError, hex } from '../../bytes/errors.ts'
import { decodeBlock } from './block.ts'
import type { CompressedBlocks } from './compressed-blocks.ts'
import { type FrameHeader, readFrameHeader } from './frame-header.ts'
import { malformed } from './malformed.ts'
import { need, outputFull, type Progress } from './progress.ts'

/** Decodes one frame (RFC 8878 3.1.1): header, blocks, checksum. The caller has read its magic number. */
export function decodeFrame(progress: Progress, blocks: CompressedBlocks): void {
  const header = readFrameHeader(progress)
  const frameStart = progress.outputPosition
  const left = progress.output.length - frameStart
  if (header.contentSize !== undefined && header.contentSize > left) {
    throw outputFull('Frame_Header', header.contentSizeOffset, header.contentSize, left)
  }
  blocks.startFrame()
  while (!decodeBlock(progress, blocks, frameStart, header.blockMaximumSize)) {
    // The last block says that it is the last.
  }
  verifyContentSize(progress, header, progress.outputPosition - frameStart)
  if (header.hasChecksum) {
    const stored = readContentChecksum(progress)
    const checksum = blocks.startChecksum()
    checksum.update(progress.output, frameStart, progress.outputPosition)
    verifyContentChecksum(progress, stored, checksum.digest())
  }
}

/** @throws {FormatError} MALFORMED if the header states a size and `length` differs from it */
export function verifyContentSize(progress: Progress, header: FrameHeader, length: number): void {
  if (header.contentSize !== undefined && length !== header.contentSize) {
    throw malformed('Frame_Header', header.offset - progress.inputStart, 'is not the size of the decompressed blocks', {
      field: 'Frame_Content_Size',
      found: header.contentSize,
      expected: length,
    })
  }
}

/** Reads the Content_Checksum after the last block. */
export function readContentChecksum(progress: Progress): number {
  need(progress, 4, 'Content_Checksum')
  const stored = progress.inputView.getUint32(progress.inputPosition, true)
  progress.inputPosition += 4
  return stored
}

/** @throws {FormatError} CHECKSUM if the stored checksum, just read, differs from the computed one */
export function verifyContentChecksum(progress: Progress, stored: number, computed: number): void {
  if (stored !== computed) {
    throw new FormatError('CHECKSUM', 'does not match the content', {
      source: 'input',
      structure: 'zstd Content_Checksum',
      offset: progress.inputPosition - 4,
      found: hex(stored),
      expected: hex(computed),
    })
  }
}
