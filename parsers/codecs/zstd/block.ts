import type { CompressedBlocks } from './compressed-blocks.ts'
import { malformed } from './malformed.ts'
import { need, type Progress, room } from './progress.ts'

// Block_Type, RFC 8878 3.1.1.2.2
const RAW_BLOCK = 0
const RLE_BLOCK = 1
const COMPRESSED_BLOCK = 2

/** Bytes. */
export const BLOCK_HEADER_SIZE = 3

/** The number of bytes of the block whose Block_Header is at the input position. */
export function blockInputSize({ input, inputPosition }: Progress): number {
  const header = input[inputPosition]! | (input[inputPosition + 1]! << 8) | (input[inputPosition + 2]! << 16)
  const blockType = (header >>> 1) & 3
  // RFC 8878 3.1.1.2.3: the size of an RLE_Block is its decompressed size.
  return BLOCK_HEADER_SIZE + (blockType === RLE_BLOCK ? 1 : header >>> 3)
}

/**
 * Decodes one block (RFC 8878 3.1.1.2).
 * @param frameStart where the frame begins in the output: no match may reach further back
 * @returns whether it is the last block of its frame
 */
export function decodeBlock(
  progress: Progress,
  blocks: CompressedBlocks,
  frameStart: number,
  blockMaximumSize: number,
): boolean {
  const { input, output } = progress
  const headerOffset = progress.inputPosition
  need(progress, BLOCK_HEADER_SIZE, 'Block_Header')
  const header = input[headerOffset]! | (input[headerOffset + 1]! << 8) | (input[headerOffset + 2]! << 16)
  const blockType = (header >>> 1) & 3
  const blockSize = header >>> 3
  const start = headerOffset + BLOCK_HEADER_SIZE
  if (blockSize > blockMaximumSize) {
    throw malformed('Block_Header', headerOffset, 'exceeds Block_Maximum_Size', {
      field: 'Block_Size',
      found: blockSize,
      expected: `at most ${blockMaximumSize}`,
    })
  }
  progress.inputPosition = start
  if (blockType === RAW_BLOCK) {
    need(progress, blockSize, 'Raw_Block')
    room(progress, blockSize, 'Raw_Block', headerOffset)
    output.set(input.subarray(start, start + blockSize), progress.outputPosition)
    progress.inputPosition = start + blockSize
    progress.outputPosition += blockSize
  } else if (blockType === RLE_BLOCK) {
    need(progress, 1, 'RLE_Block')
    room(progress, blockSize, 'RLE_Block', headerOffset)
    output.fill(input[start]!, progress.outputPosition, progress.outputPosition + blockSize)
    progress.inputPosition = start + 1
    progress.outputPosition += blockSize
  } else if (blockType === COMPRESSED_BLOCK) {
    need(progress, blockSize, 'Compressed_Block')
    const end = start + blockSize
    blocks.decode(progress, start, end, frameStart, blockMaximumSize)
    progress.inputPosition = end
  } else {
    throw malformed('Block_Header', headerOffset, 'is reserved', { field: 'Block_Type', found: blockType })
  }
  return (header & 1) === 1
}
