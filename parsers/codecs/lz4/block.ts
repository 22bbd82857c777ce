import { FormatError } from '../../bytes/errors.ts'
import type { Decompress } from '../codec.ts'
import { copyBytes, copyMatch } from '../copy-match.ts'

/** The shortest match ("LZ4 Block Format", Match copy operation). */
const MINIMUM_MATCH = 4
/** The value of a 4-bit length after which more bytes of the length follow. */
const LENGTH_CONTINUES = 15
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
  const inputEnd = input.length
  const outputEnd = output.length
  const inputView = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const outputView = new DataView(output.buffer, output.byteOffset, output.byteLength)
  let inputPosition = 0
  let position = outputStart

  // Each turn decodes one sequence: a token, literals, and a match.
  for (;;) {
    const sequence = inputPosition
    if (inputPosition >= inputEnd) throw truncated(sequence, 'a token')
    const token = input[inputPosition++]!
    let literalsLength = token >>> 4
    if (literalsLength === LENGTH_CONTINUES) {
      const full = countFullBytes(input, inputPosition)
      inputPosition += full + 1
      if (inputPosition > inputEnd) throw truncated(sequence, 'the length of the literals')
      literalsLength += 255 * full + input[inputPosition - 1]!
    }
    const literalsEnd = inputPosition + literalsLength
    const matchStart = position + literalsLength
    if (literalsEnd > inputEnd) throw truncated(sequence, `${literalsLength} literals`)
    if (matchStart > outputEnd) throw outputFull(sequence, matchStart, outputEnd)
    copyBytes(output, outputView, position, matchStart, inputView, inputPosition)
    // "LZ4 Block Format", End of block conditions: the last sequence is literals only.
    if (literalsEnd === inputEnd) return matchStart

    if (literalsEnd + 2 > inputEnd) throw truncated(sequence, 'an offset')
    const offset = input[literalsEnd]! | (input[literalsEnd + 1]! << 8)
    inputPosition = literalsEnd + 2
    let matchLength = (token & 15) + MINIMUM_MATCH
    if (matchLength === LENGTH_CONTINUES + MINIMUM_MATCH) {
      const full = countFullBytes(input, inputPosition)
      inputPosition += full + 1
      if (inputPosition > inputEnd) throw truncated(sequence, 'the length of the match')
      matchLength += 255 * full + input[inputPosition - 1]!
    }
    position = matchStart + matchLength
    if (offset === 0 || offset > matchStart) throw wrongOffset(sequence, offset, matchStart)
    if (position > outputEnd) throw outputFull(sequence, position, outputEnd)
    copyMatch(output, outputView, matchStart, offset, matchLength)
  }
}

/** The number of bytes of 255 from `start` on; after each of them a length continues. */
function countFullBytes(input: Uint8Array, start: number): number {
  let end = start
  while (end < input.length && input[end] === 255) end++
  return end - start
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
