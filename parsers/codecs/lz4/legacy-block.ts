import type { Progress } from '../progress.ts'
import type { DecodeLz4Block } from './block.ts'
import { contentSizeLimit, decodeCompressedBlock } from './data-block.ts'
import { failure, need } from './failure.ts'
import { frameOfMagic } from './magic-number.ts'

const STRUCTURE = 'legacy Data Block'
/** Bytes. */
const BLOCK_SIZE_SIZE = 4
/**
 * Bytes that a block of a legacy frame decompresses to; the last one may be shorter ("LZ4 Frame Format", Legacy frame).
 */
const BLOCK_CONTENT_SIZE = 8 * 2 ** 20
/** An incompressible block grows by one byte in 255 (LZ4_compressBound). */
const BLOCK_SIZE_LIMIT = BLOCK_CONTENT_SIZE + Math.floor(BLOCK_CONTENT_SIZE / 255) + 16

/** Whether a block follows in a legacy frame. The frame ends where the input ends or another frame begins. */
export function legacyBlockFollows({ input, inputView, inputPosition }: Progress): boolean {
  const left = input.length - inputPosition
  return left > 0 && (left < BLOCK_SIZE_SIZE || frameOfMagic(inputView.getUint32(inputPosition, true)) === undefined)
}

/** The stored bytes of the block that begins here, and the most room that it needs. */
export function legacyBlockSizes({ input, inputView, inputPosition }: Progress): { stored: number; content: number } {
  if (input.length - inputPosition < BLOCK_SIZE_SIZE) return { stored: BLOCK_SIZE_SIZE, content: 0 }
  const size = Math.min(inputView.getUint32(inputPosition, true), BLOCK_SIZE_LIMIT)
  return { stored: BLOCK_SIZE_SIZE + size, content: contentSizeLimit(size, BLOCK_CONTENT_SIZE) }
}

/** Whether a block may have this size. */
export function isLegacyBlockSize(size: number): boolean {
  return size > 0 && size <= BLOCK_SIZE_LIMIT
}

/** Decodes one block of a legacy frame. */
export function decodeLegacyBlock(progress: Progress, decode: DecodeLz4Block): void {
  const offset = progress.inputPosition
  need(progress, BLOCK_SIZE_SIZE, STRUCTURE)
  const size = progress.inputView.getUint32(offset, true)
  if (!isLegacyBlockSize(size)) {
    throw failure('MALFORMED', STRUCTURE, offset, 'is invalid', {
      field: 'Block Compressed Size',
      found: size,
      expected: `1 to ${BLOCK_SIZE_LIMIT}`,
    })
  }
  need(progress, BLOCK_SIZE_SIZE + size, STRUCTURE)
  const start = offset + BLOCK_SIZE_SIZE
  decodeCompressedBlock(progress, start, start + size, progress.outputPosition, BLOCK_CONTENT_SIZE, decode)
  progress.inputPosition = start + size
}
