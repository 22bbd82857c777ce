// LZ4 blocks ("LZ4 Block Format").
import { copyLiterals, copyMatch, copySixteen } from './copy'

export { CALLER } from './memory'

/** The shortest match ("LZ4 Block Format", Match copy operation). */
const MINIMUM_MATCH: u32 = 4
/** The value of a 4-bit length after which more bytes of the length follow. */
const LENGTH_CONTINUES: u32 = 15
/** What a short sequence takes and writes at most: 14 literals with token and offset, and a match of 18. */
const SHORT_INPUT: usize = 17
const SHORT_OUTPUT: usize = 32

/** The length whose first part is LENGTH_CONTINUES, and where the input goes on after it; 0 if the input ends. */
let longLength: u32 = 0

/** Reads the further bytes of a length: each adds up to 255, and the last one is below that. */
function readLength(position: usize, end: usize): usize {
  let length = LENGTH_CONTINUES
  for (let more: u32 = 255; more === 255; ) {
    if (position >= end) return 0
    more = <u32>load<u8>(position)
    position += 1
    length += more
  }
  longLength = length
  return position
}

/**
 * Decodes the block [start, end) at `output`. A length adds up to less than the input's size times 255, and input and
 * output have less than 2 GiB: no sum below overflows 32 bits but a literals length, which is compared first.
 * @param windowStart no match may reach further back
 * @param limit the end of the room
 * @returns where the output ends; 0 if the block is damaged
 */
export function decodeBlock(start: usize, end: usize, output: usize, windowStart: usize, limit: usize): usize {
  const shortInputEnd = end - min(end - start, SHORT_INPUT)
  const shortOutputEnd = limit - min(limit - output, SHORT_OUTPUT)
  let input = start
  let position = output
  while (true) {
    if (input >= end) return 0
    const token = <u32>load<u8>(input)
    input += 1
    let literalsLength = token >>> 4
    let matchLength = token & 15
    // Nine in ten sequences are short and certainly end before both ends.
    if (literalsLength !== LENGTH_CONTINUES && input < shortInputEnd && position < shortOutputEnd) {
      copySixteen(position, input)
      const matchStart = position + literalsLength
      const offset = <u32>load<u16>(input + literalsLength)
      if (matchLength !== LENGTH_CONTINUES && offset >= 16 && offset <= <u32>(matchStart - windowStart)) {
        copySixteen(matchStart, matchStart - offset)
        store<u16>(matchStart, load<u16>(matchStart - offset, 16), 16)
        position = matchStart + matchLength + MINIMUM_MATCH
        input += literalsLength + 2
        continue
      }
    } else if (literalsLength === LENGTH_CONTINUES) {
      input = readLength(input, end)
      if (input === 0) return 0
      literalsLength = longLength
    }
    if (literalsLength > <u32>(end - input) || literalsLength > <u32>(limit - position)) return 0
    copyLiterals(position, input, position + literalsLength)
    input += literalsLength
    position += literalsLength
    // "LZ4 Block Format", End of block conditions: the last sequence is literals only.
    if (input === end) return position
    if (input + 2 > end) return 0
    const offset = <u32>load<u16>(input)
    input += 2
    if (matchLength === LENGTH_CONTINUES) {
      input = readLength(input, end)
      if (input === 0) return 0
      matchLength = longLength
    }
    matchLength += MINIMUM_MATCH
    if (offset - 1 >= <u32>(position - windowStart) || matchLength > <u32>(limit - position)) return 0
    copyMatch(position, offset, position + matchLength)
    position += matchLength
  }
}
