import { FormatError } from '../../bytes/errors.ts'
import type { Decompress } from '../codec.ts'
import { copyEightBytes } from '../copy-eight-bytes.ts'

/** The shortest match ("LZ4 Block Format", Match copy operation). */
const MINIMUM_MATCH = 4
/** The value of a 4-bit length after which more bytes of the length follow. */
const LENGTH_CONTINUES = 15
/** The most bytes that wide copies read and write past the end of what they copy. */
const WIDE_COPY = 8
/** From this length on a built-in copy is worth its call. */
const LONG_COPY = 256
/** From this length on a built-in fill is worth its call. */
const LONG_RUN = 32
/** The most bytes that a short sequence takes: 14 literals, the offset, the next token. */
const SHORT_SEQUENCE_INPUT = 17
/** The most bytes that a short sequence writes: 14 literals and a match of 18. */
const SHORT_SEQUENCE_OUTPUT = 32

/**
 * Decompresses one raw LZ4 block: no frame, no size, no checksum. A block ends with the input, after some literals, and
 * has no other end mark. A block that is cut after literals reads as a shorter block. A caller that knows the
 * decompressed length must compare it.
 */
export const decompressLz4Block: Decompress = (input, output) => decodeLz4Block(input, output, 0)

/**
 * Decodes a block into `output` from `outputStart` on. Matches may reach back to the bytes before it.
 * @returns the position after the last byte written
 */
export type DecodeLz4Block = (input: Uint8Array, output: Uint8Array, outputStart: number) => number

