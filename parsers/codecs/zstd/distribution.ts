import type { FormatError } from '../../bytes/errors.ts'
import { malformed } from './malformed.ts'

/** The probability of each symbol, in shares of 2^accuracyLog (RFC 8878 4.1.1). */
export interface Distribution {
  accuracyLog: number
  /** Symbols from here on have probability 0. */
  symbolCount: number
  /** -1 means "less than 1": one share, at the end of the table. */
  readonly probabilities: Int16Array
}

/** An empty distribution with room for the 53 symbols of match lengths, the largest alphabet. */
export function createDistribution(): Distribution {
  return { accuracyLog: 0, symbolCount: 0, probabilities: new Int16Array(53) }
}

/**
 * Reads an FSE table description at the front of [start, end) (RFC 8878 4.1.1).
 * @param symbolLimit the number of symbols, at most 53
 * @returns where the description ends
 */
export function readDistribution(
  input: Uint8Array,
  start: number,
  end: number,
  accuracyLogLimit: number,
  symbolLimit: number,
  distribution: Distribution,
): number {
  const { probabilities } = distribution
  const accuracyLog = (start < end ? input[start]! & 15 : 0) + 5
  if (accuracyLog > accuracyLogLimit) {
    throw malformed('FSE_Table_Description', start, 'is too large', {
      field: 'Accuracy_Log',
      found: accuracyLog,
      expected: `at most ${accuracyLogLimit}`,
    })
  }
  // Bits that we have read but not used, the first one lowest; bits from `end` on are 0. We read a byte only when we
  // need it, inline: a call per symbol would be slow, because V8 has not compiled anything yet when it decodes an
  // image's first blocks.
  let bits = start < end ? input[start]! >>> 4 : 0
  let available = 4
  let offset = start + 1
  let symbol = 0
  // Remaining shares. A probability takes as many bits as the number of remaining shares plus one needs.
  let remaining = 1 << accuracyLog
  while (remaining > 0) {
    if (symbol >= symbolLimit) throw tooManySymbols(start, symbolLimit)
    // RFC 8878 4.1.1: the lower values take one bit less, as many as the range leaves room for.
    const bitCount = 32 - Math.clz32(remaining + 1)
    const half = (1 << (bitCount - 1)) - 1
    const lowValues = (1 << bitCount) - 2 - remaining
    while (available < bitCount) {
      if (offset < end) bits |= input[offset]! << available
      offset++
      available += 8
    }
    let value = bits & half
    let used = bitCount - 1
    if (value >= lowValues) {
      value = bits & (half + half + 1)
      used = bitCount
      if (value > half) value -= lowValues
    }
    bits >>>= used
    available -= used
    const probability = value - 1
    probabilities[symbol++] = probability
    remaining -= probability < 0 ? 1 : probability
    if (probability === 0) {
      // Two bits give the number of further symbols with probability 0; 3 means that two more bits follow.
      let more = 3
      while (more === 3) {
        if (available < 2) {
          if (offset < end) bits |= input[offset]! << available
          offset++
          available += 8
        }
        more = bits & 3
        bits >>>= 2
        available -= 2
        if (symbol + more > symbolLimit) throw tooManySymbols(start, symbolLimit)
        for (const last = symbol + more; symbol < last; symbol++) probabilities[symbol] = 0
      }
    }
  }
  // We give back whole bytes that we read but did not use.
  const descriptionEnd = offset - (available >>> 3)
  if (descriptionEnd > end) throw malformed('FSE_Table_Description', start, 'extends past the end of its section')
  distribution.accuracyLog = accuracyLog
  distribution.symbolCount = symbol
  return descriptionEnd
}

function tooManySymbols(offset: number, symbolLimit: number): FormatError {
  return malformed('FSE_Table_Description', offset, 'gives a probability to symbols that do not exist', {
    expected: `${symbolLimit} symbols`,
  })
}
