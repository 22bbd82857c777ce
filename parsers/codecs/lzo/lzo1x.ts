import { FormatError } from '../../bytes/errors.ts'
import type { Decompress } from '../codec.ts'
import { copyBytes, copyMatch } from '../copy-match.ts'

/**
 * A first byte of this value begins an LZO-RLE stream: a version follows ("LZO stream format", First byte encoding).
 */
const BITSTREAM_VERSION = 17
/** The least bytes of a stream with a version. */
const VERSIONED_LENGTH = 5
/** The base distance of instruction 0001HLLL: a match at 16384 or more, or the end. */
const FAR_BASE = 16384
/** The value of `state` after four or more literals. Otherwise it is their number, 0 to 3. */
const MANY_LITERALS = 4

/**
 * Decompresses one raw LZO1X stream from any compressor variant (LZO1X-1, -1(11), -1(12), -1(15), -999). It follows
 * "LZO stream format as understood by Linux' LZO decompressor" (Documentation/staging/lzo.rst), version 0.
 */
export const decompressLzo1x: Decompress = (input, output) => {
  const inputView = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const outputView = new DataView(output.buffer, output.byteOffset, output.byteLength)
  const inputEnd = input.length
  const outputEnd = output.length
  let inputPosition = 0
  let position = 0
  /** The number of literals that the last instruction copied. It decides the meaning of instructions below 16. */
  let state = 0
  /** The number of literals that the current instruction copies, after its match. */
  let literalsLength = 0

  // First byte encoding: a value from 18 on means literals only.
  if (inputEnd > 0 && input[0]! >= BITSTREAM_VERSION) {
    const firstByte = input[0]!
    if (firstByte > BITSTREAM_VERSION) {
      inputPosition = 1
      literalsLength = firstByte - BITSTREAM_VERSION
      if (inputPosition + literalsLength > inputEnd) throw truncated(0)
      if (literalsLength > outputEnd) throw outputFull(0, literalsLength, outputEnd)
      while (position < literalsLength) output[position++] = input[inputPosition++]!
      state = Math.min(literalsLength, MANY_LITERALS)
    } else if (inputEnd >= VERSIONED_LENGTH) {
      throw new FormatError('UNSUPPORTED', 'begins with a bitstream version, so it is LZO-RLE', {
        source: 'input',
        structure: 'LZO1X stream',
        offset: 0,
      })
    }
  }

  // Each turn executes one instruction. We check inputPosition before its first byte and before the bytes that follow
  // it. We check both ends before each copy.
  for (;;) {
    const start = inputPosition
    if (inputPosition >= inputEnd) throw truncated(start)
    const instruction = input[inputPosition++]!
    let distance = 0
    let matchLength = 0

    if (instruction >= 64) {
      // 1LLDDDSS HHHHHHHH: 5 to 8 bytes; 01LDDDSS HHHHHHHH: 3 or 4 bytes; distance (H << 3) + D + 1
      if (inputPosition >= inputEnd) throw truncated(start)
      matchLength = (instruction >>> 5) + 1
      distance = (input[inputPosition++]! << 3) + ((instruction >>> 2) & 7) + 1
      literalsLength = instruction & 3
    } else if (instruction >= 16) {
      // 001LLLLL: length L or 31 and more; 0001HLLL: L or 7 and more. Then DDDDDDDD DDDDDDSS, little-endian.
      const lengthMask = instruction >= 32 ? 31 : 7
      matchLength = instruction & lengthMask
      if (matchLength === 0) {
        const zeros = countZeros(input, inputPosition)
        inputPosition += zeros + 1
        if (inputPosition > inputEnd) throw truncated(start)
        matchLength = lengthMask + zeros * 255 + input[inputPosition - 1]!
      }
      matchLength += 2
      if (inputPosition + 2 > inputEnd) throw truncated(start)
      const operand = input[inputPosition]! | (input[inputPosition + 1]! << 8)
      inputPosition += 2
      distance = (operand >>> 2) + 1
      literalsLength = operand & 3
      if (instruction < 32) {
        distance += FAR_BASE - 1 + ((instruction & 8) << 11)
        if (distance === FAR_BASE) {
          finish(start, inputPosition, inputEnd, instruction === 0x11 && operand === 0)
          return position
        }
      }
    } else if (state === 0) {
      // 0000LLLL: literals, L + 3 or 18 and more
      literalsLength = instruction
      if (literalsLength === 0) {
        const zeros = countZeros(input, inputPosition)
        inputPosition += zeros + 1
        if (inputPosition > inputEnd) throw truncated(start)
        literalsLength = 15 + zeros * 255 + input[inputPosition - 1]!
      }
      literalsLength += 3
    } else {
      // 0000DDSS HHHHHHHH: two bytes after 1 to 3 literals; three bytes, from further back, after more literals
      if (inputPosition >= inputEnd) throw truncated(start)
      distance = (input[inputPosition++]! << 2) + (instruction >>> 2) + 1
      matchLength = 2
      if (state === MANY_LITERALS) {
        distance += 2048
        matchLength = 3
      }
      literalsLength = instruction & 3
    }

    const matchEnd = position + matchLength
    const end = matchEnd + literalsLength
    const literalsEnd = inputPosition + literalsLength
    if (distance > position) throw wrongDistance(start, distance, position)
    if (end > outputEnd) throw outputFull(start, end, outputEnd)
    if (literalsEnd > inputEnd) throw truncated(start)
    copyMatch(output, outputView, position, distance, matchLength)
    copyBytes(output, outputView, matchEnd, end, inputView, inputPosition)
    inputPosition = literalsEnd
    position = end
    state = matchLength === 0 ? MANY_LITERALS : literalsLength
  }
}

/** The number of zero bytes from `offset` on; each adds 255 to a length. */
function countZeros(input: Uint8Array, offset: number): number {
  let end = offset
  while (end < input.length && input[end] === 0) end++
  return end - offset
}

/** Verifies the end of stream, which is 0x11 0x00 0x00, and that no input follows it. */
function finish(start: number, inputPosition: number, inputEnd: number, isEnd: boolean): void {
  if (!isEnd) {
    throw new FormatError('MALFORMED', 'is neither a match nor the end of stream', {
      source: 'input',
      structure: 'LZO1X instruction',
      offset: start,
      expected: '11 00 00',
    })
  }
  if (inputPosition !== inputEnd) {
    throw new FormatError('MALFORMED', 'is followed by more input', {
      source: 'input',
      structure: 'LZO1X end of stream',
      offset: start,
      found: `${inputEnd - inputPosition} bytes`,
      expected: 0,
    })
  }
}

function truncated(offset: number): FormatError {
  return new FormatError('TRUNCATED', 'unexpected end of input', {
    source: 'input',
    structure: 'LZO1X instruction',
    offset,
  })
}

function outputFull(offset: number, length: number, room: number): FormatError {
  return new FormatError('LIMIT', 'decompresses to more than the output has room for', {
    source: 'input',
    structure: 'LZO1X instruction',
    offset,
    found: `at least ${length} bytes`,
    expected: `at most ${room}`,
  })
}

function wrongDistance(start: number, distance: number, position: number): FormatError {
  return new FormatError('MALFORMED', 'is outside the data decompressed so far', {
    source: 'input',
    structure: 'LZO1X instruction',
    offset: start,
    field: 'distance',
    found: distance,
    expected: `1 to ${position}`,
  })
}
