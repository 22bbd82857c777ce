// The Literals_Section of a block (RFC 8878 3.1.1.3.1).
import { LITERALS } from '../memory'
import { decodeFourHuffmanStreams, decodeHuffmanStream, maxBits, readHuffmanTree } from './huffman'

const RAW_LITERALS_BLOCK: u32 = 0
const COMPRESSED_LITERALS_BLOCK: u32 = 2

/** The literals of the block that `readLiterals` read last: their address and their number. */
export let literals: usize = 0
export let literalsSize: u32 = 0

/**
 * Reads the Literals_Section of the block [start, end).
 * @returns where the sequences section starts; 0 if the section is damaged
 */
export function readLiterals(start: usize, end: usize, blockMaximumSize: u32): usize {
  if (start >= end) return 0
  // RFC 8878 3.1.1.3.1.1: one number of up to 40 bits. The checks of the sizes refuse one that the block cuts short.
  const header = load<u64>(start)
  const blockType = <u32>header & 3
  const sizeFormat = (<u32>header >>> 2) & 3
  if (blockType < COMPRESSED_LITERALS_BLOCK) {
    const headerSize: u32 = (sizeFormat & 1) === 0 ? 1 : sizeFormat === 1 ? 2 : 3
    const size = headerSize === 1 ? (<u32>header >>> 3) & 31 : (<u32>header & (headerSize === 2 ? 0xffff : 0xffffff)) >>> 4
    const dataStart = start + headerSize
    const dataEnd = dataStart + (blockType === RAW_LITERALS_BLOCK ? size : <u32>1)
    if (dataEnd > end || size > blockMaximumSize) return 0
    literalsSize = size
    // Raw literals stay where they are.
    literals = blockType === RAW_LITERALS_BLOCK ? dataStart : LITERALS
    if (blockType !== RAW_LITERALS_BLOCK) memory.fill(LITERALS, load<u8>(dataStart), size)
    return dataEnd
  }
  const headerSize: u32 = sizeFormat < 2 ? 3 : sizeFormat + 2
  const sizeBits: u32 = sizeFormat < 2 ? 10 : sizeFormat === 2 ? 14 : 18
  const sizeMask: u32 = (1 << sizeBits) - 1
  const size = <u32>(header >> 4) & sizeMask
  const compressedSize = <u32>(header >> (4 + sizeBits)) & sizeMask
  const dataEnd = start + headerSize + compressedSize
  if (dataEnd > end || size > blockMaximumSize) return 0
  let streams = start + headerSize
  if (blockType === COMPRESSED_LITERALS_BLOCK) {
    streams = readHuffmanTree(streams, dataEnd)
    if (streams === 0) return 0
  } else if (maxBits === 0) {
    return 0
  }
  if (sizeFormat === 0) {
    if (!decodeHuffmanStream(streams, dataEnd, LITERALS, size)) return 0
  } else if (size < 6 || !decodeFourHuffmanStreams(streams, dataEnd, LITERALS, size)) {
    return 0
  }
  literals = LITERALS
  literalsSize = size
  return dataEnd
}
