import type { LzmaState, SymbolsEnd } from './lzma-state.ts'
import {
  DISTANCE_ALIGN,
  DISTANCE_SLOT,
  DISTANCE_SPECIAL,
  IS_LONG_REP0,
  IS_MATCH,
  IS_NOT_REP0,
  IS_NOT_REP1,
  IS_NOT_REP2,
  IS_REP,
  LENGTH_CHOICE,
  LENGTH_CHOICE_2,
  LENGTH_HIGH,
  LENGTH_LOW,
  LENGTH_MIDDLE,
  LITERAL,
  LITERAL_SIZE,
  MATCH_LENGTH,
  REP_LENGTH,
} from './probabilities.ts'

// V8 compiles the address and length of an array that is a constant of this module into the code. As arguments these
// two would take five of the twelve registers, and V8 would store and load the range and the code at each bit: 5 %.

/** The input of `runWindow`. */
const inputWindow = new Uint8Array(16 * 1024)
/**
 * The probabilities that `runWindow` uses. There is room for lc + lp = 12. The system does not back unused pages of
 * these 6 MiB with memory: with lc = 3 we use 16 KiB. Reserving them takes 0.03 ms when the module loads.
 */
const windowProbabilities = new Uint16Array(LITERAL + (LITERAL_SIZE << 12))

/** The buffer that a caller must fill before it calls `runWindow`. */
export function symbolWindow(): Uint8Array {
  return inputWindow
}

/** The probabilities that `runWindow` uses instead of those in its state: see resident.ts. */
export function sharedProbabilities(): Uint16Array {
  return windowProbabilities
}

// V8 loads imported constants at each use (3 %), so these are local copies. Bundled code does not need them.
const isMatch = IS_MATCH
const isRep = IS_REP
const isNotRep0 = IS_NOT_REP0
const isNotRep1 = IS_NOT_REP1
const isNotRep2 = IS_NOT_REP2
const isLongRep0 = IS_LONG_REP0
const distanceSlot = DISTANCE_SLOT
const distanceSpecial = DISTANCE_SPECIAL
const distanceAlign = DISTANCE_ALIGN
const lengthChoice = LENGTH_CHOICE
const lengthChoice2 = LENGTH_CHOICE_2
const lengthLow = LENGTH_LOW
const lengthMiddle = LENGTH_MIDDLE
const lengthHigh = LENGTH_HIGH
const matchLength = MATCH_LENGTH
const repLength = REP_LENGTH
const literals = LITERAL
const literalSize = LITERAL_SIZE

/** When the range is below this, the decoder shifts in the next byte of input. */
const LOWEST_RANGE = 2 ** 24
/** `(p + TOWARDS_ZERO) >> 5` is `-((2048 - p) >> 5)`: the change of a probability when the bit is 0. */
const TOWARDS_ZERO = 31 - 2048

/**
 * Like `runSymbols`, with the window as its input and with `sharedProbabilities`.
 *
 * It decodes every bit in the same way (LZMA specification, "Range Decoder"). It divides the range in the proportion of
 * the bit's probability. The code shows which part the bit selects. Then the probability moves towards the bit, by a 32nd of
 * its distance. We write this out for each kind of bit: calls that change range, code and position at once would need
 * them in memory.
 *
 * There are two forms. Bits that choose the next step, and those of literals after a match, branch. The other bits are
 * hardly more predictable than random ones, so branches would often be mispredicted (5 %). For them `mask` is -1 if the
 * bit is 1 and 0 if it is 0, and it selects the values.
 */
