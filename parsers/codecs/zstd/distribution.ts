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
  // The position of the next bit, from the first bit of the description.
  let position = 4
  let symbol = 0
  // Remaining shares. A probability takes as many bits as the number of remaining shares plus one needs.
  let remaining = 1 << accuracyLog
  while (remaining > 0) {
    if (symbol >= symbolLimit) throw tooManySymbols(start, symbolLimit)
    // RFC 8878 4.1.1: the lower values take one bit less, as many as the range leaves room for.
    const bitCount = 32 - Math.clz32(remaining + 1)
    const half = 1 << (bitCount - 1)
    const lowValues = 2 * half - 2 - remaining
    const bits = bitsAt(input, start, end, position)
    let value = bits & (half - 1)
    position += bitCount - 1
    if (value >= lowValues) {
      value = bits & (2 * half - 1)
      position += 1
      if (value >= half) value -= lowValues
    }
    const probability = value - 1
    probabilities[symbol++] = probability
    remaining -= Math.abs(probability)
    if (probability !== 0) continue
    // Two bits give the number of further symbols with probability 0; 3 means that two more bits follow.
    let more = 3
    while (more === 3) {
      more = bitsAt(input, start, end, position) & 3
      position += 2
      if (symbol + more > symbolLimit) throw tooManySymbols(start, symbolLimit)
      probabilities.fill(0, symbol, symbol + more)
      symbol += more
    }
  }
  const descriptionEnd = start + ((position + 7) >>> 3)
  if (descriptionEnd > end) throw malformed('FSE_Table_Description', start, 'extends past the end of its section')
  distribution.accuracyLog = accuracyLog
  distribution.symbolCount = symbol
  return descriptionEnd
}

/** At least 10 bits from bit `position` of the bytes [start, end) on, the first one lowest. Bits after `end` are 0. */
function bitsAt(input: Uint8Array, start: number, end: number, position: number): number {
  const first = start + (position >>> 3)
  let bits = 0
  for (let offset = first; offset < Math.min(first + 3, end); offset++) bits |= input[offset]! << (8 * (offset - first))
  return bits >>> (position & 7)
}

function tooManySymbols(offset: number, symbolLimit: number): FormatError {
  return malformed('FSE_Table_Description', offset, 'gives a probability to symbols that do not exist', {
    expected: `${symbolLimit} symbols`,
  })
}
