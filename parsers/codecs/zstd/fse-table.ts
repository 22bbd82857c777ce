import type { Distribution } from './distribution.ts'

/** The values of an alphabet's symbols: `baselines[symbol]` plus a number of `extraBits[symbol]` bits. */
export interface FseCodes {
  readonly baselines: Int32Array
  readonly extraBits: Uint8Array
}

/** The value of each state, and the way to the next state (RFC 8878 4.1). */
export interface FseTable {
  /** There are 2^accuracyLog states. */
  accuracyLog: number
  readonly baselines: Int32Array
  /** extraBits | bits to read for the next state << 8 | number to add to them << 16 */
  readonly cells: Int32Array
}

export function createFseTable(accuracyLogLimit: number): FseTable {
  return {
    accuracyLog: 0,
    baselines: new Int32Array(1 << accuracyLogLimit),
    cells: new Int32Array(1 << accuracyLogLimit),
  }
}

/** All calls share this array and the next. The largest table has an accuracy of 9 (RFC 8878 3.1.1.3.2.1). */
const stateSymbols = new Uint8Array(1 << 9)
const nextNumbers = new Uint16Array(53)

/** Builds the table of a distribution: RFC 8878 4.1.1 from "Symbols are scanned in their natural order" on. */
export function buildFseTable(table: FseTable, distribution: Distribution, codes: FseCodes): void {
  const { accuracyLog, symbolCount, probabilities } = distribution
  const size = 1 << accuracyLog
  const mask = size - 1
  let lastState = mask
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    const probability = probabilities[symbol]!
    if (probability < 0) stateSymbols[lastState--] = symbol
    nextNumbers[symbol] = probability < 0 ? 1 : probability
  }
  // The step is odd, so it visits every state once. Probabilities sum to `size`, so each state gets a symbol once.
  const step = (size >>> 1) + (size >>> 3) + 3
  let state = 0
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    for (let share = probabilities[symbol]!; share > 0; share--) {
      stateSymbols[state] = symbol
      do {
        state = (state + step) & mask
      } while (state > lastState)
    }
  }
  const { baselines, cells } = table
  const codeBaselines = codes.baselines
  const codeExtraBits = codes.extraBits
  for (let index = 0; index < size; index++) {
    const symbol = stateSymbols[index]!
    // The numbers of a symbol's states begin with its share count. The number determines how many bits complete it.
    const number = nextNumbers[symbol]!
    nextNumbers[symbol] = number + 1
    const bitCount = accuracyLog - 31 + Math.clz32(number)
    baselines[index] = codeBaselines[symbol]!
    cells[index] = codeExtraBits[symbol]! | (bitCount << 8) | (((number << bitCount) - size) << 16)
  }
  table.accuracyLog = accuracyLog
}

/** RLE_Mode (RFC 8878 3.1.1.3.2.1): one state, one symbol, no bits. */
export function buildRleTable(table: FseTable, symbol: number, codes: FseCodes): void {
  table.accuracyLog = 0
  table.baselines[0] = codes.baselines[symbol]!
  table.cells[0] = codes.extraBits[symbol]!
}
