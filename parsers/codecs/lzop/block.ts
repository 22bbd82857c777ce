import { FormatError } from '../../bytes/errors.ts'
import { adler32 } from '../../checksums/adler32.ts'
import { crc32 } from '../../checksums/crc32.ts'
import type { Decompress } from '../codec.ts'
import { hasRoom, inputOffset, makeRoom, type StreamProgress } from '../stream-progress.ts'
import { failure, need, verifyChecksum } from './failure.ts'
import { F_ADLER32_C, F_ADLER32_D, F_CRC32_C, F_CRC32_D } from './flags.ts'

const STRUCTURE = 'block'
/** Bytes of a size or a checksum. */
const WORD_SIZE = 4
/** The limit of the format. lzop itself writes blocks of 256 KiB, and neither it nor Linux reads larger ones. */
const BLOCK_SIZE_LIMIT: number = 64 * 2 ** 20
/** Stands for a file in pieces, which lzop never learnt to write or to read. */
const SPLIT_FILE = 2 ** 32 - 1
/** The most output for one byte of a block, because a length grows by 255 a byte (LZO1X). */
const OUTPUT_PER_INPUT_BYTE = 255

/** A checksum that the flags of a header announce for each block. */
interface BlockChecksum {
  readonly flag: number
  readonly field: string
  readonly compute: (bytes: Uint8Array, start: number, end: number) => number
}

/** In the order of the checksums in a block. */
const CONTENT_CHECKSUMS: readonly BlockChecksum[] = [
  { flag: F_ADLER32_D, field: 'd_adler32', compute: adler32 },
  { flag: F_CRC32_D, field: 'd_crc32', compute: crc32 },
]
/** After those, and only in a compressed block. */
const STORED_CHECKSUMS: readonly BlockChecksum[] = [
  { flag: F_ADLER32_C, field: 'c_adler32', compute: adler32 },
  { flag: F_CRC32_C, field: 'c_crc32', compute: crc32 },
]

/**
 * Decodes the next block of a part, with its checksums, and makes room for it.
 * @param flags of the header
 * @returns false if there was a zero instead, which ends the part
 */
export function decodeBlock(stream: StreamProgress, flags: number, decompress: Decompress): boolean {
  need(stream, WORD_SIZE, STRUCTURE, 'dst_len')
  const offset = inputOffset(stream)
  const size = stream.inputView.getUint32(stream.inputPosition, false)
  if (size === 0) {
    stream.inputPosition += WORD_SIZE
    return false
  }
  verifySize(stream, offset, size)
  need(stream, 2 * WORD_SIZE, STRUCTURE, 'src_len')
  const storedSize = stream.inputView.getUint32(stream.inputPosition + WORD_SIZE, false)
  verifyStoredSize(stream, offset, size, storedSize)

  const isFlagged = ({ flag }: BlockChecksum): boolean => (flags & flag) !== 0
  const contentChecksums = CONTENT_CHECKSUMS.filter(isFlagged)
  const storedChecksums = storedSize < size ? STORED_CHECKSUMS.filter(isFlagged) : []
  const checksumsAt = 2 * WORD_SIZE
  const storedChecksumsAt = checksumsAt + WORD_SIZE * contentChecksums.length
  const dataAt = storedChecksumsAt + WORD_SIZE * storedChecksums.length
  need(stream, dataAt + storedSize, STRUCTURE, 'data')
  // The source has the stored bytes, so the room is at most OUTPUT_PER_INPUT_BYTE times what it has.
  if (!hasRoom(stream, size)) makeRoom(stream, size)

  const { input, output, inputPosition: start, outputPosition } = stream
  const dataStart = start + dataAt
  const dataEnd = dataStart + storedSize
  verifyChecksums(stream, start + storedChecksumsAt, storedChecksums, input, dataStart, dataEnd)
  const data = input.subarray(dataStart, dataEnd)
  // Content that LZO could not make smaller is stored as it is.
  if (storedSize === size) output.set(data, outputPosition)
  else
    decompressWhole(stream, offset + dataAt, decompress, data, output.subarray(outputPosition, outputPosition + size))
  verifyChecksums(stream, start + checksumsAt, contentChecksums, output, outputPosition, outputPosition + size)
  stream.inputPosition = dataEnd
  stream.outputPosition += size
  return true
}

/** @param position of the first checksum in the input */
function verifyChecksums(
  stream: StreamProgress,
  position: number,
  checksums: readonly BlockChecksum[],
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  for (const [index, { field, compute }] of checksums.entries()) {
    const at = position + WORD_SIZE * index
    verifyChecksum(stream, STRUCTURE, at, field, stream.inputView.getUint32(at, false), compute(bytes, start, end))
  }
}

function verifySize(stream: StreamProgress, offset: number, size: number): void {
  if (size === SPLIT_FILE) {
    throw failure(stream, 'UNSUPPORTED', STRUCTURE, offset, 'marks a file that is split', { field: 'dst_len' })
  }
  if (size > BLOCK_SIZE_LIMIT) {
    throw failure(stream, 'MALFORMED', STRUCTURE, offset, 'is invalid', {
      field: 'dst_len',
      found: size,
      expected: `at most ${BLOCK_SIZE_LIMIT}`,
    })
  }
}

function verifyStoredSize(stream: StreamProgress, offset: number, size: number, storedSize: number): void {
  if (storedSize === 0 || storedSize > size) {
    throw failure(stream, 'MALFORMED', STRUCTURE, offset + WORD_SIZE, 'is invalid', {
      field: 'src_len',
      found: storedSize,
      expected: `1 to ${size}`,
    })
  }
  if (size > storedSize * OUTPUT_PER_INPUT_BYTE) {
    throw failure(stream, 'MALFORMED', STRUCTURE, offset, 'is more than src_len bytes can become', {
      field: 'dst_len',
      found: size,
      expected: `at most ${storedSize * OUTPUT_PER_INPUT_BYTE}`,
    })
  }
}

/** Decompresses `data`, which lies at `offset` in the source, to all of `output`. */
function decompressWhole(
  stream: StreamProgress,
  offset: number,
  decompress: Decompress,
  data: Uint8Array,
  output: Uint8Array,
): void {
  const length = decompressLocated(stream, offset, decompress, data, output)
  if (length !== output.length) {
    throw failure(stream, 'MALFORMED', STRUCTURE, offset, 'decompresses to less than dst_len bytes', {
      found: length,
      expected: output.length,
    })
  }
}

function decompressLocated(
  stream: StreamProgress,
  offset: number,
  decompress: Decompress,
  data: Uint8Array,
  output: Uint8Array,
): number {
  try {
    return decompress(data, output)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const { code, detail, facts } = error
    const { structure, offset: at, source: _, ...measured } = facts
    // The end of the block is not the end of the input, and the room is that for the block.
    const isMalformed = code === 'TRUNCATED' || code === 'LIMIT'
    const said =
      code === 'LIMIT' ? 'decompresses to more than dst_len bytes' : detail.replace('end of input', 'end of block')
    throw failure(stream, isMalformed ? 'MALFORMED' : code, structure, offset + at, said, measured)
  }
}
