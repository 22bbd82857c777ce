// FSE tables (RFC 8878 4.1) of sequence codes and of Huffman weights.
import { NEXT_NUMBERS, PROBABILITIES, STATE_SYMBOLS } from '../memory'

/** What the symbols of a table are. */
export const LITERALS_LENGTH_CODE = 0
export const MATCH_LENGTH_CODE = 1
export const OFFSET_CODE = 2
export const WEIGHT = 3

// RFC 8878 3.1.1.3.2.1.1
// biome-ignore format: codes 0 to 15, then 16 to 35
const LITERALS_LENGTH_BASELINES = memory.data<u32>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536,
])
// biome-ignore format: as above
const LITERALS_LENGTH_BITS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
])
// biome-ignore format: codes 0 to 31, then 32 to 52
const MATCH_LENGTH_BASELINES = memory.data<u32>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34,
  35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539,
])
// biome-ignore format: as above
const MATCH_LENGTH_BITS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
])

/** Of the distribution that `readDistribution` read last. */
export let accuracyLog: u32 = 0
export let symbolCount: u32 = 0

/**
 * Reads an FSE_Table_Description at the front of [start, end) to PROBABILITIES (RFC 8878 4.1.1).
 * @param symbolLimit at most 53
 * @returns where it ends; 0 if it is damaged
 */
export function readDistribution(start: usize, end: usize, accuracyLogLimit: u32, symbolLimit: u32): usize {
  if (start >= end) return 0
  accuracyLog = (<u32>load<u8>(start) & 15) + 5
  if (accuracyLog > accuracyLogLimit) return 0
  // Bits from the first byte on. A step reads at most 8 bytes past `end`, and takes no more than 10 bits of them before
  // it is noticed.
  let bit: usize = 4
  let symbol: u32 = 0
  // Remaining shares. A probability takes as many bits as the number of remaining shares plus one needs.
  let remaining: i32 = 1 << accuracyLog
  while (remaining > 0) {
    if (symbol >= symbolLimit) return 0
    const word = <u32>(load<u64>(start + (bit >> 3)) >> (<u64>bit & 7))
    // The lower values take one bit less, as many as the range leaves room for.
    const bitCount: u32 = 32 - <u32>clz<u32>(<u32>remaining + 1)
    const half: u32 = (1 << (bitCount - 1)) - 1
    const lowValues: u32 = (1 << bitCount) - 2 - <u32>remaining
    let value = word & half
    if (value < lowValues) {
      bit += bitCount - 1
    } else {
      value = word & (half + half + 1)
      if (value > half) value -= lowValues
      bit += bitCount
    }
    const probability = <i32>value - 1
    store<i16>(PROBABILITIES + (<usize>symbol << 1), <i16>probability)
    symbol += 1
    remaining -= probability < 0 ? 1 : probability
    // Two bits give the number of further symbols with probability 0; 3 means that two more bits follow.
    for (let more: u32 = probability === 0 ? 3 : 0; more === 3; ) {
      more = <u32>(load<u64>(start + (bit >> 3)) >> (<u64>bit & 7)) & 3
      bit += 2
      if (symbol + more > symbolLimit) return 0
      for (const last = symbol + more; symbol < last; symbol++) store<i16>(PROBABILITIES + (<usize>symbol << 1), 0)
    }
    if (start + ((bit + 7) >> 3) > end) return 0
  }
  symbolCount = symbol
  return start + ((bit + 7) >> 3)
}

/** Puts a default distribution into PROBABILITIES. */
export function useDistribution(probabilities: usize, count: u32, log: u32): void {
  memory.copy(PROBABILITIES, probabilities, <usize>count << 1)
  symbolCount = count
  accuracyLog = log
}

/**
 * Builds the table of the distribution in PROBABILITIES (RFC 8878 4.1.1 from "Symbols are scanned in their natural
 * order" on). Probabilities sum to the size of the table, so each state gets a symbol once.
 */
export function buildFseTable(table: usize, kind: i32): void {
  const size: u32 = 1 << accuracyLog
  const mask = size - 1
  let lastState = mask
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    const probability = <i32>load<i16>(PROBABILITIES + (<usize>symbol << 1))
    if (probability < 0) store<u8>(STATE_SYMBOLS + lastState--, <u8>symbol)
    store<u16>(NEXT_NUMBERS + (<usize>symbol << 1), probability < 0 ? 1 : <u16>probability)
  }
  // The step is odd, so it visits every state once.
  const step = (size >>> 1) + (size >>> 3) + 3
  let state: u32 = 0
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    for (let share = <i32>load<i16>(PROBABILITIES + (<usize>symbol << 1)); share > 0; share--) {
      store<u8>(STATE_SYMBOLS + state, <u8>symbol)
      do {
        state = (state + step) & mask
      } while (state > lastState)
    }
  }
  for (let index: u32 = 0; index < size; index++) {
    const symbol = <u32>load<u8>(STATE_SYMBOLS + index)
    // The numbers of a symbol's states begin with its share count. The number determines how many bits complete it.
    const numberAt = NEXT_NUMBERS + (<usize>symbol << 1)
    const number = <u32>load<u16>(numberAt)
    store<u16>(numberAt, <u16>(number + 1))
    const bitCount = accuracyLog - 31 + <u32>clz(number)
    const cell = symbolCell(kind, symbol) | (<u64>((number << bitCount) - size) << 32) | (<u64>bitCount << 56)
    store<u64>(table + (<usize>index << 3), cell)
  }
}

/**
 * The cell of a state: the symbol's baseline in bits 0 to 31, what to add to the next state's bits in 32 to 47, the
 * symbol's extra bits in 48 to 55, and the bits of the next state in 56 to 63. This part is the symbol's.
 */
export function symbolCell(kind: i32, symbol: u32): u64 {
  if (kind === LITERALS_LENGTH_CODE) {
    const bits = <u64>load<u8>(LITERALS_LENGTH_BITS + symbol)
    return <u64>load<u32>(LITERALS_LENGTH_BASELINES + (<usize>symbol << 2)) | (bits << 48)
  }
  if (kind === MATCH_LENGTH_CODE) {
    const bits = <u64>load<u8>(MATCH_LENGTH_BITS + symbol)
    return <u64>load<u32>(MATCH_LENGTH_BASELINES + (<usize>symbol << 2)) | (bits << 48)
  }
  if (kind === OFFSET_CODE) return <u64>(<u32>1 << symbol) | (<u64>symbol << 48)
  return symbol
}