export const decodeLz4Block: DecodeLz4Block = (input, output, outputStart) => {
  const copyEight = copyEightBytes
  const inputView = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const outputView = new DataView(output.buffer, output.byteOffset, output.byteLength)
  const inputEnd = input.length
  const outputEnd = output.length
  const wideInputEnd = inputEnd - WIDE_COPY
  const wideOutputEnd = outputEnd - WIDE_COPY
  if (inputEnd === 0) throw truncated(0, 'a token')
  let token = input[0]!
  /** The position after the token. */
  let inputPosition = 1
  let position = outputStart

  for (;;) {
    // Short sequences, nine in ten: up to 14 literals and a match of up to 18 bytes from 8 or more back. `left` of them
    // certainly end WIDE_COPY bytes or more before both ends, so the loop does not check the ends. Each reads at most
    // 18 bytes from inputPosition and takes at most 17. It writes at most 32 from position: 14 literals as 16, then a
    // match as 16 and 2. Copies of eight bytes are right for matches too, because those come from 8 or more back.
    const inputRoom = ((wideInputEnd - inputPosition) / SHORT_SEQUENCE_INPUT) | 0
    const outputRoom = ((wideOutputEnd - position) / SHORT_SEQUENCE_OUTPUT) | 0
    for (let left = Math.min(inputRoom, outputRoom); left > 0; left--) {
      const literalsLength = token >>> 4
      const matchLength = (token & 15) + MINIMUM_MATCH
      if (literalsLength === LENGTH_CONTINUES || matchLength === LENGTH_CONTINUES + MINIMUM_MATCH) break
      // We read the offset and the next token together, before we write anything, so that they are ready in time.
      const offsetAndToken = inputView.getInt32(inputPosition + literalsLength, true)
      copyEight(outputView, position, inputView, inputPosition)
      if (literalsLength > 8) copyEight(outputView, position + 8, inputView, inputPosition + 8)
      const matchStart = position + literalsLength
      const offset = offsetAndToken & 0xffff
      // `offset - 8 >>> 0` is above every position for offsets below 8. The code below decodes those, with their
      // literals.
      if ((offset - 8) >>> 0 > matchStart - 8) break
      const from = matchStart - offset
      copyEight(outputView, matchStart, outputView, from)
      copyEight(outputView, matchStart + 8, outputView, from + 8)
      if (matchLength > 16) outputView.setInt16(matchStart + 16, outputView.getInt16(from + 16, true), true)
      position = matchStart + matchLength
      inputPosition += literalsLength + 3
      token = (offsetAndToken >>> 16) & 255
    }

    // Any sequence. Every read of the input follows a check of inputPosition. We check lengths against both ends before
    // each copy, and make wide copies only if they end WIDE_COPY bytes or more before those ends.
    const sequence = inputPosition - 1
    let literalsLength = token >>> 4
    if (literalsLength === LENGTH_CONTINUES) {
      let more = 255
      while (more === 255) {
        if (inputPosition >= inputEnd) throw truncated(sequence, 'the length of the literals')
        more = input[inputPosition++]!
        literalsLength += more
      }
    }
    const literalsEnd = inputPosition + literalsLength
    const matchStart = position + literalsLength
    if (literalsEnd > inputEnd) throw truncated(sequence, `${literalsLength} literals`)
    if (matchStart > outputEnd) throw outputFull(sequence, matchStart, outputEnd)
    if (literalsLength > LONG_COPY || literalsEnd > wideInputEnd || matchStart > wideOutputEnd) {
      output.set(input.subarray(inputPosition, literalsEnd), position)
    } else {
      while (position < matchStart) {
        copyEight(outputView, position, inputView, inputPosition)
        position += 8
        inputPosition += 8
      }
    }
    inputPosition = literalsEnd
    position = matchStart
    // "LZ4 Block Format", End of block conditions: the last sequence is literals only.
    if (inputPosition === inputEnd) return position

    if (inputPosition + 2 > inputEnd) throw truncated(sequence, 'an offset')
    const offset = input[inputPosition]! | (input[inputPosition + 1]! << 8)
    inputPosition += 2
    let matchLength = (token & 15) + MINIMUM_MATCH
    if (matchLength === LENGTH_CONTINUES + MINIMUM_MATCH) {
      let more = 255
      while (more === 255) {
        if (inputPosition >= inputEnd) throw truncated(sequence, 'the length of the match')
        more = input[inputPosition++]!
        matchLength += more
      }
    }
    const matchEnd = position + matchLength
    let from = position - offset
    if (offset === 0 || from < 0) throw wrongOffset(sequence, offset, position)
    if (matchEnd > outputEnd) throw outputFull(sequence, matchEnd, outputEnd)
    if (offset >= 8 && matchEnd <= wideOutputEnd) {
      if (matchLength > LONG_COPY && offset >= matchLength) {
        output.copyWithin(position, from, from + matchLength)
      } else {
        do {
          copyEight(outputView, position, outputView, from)
          position += 8
          from += 8
        } while (position < matchEnd)
      }
    } else if (offset >= 4 && matchEnd <= wideOutputEnd) {
      do {
        outputView.setInt32(position, outputView.getInt32(from, true), true)
        position += 4
        from += 4
      } while (position < matchEnd)
    } else if (offset === 1 && matchLength > LONG_RUN) {
      output.fill(output[from]!, position, matchEnd)
    } else {
      while (position < matchEnd) output[position++] = output[from++]!
    }
    position = matchEnd
    if (inputPosition >= inputEnd) throw truncated(inputPosition, 'a token')
    token = input[inputPosition++]!
  }
}

function truncated(offset: number, missing: string): FormatError {
  return new FormatError('TRUNCATED', `input ends where ${missing} should be`, {
    source: 'input',
    structure: 'LZ4 sequence',
    offset,
  })
}

function outputFull(offset: number, length: number, room: number): FormatError {
  return new FormatError('LIMIT', 'decompresses to more than the output has room for', {
    source: 'input',
    structure: 'LZ4 sequence',
    offset,
    found: `at least ${length} bytes`,
    expected: `at most ${room}`,
  })
}

function wrongOffset(sequence: number, offset: number, position: number): FormatError {
  return new FormatError('MALFORMED', 'is outside the data decompressed so far', {
    source: 'input',
    structure: 'LZ4 sequence',
    offset: sequence,
    field: 'offset',
    found: offset,
    expected: `1 to ${position}`,
  })
}
