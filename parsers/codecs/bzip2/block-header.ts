import { hex } from '../../bytes/errors.ts'
import { type BitReader, bitOffset, takeBits, takeWord } from './bits.ts'
import { failure } from './failure.ts'

const STRUCTURE = 'BlockHeader'
/** The first digits of pi. */
export const BLOCK_MAGIC = 0x314159265359

export interface BlockHeader {
  /** The offset of BlockCRC in the source. */
  readonly crcOffset: number
  /** The checksum of the content. */
  readonly blockCrc: number
  /** The offset of OrigPtr in the source. */
  readonly origPtrOffset: number
  /** Which row of the sorted rotations is the block itself. */
  readonly origPtr: number
}

/** Reads BlockHeader after its magic number. */
export function readBlockHeader(reader: BitReader): BlockHeader {
  const crcOffset = bitOffset(reader)
  const blockCrc = takeWord(reader, STRUCTURE, 'BlockCRC')
  const offset = bitOffset(reader)
  // To decode such a block takes a table of 512 numbers, and no file of this century needs it.
  if (takeBits(reader, 1, STRUCTURE, 'Randomized') !== 0) {
    throw failure(reader.stream, 'UNSUPPORTED', STRUCTURE, offset, 'is set, as only bzip2 before 0.9.5 does', {
      field: 'Randomized',
      found: 1,
      expected: 0,
    })
  }
  const origPtrOffset = bitOffset(reader)
  return { crcOffset, blockCrc, origPtrOffset, origPtr: takeBits(reader, 24, STRUCTURE, 'OrigPtr') }
}

/** @param length the number of bytes in the block */
export function verifyOrigPtr({ stream }: BitReader, { origPtr, origPtrOffset }: BlockHeader, length: number): void {
  if (origPtr >= length) {
    throw failure(stream, 'MALFORMED', STRUCTURE, origPtrOffset, 'is not a row of the block', {
      field: 'OrigPtr',
      found: origPtr,
      expected: `less than ${length}`,
    })
  }
}

/** @param computed the checksum of the content */
export function verifyBlockCrc({ stream }: BitReader, { blockCrc, crcOffset }: BlockHeader, computed: number): void {
  if (blockCrc !== computed) {
    throw failure(stream, 'CHECKSUM', STRUCTURE, crcOffset, 'does not match the content', {
      field: 'BlockCRC',
      found: hex(blockCrc),
      expected: hex(computed),
    })
  }
}
