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
/** Bytes of a length. A longer one would be above 2^31, so no room holds what it stands for. */
const LONGEST_LENGTH: usize = 1 << 23

/**
 * Decodes the block [start, end) at `output`. No sum of lengths below overflows 32 bits, because each length is below
 * 2^31; it is compared with the room before it is added to an address. The further bytes of a length are read here, not by
 * a function, and short sequences have a way of their own: each gains 5 %.
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
    let offset: u32
    if (literalsLength !== LENGTH_CONTINUES && input < shortInputEnd && position < shortOutputEnd) {
      // Nine in ten sequences are short and certainly end before both ends.
      copySixteen(position, input)
      input += literalsLength
      position += literalsLength
      offset = <u32>load<u16>(input)
      input += 2
      if (matchLength !== LENGTH_CONTINUES && offset >= 8 && offset <= <u32>(position - windowStart)) {
        const from = position - offset
        store<u64>(position, load<u64>(from))
        store<u64>(position, load<u64>(from, 8), 8)
        store<u16>(position, load<u16>(from, 16), 16)
        position += matchLength + MINIMUM_MATCH
        continue
      }
    } else {
      if (literalsLength === LENGTH_CONTINUES) {
        const stop = min(end, input + LONGEST_LENGTH)
        let more: u32
        do {
          if (input >= stop) return 0
          more = <u32>load<u8>(input)
          input += 1
          literalsLength += more
        } while (more === 255)
      }
      if (literalsLength > <u32>(end - input) || literalsLength > <u32>(limit - position)) return 0
      copyLiterals(position, input, position + literalsLength)
      input += literalsLength
      position += literalsLength
      // "LZ4 Block Format", End of block conditions: the last sequence is literals only.
      if (input === end) return position
      if (input + 2 > end) return 0
      offset = <u32>load<u16>(input)
      input += 2
    }
    if (matchLength === LENGTH_CONTINUES) {
      const stop = min(end, input + LONGEST_LENGTH)
      let more: u32
      do {
        if (input >= stop) return 0
        more = <u32>load<u8>(input)
        input += 1
        matchLength += more
      } while (more === 255)
    }
    matchLength += MINIMUM_MATCH
    if (offset - 1 >= <u32>(position - windowStart) || matchLength > <u32>(limit - position)) return 0
    copyMatch(position, offset, position + matchLength)
    position += matchLength
  }
}
