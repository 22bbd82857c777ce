// Headers of DEFLATE blocks (RFC 1951 3.2.3 to 3.2.7).
import { CODE_LENGTHS, LENGTH_LENGTHS, LENGTH_TABLE } from '../memory'
import { count, held, isPast, refill, take } from './bits'
import { buildDistances, buildLengths, buildLiterals, LENGTH_BITS } from './tables'

/** RFC 1951 3.2.7. HLIT and HDIST could express more. */
const LITERALS_LIMIT: u32 = 286
const DISTANCES_LIMIT: u32 = 30
const END_OF_BLOCK: usize = 256
const COPY_PREVIOUS: u32 = 16
const ZEROS: u32 = 17
/** The order in which a header lists the lengths of the code of code lengths. */
const LENGTH_ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15])

/** Whether the tables are those of the fixed codes. */
let areFixed = false

/** Reads LEN and NLEN of a stored block (RFC 1951 3.2.4); returns LEN, or -1 if they do not agree. */
export function readStoredLength(): i32 {
  take(count & 7)
  refill()
  const length = take(16)
  return (length ^ take(16)) === 0xffff ? <i32>length : -1
}

/** RFC 1951 3.2.6. */
export function useFixedCodes(): void {
  if (areFixed) return
  memory.fill(CODE_LENGTHS, 8, 144)
  memory.fill(CODE_LENGTHS + 144, 9, 112)
  memory.fill(CODE_LENGTHS + 256, 7, 24)
  memory.fill(CODE_LENGTHS + 280, 8, 8)
  memory.fill(CODE_LENGTHS + 288, 5, 32)
  buildLiterals(CODE_LENGTHS, 288)
  buildDistances(CODE_LENGTHS + 288, 32)
  areFixed = true
}

/** Reads the codes of a dynamic block (RFC 1951 3.2.7), and builds their tables if the input has all of them. */
export function readDynamicCodes(end: usize): bool {
  refill()
  const literals = take(5) + 257
  const distances = take(5) + 1
  const lengths = take(4) + 4
  if (literals > LITERALS_LIMIT || distances > DISTANCES_LIMIT) return false
  memory.fill(LENGTH_LENGTHS, 0, 19)
  for (let index: u32 = 0; index < lengths; index++) {
    if (count < 3) refill()
    store<u8>(LENGTH_LENGTHS + load<u8>(LENGTH_ORDER + index), <u8>take(3))
  }
  if (!buildLengths(LENGTH_LENGTHS)) return false
  // The lengths of distance codes directly follow those of literal codes, even within one repetition.
  const codes = literals + distances
  for (let index: u32 = 0; index < codes; ) {
    // A code takes at most 7 bits and a repetition 7 more. We stop soon after the end of the input.
    if (count < 14) refill()
    if (isPast(end)) return false
    const cell = load<u32>(LENGTH_TABLE + ((<usize>held & ((1 << LENGTH_BITS) - 1)) << 2))
    take(cell & 15)
    const symbol = cell >>> 16
    if (symbol < COPY_PREVIOUS) {
      store<u8>(CODE_LENGTHS + index, <u8>symbol)
      index += 1
      continue
    }
    if (symbol === COPY_PREVIOUS && index === 0) return false
    const previous: u8 = symbol === COPY_PREVIOUS ? load<u8>(CODE_LENGTHS + index - 1) : 0
    const times = symbol === COPY_PREVIOUS ? 3 + take(2) : symbol === ZEROS ? 3 + take(3) : 11 + take(7)
    if (index + times > codes) return false
    memory.fill(CODE_LENGTHS + index, previous, times)
    index += times
  }
  if (isPast(end) || load<u8>(CODE_LENGTHS + END_OF_BLOCK) === 0) return false
  areFixed = false
  return buildLiterals(CODE_LENGTHS, literals) && buildDistances(CODE_LENGTHS + literals, distances)
}
