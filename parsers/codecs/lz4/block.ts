import { FormatError } from '../../bytes/errors.ts'
import type { Decompress } from '../codec.ts'

/** No match is shorter ("LZ4 Block Format", Match copy operation). */
const MINIMUM_MATCH = 4
/** A length of four bits that says "and more bytes follow". */
const LENGTH_CONTINUES = 15
/** How far the wide copies read and write past the end of what they copy, at most. */
const WIDE_COPY = 8
/** From here on a built-in copy is worth its call. */
const LONG_COPY = 256
/** And a fill. */
const LONG_RUN = 32

/**
 * Decompresses one raw LZ4 block: no frame, no size, no checksum.
 * A block has no end mark but the end of the input behind some literals, so one that is cut there reads as a shorter
 * block: whoever knows the decompressed length must compare it.
 */
export const decompressLz4Block: Decompress = (input, output) => {
  const inputView = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const outputView = new DataView(output.buffer, output.byteOffset, output.byteLength)
  const inputEnd = input.length
  const outputEnd = output.length
  const wideInputEnd = inputEnd - WIDE_COPY
  const wideOutputEnd = outputEnd - WIDE_COPY
  let inputPosition = 0
  let position = 0

  // Each turn reads one sequence. Every read of the input is behind a check of inputPosition, lengths are checked
  // against both ends before each copy, and wide copies are made only WIDE_COPY bytes or more before those ends.
  for (;;) {
    const sequence = inputPosition
    if (inputPosition >= inputEnd) throw truncated(sequence, 'a token')
    const token = input[inputPosition++]!

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
        outputView.setInt32(position, inputView.getInt32(inputPosition, true), true)
        outputView.setInt32(position + 4, inputView.getInt32(inputPosition + 4, true), true)
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
          outputView.setInt32(position, outputView.getInt32(from, true), true)
          outputView.setInt32(position + 4, outputView.getInt32(from + 4, true), true)
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
  return new FormatError('MALFORMED', 'does not lie inside what is decompressed already', {
    source: 'input',
    structure: 'LZ4 sequence',
    offset: sequence,
    field: 'offset',
    found: offset,
    expected: `1 to ${position}`,
  })
}
