import { FormatError, hex } from '../../bytes/errors.ts'
import { BLOCK_SIZE_LIMIT, WINDOW_SIZE_LIMIT } from './limits.ts'
import { need, type Progress } from './progress.ts'

/** The most bytes of a header: descriptor, window, dictionary, content size. */
export const FRAME_HEADER_SIZE_LIMIT: number = 1 + 1 + 4 + 8

/** RFC 8878 3.1.1.1. */
export interface FrameHeader {
  /** Offset in all of the input. */
  readonly offset: number
  /** Bytes. */
  readonly windowSize: number
  /** Bytes: Block_Maximum_Size (RFC 8878 3.1.1.2.4). */
  readonly blockMaximumSize: number
  /** Bytes that the frame decompresses to, if the header states them. */
  readonly contentSize: number | undefined
  /** Where the header states them, in `input`. */
  readonly contentSizeOffset: number
  readonly hasChecksum: boolean
}

/** Reads the header after the magic number, and refuses a frame that we cannot decode. */
export function readFrameHeader(progress: Progress): FrameHeader {
  const offset = progress.inputPosition
  need(progress, 1, 'Frame_Header')
  const descriptor = progress.input[offset]!
  // RFC 8878 3.1.1.1.1
  const contentSizeFlag = descriptor >>> 6
  const isSingleSegment = (descriptor & 0x20) !== 0
  const hasChecksum = (descriptor & 4) !== 0
  const dictionaryIdSize = [0, 1, 2, 4][descriptor & 3]!
  if ((descriptor & 8) !== 0) {
    throw refused('UNSUPPORTED', 'Reserved_Bit', 'is set, which this version of the format does not allow', offset)
  }
  const windowDescriptorSize = isSingleSegment ? 0 : 1
  const contentSizeSize = contentSizeFlag === 0 && !isSingleSegment ? 0 : 1 << contentSizeFlag
  need(progress, 1 + windowDescriptorSize + dictionaryIdSize + contentSizeSize, 'Frame_Header')

  const dictionaryIdOffset = offset + 1 + windowDescriptorSize
  const contentSizeOffset = dictionaryIdOffset + dictionaryIdSize
  const dictionaryId = readNumber(progress.input, dictionaryIdOffset, dictionaryIdSize)
  const contentSize =
    contentSizeSize === 0
      ? undefined
      : // A two-byte size counts from 256 (RFC 8878 3.1.1.1.4).
        readNumber(progress.input, contentSizeOffset, contentSizeSize) + (contentSizeSize === 2 ? 256 : 0)
  const windowSize = isSingleSegment ? contentSize! : windowSizeOf(progress.input[offset + 1]!)
  if (dictionaryId !== 0) {
    throw refused('UNSUPPORTED', 'Dictionary_ID', 'needs a dictionary', dictionaryIdOffset, hex(dictionaryId), 0)
  }
  if (windowSize > WINDOW_SIZE_LIMIT) {
    throw refused(
      'LIMIT',
      'Window_Size',
      'is too large',
      offset + 1,
      `${windowSize} bytes`,
      `at most ${WINDOW_SIZE_LIMIT}`,
    )
  }
  progress.inputPosition = contentSizeOffset + contentSizeSize
  return {
    offset: progress.inputStart + offset,
    windowSize,
    blockMaximumSize: Math.min(windowSize, BLOCK_SIZE_LIMIT),
    contentSize,
    contentSizeOffset,
    hasChecksum,
  }
}

/** Window_Descriptor: 5 bits exponent, 3 bits mantissa (RFC 8878 3.1.1.1.2). */
function windowSizeOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3))
  return base + (base / 8) * (descriptor & 7)
}

/** Reads a little-endian number. It is rounded above 2^53, which is far above every limit. */
function readNumber(input: Uint8Array, offset: number, size: number): number {
  let value = 0
  for (let index = size - 1; index >= 0; index--) value = value * 256 + input[offset + index]!
  return value
}

function refused(
  code: 'UNSUPPORTED' | 'LIMIT',
  field: string,
  detail: string,
  offset: number,
  found?: string,
  expected?: number | string,
): FormatError {
  return new FormatError(code, detail, {
    source: 'input',
    structure: 'zstd Frame_Header',
    offset,
    field,
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
  })
}
