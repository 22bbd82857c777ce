import { FormatError, hex } from '../../bytes/errors.ts'
import { xxhash32 } from '../../checksums/xxhash32.ts'
import type { Progress } from '../progress.ts'
import type { DecodeLz4Block } from './block.ts'
import { failure, need, outputFull } from './failure.ts'
import type { FrameDescriptor } from './frame-descriptor.ts'

const STRUCTURE = 'Data Block'
/** Bytes of Block Size, and of a Block Checksum or Content Checksum. */
export const BLOCK_SIZE_SIZE = 4
export const CHECKSUM_SIZE = 4
/** The highest bit of Block Size: the data is not compressed. */
const UNCOMPRESSED = 2 ** 31
/** The most output for one byte of a block, because a length grows by 255 a byte. */
const OUTPUT_PER_INPUT_BYTE = 255

/** The stored bytes of the data block that begins here, and the most room that it needs. */
export function dataBlockSizes(
  { inputView, inputPosition }: Progress,
  { blockMaximumSize, hasBlockChecksums }: FrameDescriptor,
): { stored: number; content: number } {
  const word = inputView.getUint32(inputPosition, true)
  const size = Math.min(word % UNCOMPRESSED, blockMaximumSize)
  return {
    stored: BLOCK_SIZE_SIZE + size + (hasBlockChecksums ? CHECKSUM_SIZE : 0),
    content: word >= UNCOMPRESSED ? size : contentSizeLimit(size, blockMaximumSize),
  }
}

/** The most bytes that `size` bytes of a compressed block can become. */
export function contentSizeLimit(size: number, blockMaximumSize: number): number {
  return Math.min(size * OUTPUT_PER_INPUT_BYTE, blockMaximumSize)
}

/**
 * Decodes one data block ("LZ4 Frame Format", Data Blocks).
 * @param frameStart where the frame, or the part of it that we still hold, begins in the output
 * @returns false if the block was the EndMark
 */
export function decodeDataBlock(
  progress: Progress,
  descriptor: FrameDescriptor,
  frameStart: number,
  decode: DecodeLz4Block,
): boolean {
  const { blockMaximumSize, hasBlockChecksums, hasIndependentBlocks } = descriptor
  const { input, inputView, output, outputPosition } = progress
  const offset = progress.inputPosition
  need(progress, BLOCK_SIZE_SIZE, STRUCTURE)
  const word = inputView.getUint32(offset, true)
  if (word === 0) {
    progress.inputPosition = offset + BLOCK_SIZE_SIZE
    return false
  }
  const size = word % UNCOMPRESSED
  if (size > blockMaximumSize) {
    throw failure('MALFORMED', STRUCTURE, offset, 'exceeds Block Maximum Size', {
      field: 'Block Size',
      found: size,
      expected: `at most ${blockMaximumSize}`,
    })
  }
  const start = offset + BLOCK_SIZE_SIZE
  const end = start + size
  need(progress, BLOCK_SIZE_SIZE + size + (hasBlockChecksums ? CHECKSUM_SIZE : 0), STRUCTURE)
  if (hasBlockChecksums) {
    verifyChecksum('Block Checksum', end, inputView.getUint32(end, true), xxhash32(input, start, end))
  }
  if (word >= UNCOMPRESSED) {
    const room = output.length - outputPosition
    if (size > room) throw outputFull(STRUCTURE, offset, size, room)
    output.set(input.subarray(start, end), outputPosition)
    progress.outputPosition += size
  } else {
    const windowStart = hasIndependentBlocks ? outputPosition : frameStart
    decodeCompressedBlock(progress, start, end, windowStart, blockMaximumSize, decode)
  }
  progress.inputPosition = end + (hasBlockChecksums ? CHECKSUM_SIZE : 0)
  return true
}

/**
 * Decodes the LZ4 block [start, end) of the input at the output position, and moves that position.
 * @param windowStart the first byte of the output that matches may reach back to
 */
export function decodeCompressedBlock(
  progress: Progress,
  start: number,
  end: number,
  windowStart: number,
  blockMaximumSize: number,
  decode: DecodeLz4Block,
): void {
  const { input, output, outputPosition } = progress
  const blockLimit = outputPosition + blockMaximumSize
  const window = output.subarray(windowStart, Math.min(blockLimit, output.length))
  try {
    const length = decode(input.subarray(start, end), window, outputPosition - windowStart)
    progress.outputPosition = windowStart + length
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const { structure: _, offset, source: __, ...measured } = error.facts
    // The end of the block is not the end of the input.
    const isTooLong = error.code === 'LIMIT' && blockLimit <= output.length
    const code = error.code === 'TRUNCATED' || isTooLong ? 'MALFORMED' : error.code
    const detail = isTooLong ? 'decompresses to more than Block Maximum Size' : error.detail.replace(/^input/, 'block')
    throw failure(code, 'sequence', start + offset, detail, measured)
  }
}

/** @throws {FormatError} CHECKSUM if the two differ */
export function verifyChecksum(structure: string, offset: number, stored: number, computed: number): void {
  if (stored !== computed) {
    throw failure('CHECKSUM', structure, offset, 'does not match the data', {
      found: hex(stored),
      expected: hex(computed),
    })
  }
}
