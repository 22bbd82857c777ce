import { hex } from '../../bytes/errors.ts'
import { type BitReader, bitOffset, skipPadding, takeWord } from './bits.ts'
import { failure } from './failure.ts'

const STRUCTURE = 'StreamFooter'
/** The first digits of the square root of pi. */
export const FOOTER_MAGIC = 0x177245385090

/** Adds the checksum of the next block to StreamCRC. */
export function addBlockCrc(streamCrc: number, blockCrc: number): number {
  return (((streamCrc << 1) | (streamCrc >>> 31)) ^ blockCrc) >>> 0
}

/**
 * Reads StreamFooter after its magic number. Like bzip2, it does not test the bits of Padding.
 * @param computed StreamCRC of the blocks
 */
export function verifyStreamFooter(reader: BitReader, computed: number): void {
  const offset = bitOffset(reader)
  const stored = takeWord(reader, STRUCTURE, 'StreamCRC')
  if (stored !== computed) {
    throw failure(reader.stream, 'CHECKSUM', STRUCTURE, offset, 'does not match the checksums of the blocks', {
      field: 'StreamCRC',
      found: hex(stored),
      expected: hex(computed),
    })
  }
  skipPadding(reader)
}
