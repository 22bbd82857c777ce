// LZO1X streams ("LZO stream format as understood by Linux' LZO decompressor", Documentation/staging/lzo.rst).
import { copyLiterals, copyMatch } from './copy'

export { CALLER } from './memory'

/** A first byte of this value begins an LZO-RLE stream: a version follows ("First byte encoding"). */
const BITSTREAM_VERSION: u32 = 17
/** The base distance of instruction 0001HLLL: a match at 16384 or more, or the end. */
const FAR_BASE: u32 = 16384
/** The value of `state` after four or more literals. Otherwise it is their number, 0 to 3. */
const MANY_LITERALS: u32 = 4
/** Bytes of a length. A longer one would be above 2^31, so no room holds what it stands for. */
const LONGEST_LENGTH: usize = 1 << 23

/** A length of several bytes: the number of zero bytes times 255, and the byte after them. */
let longLength: u32 = 0

/** Reads a length of several bytes; returns where the input goes on, 0 if it ends. */
function readLength(position: usize, end: usize): usize {
  const stop = min(end, position + LONGEST_LENGTH)
  let length: u32 = 0
  for (; position < stop; position += 1) {
    const byte = <u32>load<u8>(position)
    if (byte !== 0) {
      longLength = length + byte
      return position + 1
    }
    length += 255
  }
  return 0
}

/**
 * Decodes the stream [start, end) at `output`. Every read of the input follows a check of its end, or its result is used
 * only after one: two bytes past the end may be read. Both ends are checked before each copy.
 * @param limit the end of the room
 * @returns where the output ends; 0 if the stream is damaged, or is LZO-RLE
 */
export function decodeStream(start: usize, end: usize, output: usize, limit: usize): usize {
  let input = start
  let position = output
  /** The number of literals that the last instruction copied. It decides the meaning of instructions below 16. */
  let state: u32 = 0
  if (input >= end) return 0
  const firstByte = <u32>load<u8>(input)
  // First byte encoding: a value from 18 on means literals only.
  if (firstByte > BITSTREAM_VERSION) {
    const length = firstByte - BITSTREAM_VERSION
    input += 1
    if (length > <u32>(end - input) || length > <u32>(limit - position)) return 0
    copyLiterals(position, input, position + length)
    input += length
    position += length
    state = min(length, MANY_LITERALS)
  } else if (firstByte === BITSTREAM_VERSION && end - start >= 5) {
    return 0
  }
  while (true) {
    if (input >= end) return 0
    const instruction = <u32>load<u8>(input)
    input += 1
    let distance: u32 = 0
    let matchLength: u32 = 0
    let literalsLength: u32
    if (instruction >= 64) {
      // 1LLDDDSS HHHHHHHH: 5 to 8 bytes; 01LDDDSS HHHHHHHH: 3 or 4 bytes; distance (H << 3) + D + 1
      matchLength = (instruction >>> 5) + 1
      distance = (<u32>load<u8>(input) << 3) + ((instruction >>> 2) & 7) + 1
      literalsLength = instruction & 3
      input += 1
    } else if (instruction >= 16) {
      // 001LLLLL: length L or 31 and more; 0001HLLL: L or 7 and more. Then DDDDDDDD DDDDDDSS, little-endian.
      const lengthMask: u32 = instruction >= 32 ? 31 : 7
      matchLength = instruction & lengthMask
      if (matchLength === 0) {
        input = readLength(input, end)
        if (input === 0) return 0
        matchLength = lengthMask + longLength
      }
      matchLength += 2
      const operand = <u32>load<u16>(input)
      input += 2
      distance = (operand >>> 2) + 1
      literalsLength = operand & 3
      if (instruction < 32) {
        distance += FAR_BASE - 1 + ((instruction & 8) << 11)
        // The end of the stream is 11 00 00, and nothing follows it.
        if (distance === FAR_BASE) return instruction === 0x11 && operand === 0 && input === end ? position : 0
      }
    } else if (state === 0) {
      // 0000LLLL: literals, L + 3 or 18 and more
      literalsLength = instruction
      if (literalsLength === 0) {
        input = readLength(input, end)
        if (input === 0) return 0
        literalsLength = 15 + longLength
      }
      literalsLength += 3
    } else {
      // 0000DDSS HHHHHHHH: two bytes after 1 to 3 literals; three bytes, from further back, after more literals
      distance = (<u32>load<u8>(input) << 2) + (instruction >>> 2) + 1
      matchLength = state === MANY_LITERALS ? 3 : 2
      if (state === MANY_LITERALS) distance += 2048
      literalsLength = instruction & 3
      input += 1
    }
    if (input > end || literalsLength > <u32>(end - input)) return 0
    if (matchLength > <u32>(limit - position) || literalsLength > <u32>(limit - position) - matchLength) return 0
    if (matchLength > 0) {
      if (distance > <u32>(position - output)) return 0
      copyMatch(position, distance, position + matchLength)
      position += matchLength
    }
    // Up to three literals after a match are most: without a branch they cost least.
    copyLiterals(position, input, position + literalsLength)
    input += literalsLength
    position += literalsLength
    state = matchLength === 0 ? MANY_LITERALS : literalsLength
  }
}
