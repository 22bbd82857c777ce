import type { FrameState } from './frame-state.ts'
import { decodeFourHuffmanStreams, decodeHuffmanStream } from './huffman-streams.ts'
import { readHuffmanTree } from './huffman-tree.ts'
import { malformed } from './malformed.ts'
import type { Progress } from './progress.ts'

// Literals_Block_Type, RFC 8878 3.1.1.3.1.1
const RAW_LITERALS_BLOCK = 0
const RLE_LITERALS_BLOCK = 1
const COMPRESSED_LITERALS_BLOCK = 2

// Indexed by Size_Format.
const SHORT_HEADER_SIZES = [1, 2, 1, 3]
const LONG_HEADER_SIZES = [3, 3, 4, 5]
const SIZE_BITS = [10, 10, 14, 18]

/** The format's own compressor writes four streams only from this size on, and its decompressor refuses them below. */
const MINIMUM_FOR_FOUR_STREAMS = 6

/**
 * Reads the Literals_Section of the block [start, end) into `state.literals` (RFC 8878 3.1.1.3.1).
 * @returns where the sequences section starts
 */
export function readLiterals(
  progress: Progress,
  { huffmanTable, literals }: FrameState,
  start: number,
  end: number,
  blockMaximumSize: number,
): number {
  const { input, inputView } = progress
  // RFC 8878 3.1.1.3.1.1: the header is one little-endian number of up to 40 bits. Bytes after the block count as 0
  // here; the size checks below refuse a header that needs them.
  const low =
    byteOr0(input, start, end) | (byteOr0(input, start + 1, end) << 8) | (byteOr0(input, start + 2, end) << 16)
  const high = byteOr0(input, start + 3, end) | (byteOr0(input, start + 4, end) << 8)
  const blockType = low & 3
  const sizeFormat = (low >>> 2) & 3

  if (blockType === RAW_LITERALS_BLOCK || blockType === RLE_LITERALS_BLOCK) {
    const headerSize = SHORT_HEADER_SIZES[sizeFormat]!
    const regeneratedSize = headerSize === 1 ? (low >>> 3) & 31 : headerSize === 2 ? (low >>> 4) & 0xfff : low >>> 4
    const dataStart = start + headerSize
    const dataEnd = dataStart + (blockType === RAW_LITERALS_BLOCK ? regeneratedSize : 1)
    checkSizes(start, dataEnd, end, regeneratedSize, blockMaximumSize)
    if (blockType === RAW_LITERALS_BLOCK) literals.bytes.set(input.subarray(dataStart, dataEnd))
    else literals.bytes.fill(input[dataStart]!, 0, regeneratedSize)
    literals.length = regeneratedSize
    return dataEnd
  }

  // Both sizes have 10, 10, 14 or 18 bits after the first 4 bits.
  const headerSize = LONG_HEADER_SIZES[sizeFormat]!
  const sizeBits = SIZE_BITS[sizeFormat]!
  const sizeMask = (1 << sizeBits) - 1
  const regeneratedSize = ((low >>> 4) | (high << 20)) & sizeMask
  const compressedSize = ((low >>> (4 + sizeBits)) | (high << (20 - sizeBits))) & sizeMask
  const dataStart = start + headerSize
  const dataEnd = dataStart + compressedSize
  checkSizes(start, dataEnd, end, regeneratedSize, blockMaximumSize)
  let streamsStart = dataStart
  if (blockType === COMPRESSED_LITERALS_BLOCK) {
    streamsStart = readHuffmanTree(progress, dataStart, dataEnd, huffmanTable)
  } else if (huffmanTable.maxBits === 0) {
    throw malformed('Literals_Section_Header', start, 'repeats a Huffman tree, but the frame has none yet')
  }
  if (sizeFormat === 0) {
    decodeHuffmanStream(inputView, streamsStart, dataEnd, huffmanTable, literals.bytes, regeneratedSize)
  } else {
    if (regeneratedSize < MINIMUM_FOR_FOUR_STREAMS) {
      throw malformed('Literals_Section_Header', start, 'has too few literals for four streams', {
        field: 'Regenerated_Size',
        found: regeneratedSize,
        expected: `at least ${MINIMUM_FOR_FOUR_STREAMS}`,
      })
    }
    decodeFourHuffmanStreams(inputView, streamsStart, dataEnd, huffmanTable, literals.bytes, regeneratedSize)
  }
  literals.length = regeneratedSize
  return dataEnd
}

function byteOr0(input: Uint8Array, offset: number, end: number): number {
  return offset < end ? input[offset]! : 0
}

function checkSizes(
  start: number,
  dataEnd: number,
  blockEnd: number,
  regeneratedSize: number,
  blockMaximumSize: number,
): void {
  if (dataEnd > blockEnd) {
    throw malformed('Literals_Section', start, 'extends past the end of its block', {
      found: `${dataEnd - start} bytes`,
      expected: `at most ${blockEnd - start}`,
    })
  }
  if (regeneratedSize > blockMaximumSize) {
    throw malformed('Literals_Section_Header', start, 'exceeds Block_Maximum_Size', {
      field: 'Regenerated_Size',
      found: regeneratedSize,
      expected: `at most ${blockMaximumSize}`,
    })
  }
}