export function runWindow(
  lzma: LzmaState,
  windowLimit: number,
  output: Uint8Array,
  outputView: DataView,
  outputEnd: number,
): SymbolsEnd {
  // V8 sees that locals are constant, but does not see it for names in module scope (9 %).
  const input = inputWindow
  const probabilities = windowProbabilities
  const dictionaryStart = lzma.dictionaryStart
  const { literalContextBits, literalPositionBits, positionBits } = lzma.properties
  const literalPositionMask = (1 << literalPositionBits) - 1
  const literalContextShift = 8 - literalContextBits
  const positionMask = (1 << positionBits) - 1
  // `| 0` tells V8 that these are 32-bit integers.
  let range = lzma.range | 0
  let code = lzma.code | 0
  let inputPosition = lzma.inputPosition | 0
  let outputPosition = lzma.outputPosition
  let state = lzma.state | 0
  let rep0 = lzma.rep0 | 0
  let rep1 = lzma.rep1 | 0
  let rep2 = lzma.rep2 | 0
  let rep3 = lzma.rep3 | 0
  let end: SymbolsEnd = 'paused'
  let index = 0
  let probability = 0
  let bound = 0
  let bit = 0
  let mask = 0

  // Input: a symbol begins at or before windowLimit (or is the first) and takes at most SYMBOL_INPUT_SIZE bytes. The
  // caller leaves that many after both. Output: we check the room for each literal and match. Dictionary: each match
  // checks its distance. A literal that reads at rep0 has a state from 7 on, so it follows a match that was checked,
  // here or by the caller. Probabilities: state is below 12, position state is below 16, and walks stay inside their
  // trees. There is room for 2^(lc + lp) literal states, at most 2^12.
  do {
    const position = outputPosition - dictionaryStart
    const positionState = position & positionMask

    if (range >>> 0 < LOWEST_RANGE) {
      range <<= 8
      code = (code << 8) | input[inputPosition]!
      inputPosition = (inputPosition + 1) | 0
    }
    index = (isMatch + (state << 4) + positionState) | 0
    probability = probabilities[index]!
    bound = Math.imul(range >>> 11, probability)
    if (code >>> 0 < bound >>> 0) {
      range = bound
      probabilities[index] = probability + ((2048 - probability) >>> 5)

      // A literal: a walk down a tree of 256, one bit a level.
      if (outputPosition >= outputEnd) {
        end = 'output full'
        break
      }
      const previousByte = position > 0 ? output[outputPosition - 1]! : 0
      const literalState =
        ((position & literalPositionMask) << literalContextBits) + (previousByte >>> literalContextShift)
      const literalBase = literals + literalState * literalSize
      let symbol = 1
      if (state < 7) {
        do {
          if (range >>> 0 < LOWEST_RANGE) {
            range <<= 8
            code = (code << 8) | input[inputPosition]!
            inputPosition = (inputPosition + 1) | 0
          }
          index = (literalBase + symbol) | 0
          probability = probabilities[index]!
          bound = Math.imul(range >>> 11, probability)
          bit = +(code >>> 0 >= bound >>> 0)
          mask = -bit
          range = (bound + ((range - bound - bound) & mask)) | 0
          code = (code - (bound & mask)) | 0
          probabilities[index] = (probability - ((probability + ((bit - 1) & TOWARDS_ZERO)) >> 5)) | 0
          symbol = (symbol + symbol + bit) | 0
        } while (symbol < 0x100)
        state = state < 4 ? 0 : state - 3
      } else {
        // After a match the byte at rep0 is unlikely to be next, so it selects the tree while the bits agree with it:
        // 0x100 or 0x200 by its bit. From the first bit that differs the selector is 0.
        let matchByte = output[outputPosition - rep0 - 1]!
        let matchedTree = 0x100
        do {
          matchByte <<= 1
          const matchBit = matchByte & matchedTree
          if (range >>> 0 < LOWEST_RANGE) {
            range <<= 8
            code = (code << 8) | input[inputPosition]!
            inputPosition = (inputPosition + 1) | 0
          }
          index = (literalBase + matchedTree + matchBit + symbol) | 0
          probability = probabilities[index]!
          bound = Math.imul(range >>> 11, probability)
          if (code >>> 0 < bound >>> 0) {
            range = bound
            probabilities[index] = probability + ((2048 - probability) >>> 5)
            symbol <<= 1
            matchedTree &= ~matchBit
          } else {
            range = (range - bound) | 0
            code = (code - bound) | 0
            probabilities[index] = probability - (probability >>> 5)
            symbol = (symbol << 1) | 1
            matchedTree &= matchBit
          }
        } while (symbol < 0x100)
        state = state < 10 ? state - 3 : state - 6
      }
      output[outputPosition++] = symbol
      continue
    }
    range = (range - bound) | 0
    code = (code - bound) | 0
    probabilities[index] = probability - (probability >>> 5)

    // A match. Its length is coded with the probabilities from lengthBase on, or is 1.
    let length = 1
    let lengthBase = matchLength
    if (range >>> 0 < LOWEST_RANGE) {
      range <<= 8
      code = (code << 8) | input[inputPosition]!
      inputPosition = (inputPosition + 1) | 0
    }
    index = (isRep + state) | 0
    probability = probabilities[index]!
    bound = Math.imul(range >>> 11, probability)
    if (code >>> 0 < bound >>> 0) {
      range = bound
      probabilities[index] = probability + ((2048 - probability) >>> 5)
      rep3 = rep2
      rep2 = rep1
      rep1 = rep0
      state = state < 7 ? 7 : 10
    } else {
      range = (range - bound) | 0
      code = (code - bound) | 0
      probabilities[index] = probability - (probability >>> 5)

      // A match at one of the last four distances. That distance becomes rep0.
      lengthBase = repLength
      if (range >>> 0 < LOWEST_RANGE) {
        range <<= 8
        code = (code << 8) | input[inputPosition]!
        inputPosition = (inputPosition + 1) | 0
      }
      index = (isNotRep0 + state) | 0
      probability = probabilities[index]!
      bound = Math.imul(range >>> 11, probability)
      if (code >>> 0 < bound >>> 0) {
        range = bound
        probabilities[index] = probability + ((2048 - probability) >>> 5)

        if (range >>> 0 < LOWEST_RANGE) {
          range <<= 8
          code = (code << 8) | input[inputPosition]!
          inputPosition = (inputPosition + 1) | 0
        }
        index = (isLongRep0 + (state << 4) + positionState) | 0
        probability = probabilities[index]!
        bound = Math.imul(range >>> 11, probability)
        if (code >>> 0 < bound >>> 0) {
          range = bound
          probabilities[index] = probability + ((2048 - probability) >>> 5)
          lengthBase = 0
        } else {
          range = (range - bound) | 0
          code = (code - bound) | 0
          probabilities[index] = probability - (probability >>> 5)
        }
      } else {
        range = (range - bound) | 0
        code = (code - bound) | 0
        probabilities[index] = probability - (probability >>> 5)

        let repeated = rep1
        if (range >>> 0 < LOWEST_RANGE) {
          range <<= 8
          code = (code << 8) | input[inputPosition]!
          inputPosition = (inputPosition + 1) | 0
        }
        index = (isNotRep1 + state) | 0
        probability = probabilities[index]!
        bound = Math.imul(range >>> 11, probability)
        if (code >>> 0 < bound >>> 0) {
          range = bound
          probabilities[index] = probability + ((2048 - probability) >>> 5)
        } else {
          range = (range - bound) | 0
          code = (code - bound) | 0
          probabilities[index] = probability - (probability >>> 5)

          repeated = rep2
          if (range >>> 0 < LOWEST_RANGE) {
            range <<= 8
            code = (code << 8) | input[inputPosition]!
            inputPosition = (inputPosition + 1) | 0
          }
          index = (isNotRep2 + state) | 0
          probability = probabilities[index]!
          bound = Math.imul(range >>> 11, probability)
          if (code >>> 0 < bound >>> 0) {
            range = bound
            probabilities[index] = probability + ((2048 - probability) >>> 5)
          } else {
            range = (range - bound) | 0
            code = (code - bound) | 0
            probabilities[index] = probability - (probability >>> 5)
            repeated = rep3
            rep3 = rep2
          }
          rep2 = rep1
        }
        rep1 = rep0
        rep0 = repeated
      }
      if (lengthBase === repLength) state = state < 7 ? 8 : 11
      else state = state < 7 ? 9 : 11
    }

    if (lengthBase !== 0) {
      // Two choices select one of three trees of 8, 8 and 256.
      let treeBase = lengthBase + lengthLow + (positionState << 3)
      let treeSize = 8
      let shortest = 2
      if (range >>> 0 < LOWEST_RANGE) {
        range <<= 8
        code = (code << 8) | input[inputPosition]!
        inputPosition = (inputPosition + 1) | 0
      }
      index = (lengthBase + lengthChoice) | 0
      probability = probabilities[index]!
      bound = Math.imul(range >>> 11, probability)
      if (code >>> 0 < bound >>> 0) {
        range = bound
        probabilities[index] = probability + ((2048 - probability) >>> 5)
      } else {
        range = (range - bound) | 0
        code = (code - bound) | 0
        probabilities[index] = probability - (probability >>> 5)

        if (range >>> 0 < LOWEST_RANGE) {
          range <<= 8
          code = (code << 8) | input[inputPosition]!
          inputPosition = (inputPosition + 1) | 0
        }
        index = (lengthBase + lengthChoice2) | 0
        probability = probabilities[index]!
        bound = Math.imul(range >>> 11, probability)
        if (code >>> 0 < bound >>> 0) {
          range = bound
          probabilities[index] = probability + ((2048 - probability) >>> 5)
          treeBase = lengthBase + lengthMiddle + (positionState << 3)
          shortest = 10
        } else {
          range = (range - bound) | 0
          code = (code - bound) | 0
          probabilities[index] = probability - (probability >>> 5)
          treeBase = lengthBase + lengthHigh
          treeSize = 256
          shortest = 18
        }
      }
      let symbol = 1
      do {
        if (range >>> 0 < LOWEST_RANGE) {
          range <<= 8
          code = (code << 8) | input[inputPosition]!
          inputPosition = (inputPosition + 1) | 0
        }
        index = (treeBase + symbol) | 0
        probability = probabilities[index]!
        bound = Math.imul(range >>> 11, probability)
        bit = +(code >>> 0 >= bound >>> 0)
        mask = -bit
        range = (bound + ((range - bound - bound) & mask)) | 0
        code = (code - (bound & mask)) | 0
        probabilities[index] = (probability - ((probability + ((bit - 1) & TOWARDS_ZERO)) >> 5)) | 0
        symbol = (symbol + symbol + bit) | 0
      } while (symbol < treeSize)
      length = symbol - treeSize + shortest
    }

    if (lengthBase === matchLength) {
      // A new distance. Its slot, from one tree of 64 per length state, gives the number of bits and the first two of
      // them.
      const slotBase = distanceSlot + ((length < 5 ? length - 2 : 3) << 6)
      let symbol = 1
      do {
        if (range >>> 0 < LOWEST_RANGE) {
          range <<= 8
          code = (code << 8) | input[inputPosition]!
          inputPosition = (inputPosition + 1) | 0
        }
        index = (slotBase + symbol) | 0
        probability = probabilities[index]!
        bound = Math.imul(range >>> 11, probability)
        bit = +(code >>> 0 >= bound >>> 0)
        mask = -bit
        range = (bound + ((range - bound - bound) & mask)) | 0
        code = (code - (bound & mask)) | 0
        probabilities[index] = (probability - ((probability + ((bit - 1) & TOWARDS_ZERO)) >> 5)) | 0
        symbol = (symbol + symbol + bit) | 0
      } while (symbol < 64)
      const slot = symbol - 64
      if (slot < 4) {
        rep0 = slot
      } else {
        let footerBits = (slot >>> 1) - 1
        rep0 = (2 | (slot & 1)) << footerBits
        let treeBase = distanceSpecial + rep0 - slot
        if (slot >= 14) {
          // Direct bits, each worth half the range. They are as good as random, so a branch would be mispredicted half
          // the time. `lower` is -1 when the code lies in the lower half and the bit is 0.
          let direct = 0
          do {
            if (range >>> 0 < LOWEST_RANGE) {
              range <<= 8
              code = (code << 8) | input[inputPosition]!
              inputPosition = (inputPosition + 1) | 0
            }
            range >>>= 1
            code = (code - range) | 0
            const lower = code >> 31
            code = (code + (range & lower)) | 0
            direct = (direct << 1) + 1 + lower
          } while (--footerBits > 4)
          rep0 = (rep0 + (direct << 4)) | 0
          treeBase = distanceAlign
        }
        // The low bits, lowest first.
        symbol = 1
        for (let place = 0; place < footerBits; place++) {
          if (range >>> 0 < LOWEST_RANGE) {
            range <<= 8
            code = (code << 8) | input[inputPosition]!
            inputPosition = (inputPosition + 1) | 0
          }
          index = (treeBase + symbol) | 0
          probability = probabilities[index]!
          bound = Math.imul(range >>> 11, probability)
          bit = +(code >>> 0 >= bound >>> 0)
          mask = -bit
          range = (bound + ((range - bound - bound) & mask)) | 0
          code = (code - (bound & mask)) | 0
          probabilities[index] = (probability - ((probability + ((bit - 1) & TOWARDS_ZERO)) >> 5)) | 0
          symbol = (symbol + symbol + bit) | 0
          rep0 = (rep0 + (bit << place)) | 0
        }
        if (rep0 === -1) {
          end = 'end marker'
          break
        }
      }
    }

    if (rep0 >>> 0 >= position) {
      end = 'wrong distance'
      break
    }
    if (length > outputEnd - outputPosition) {
      end = 'output full'
      break
    }
    let from = outputPosition - rep0 - 1
    const copyEnd = outputPosition + length
    // Copy four bytes at a time if all four are already decoded. This writes up to three bytes after the match, which
    // must lie before outputEnd; later symbols overwrite them.
    if (rep0 >= 3 && copyEnd <= outputEnd - 3) {
      do {
        outputView.setInt32(outputPosition, outputView.getInt32(from, true), true)
        outputPosition += 4
        from += 4
      } while (outputPosition < copyEnd)
      outputPosition = copyEnd
    } else {
      do {
        output[outputPosition++] = output[from++]!
      } while (outputPosition < copyEnd)
    }
  } while (outputPosition < outputEnd && inputPosition <= windowLimit)

  lzma.range = range
  lzma.code = code
  lzma.inputPosition = inputPosition
  lzma.outputPosition = outputPosition
  lzma.state = state
  lzma.rep0 = rep0
  lzma.rep1 = rep1
  lzma.rep2 = rep2
  lzma.rep3 = rep3
  return end
}
