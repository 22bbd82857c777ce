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
import type { LzmaState } from './state.ts'

/**
 * How many bytes of input a symbol takes at most: one for each of its bits. The longest is a match: whether it is one
 * and whether it is repeated (2), its length (2 + 8), its distance by slot (6), direct (26) and aligned bits (4).
 */
export const SYMBOL_INPUT_SIZE = 2 + 10 + 36

/**
 * Why decoding stopped: it came to the end of the output or of the input it was given ("paused"), to the end marker,
 * to a symbol that does not fit into the output, or to a distance that reaches behind the start of the dictionary.
 */
export type SymbolsEnd = 'paused' | 'end marker' | 'output full' | 'wrong distance'

/**
 * Decodes symbols into `output`: at least one, and further ones as long as the output is not at `outputEnd` and the
 * input not behind `inputLimit`. The caller sees to it that SYMBOL_INPUT_SIZE bytes follow `inputLimit`, and the
 * position of the first symbol.
 *
 * A bit is decoded in the same way everywhere (LZMA specification, "Range Decoder"): the range is cut in the
 * proportion that the bit's probability says, the code tells in which part it lies, and the probability moves by a
 * 32nd of its distance towards what the bit was. This is written out for each kind of bit, as calls that change
 * range, code and position at once would need them in memory.
 */
export function runSymbols(
  lzma: LzmaState,
  input: Uint8Array,
  inputLimit: number,
  output: Uint8Array,
  outputEnd: number,
): SymbolsEnd {
  const { probabilities, dictionaryStart } = lzma
  const { literalContextBits, literalPositionBits, positionBits } = lzma.properties
  const literalPositionMask = (1 << literalPositionBits) - 1
  const literalContextShift = 8 - literalContextBits
  const positionMask = (1 << positionBits) - 1
  let { range, code, inputPosition, outputPosition, state, rep0, rep1, rep2, rep3 } = lzma
  let end: SymbolsEnd = 'paused'
  let index = 0
  let probability = 0
  let bound = 0

  // Input: a symbol begins at or before inputLimit (or is the first) and takes at most SYMBOL_INPUT_SIZE bytes.
  // Output: room for each literal and match is checked. Dictionary: each match checks its distance, and a literal that
  // reads at rep0 has a state from 7 on, so follows a match that did. Probabilities: state is below 12, position state
  // below 16, trees are walked below their sizes, and there is room for 2^(lc + lp) literal states.
  do {
    const position = outputPosition - dictionaryStart
    const positionState = position & positionMask

    if (range >>> 24 === 0) {
      range <<= 8
      code = (code << 8) | input[inputPosition++]!
    }
    index = IS_MATCH + (state << 4) + positionState
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
      const literalBase = LITERAL + literalState * LITERAL_SIZE
      let symbol = 1
      if (state < 7) {
        do {
          if (range >>> 24 === 0) {
            range <<= 8
            code = (code << 8) | input[inputPosition++]!
          }
          index = literalBase + symbol
          probability = probabilities[index]!
          bound = Math.imul(range >>> 11, probability)
          if (code >>> 0 < bound >>> 0) {
            range = bound
            probabilities[index] = probability + ((2048 - probability) >>> 5)
            symbol <<= 1
          } else {
            range = (range - bound) | 0
            code = (code - bound) | 0
            probabilities[index] = probability - (probability >>> 5)
            symbol = (symbol << 1) | 1
          }
        } while (symbol < 0x100)
        state = state < 4 ? 0 : state - 3
      } else {
        // Behind a match the byte at rep0 is likely not to come, so it selects the tree while the bits still agree
        // with it: 0x100 or 0x200 by its bit, and 0 from the first bit that differs.
        let matchByte = output[outputPosition - rep0 - 1]!
        let matchedTree = 0x100
        do {
          matchByte <<= 1
          const matchBit = matchByte & matchedTree
          if (range >>> 24 === 0) {
            range <<= 8
            code = (code << 8) | input[inputPosition++]!
          }
          index = literalBase + matchedTree + matchBit + symbol
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

    // A match, whose length is coded with the probabilities from lengthBase on, or is 1.
    let length = 1
    let lengthBase = MATCH_LENGTH
    if (range >>> 24 === 0) {
      range <<= 8
      code = (code << 8) | input[inputPosition++]!
    }
    index = IS_REP + state
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

      // A match at one of the last four distances, which becomes rep0.
      lengthBase = REP_LENGTH
      if (range >>> 24 === 0) {
        range <<= 8
        code = (code << 8) | input[inputPosition++]!
      }
      index = IS_NOT_REP0 + state
      probability = probabilities[index]!
      bound = Math.imul(range >>> 11, probability)
      if (code >>> 0 < bound >>> 0) {
        range = bound
        probabilities[index] = probability + ((2048 - probability) >>> 5)

        if (range >>> 24 === 0) {
          range <<= 8
          code = (code << 8) | input[inputPosition++]!
        }
        index = IS_LONG_REP0 + (state << 4) + positionState
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
        if (range >>> 24 === 0) {
          range <<= 8
          code = (code << 8) | input[inputPosition++]!
        }
        index = IS_NOT_REP1 + state
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
          if (range >>> 24 === 0) {
            range <<= 8
            code = (code << 8) | input[inputPosition++]!
          }
          index = IS_NOT_REP2 + state
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
      if (lengthBase === REP_LENGTH) state = state < 7 ? 8 : 11
      else state = state < 7 ? 9 : 11
    }

    if (lengthBase !== 0) {
      // Two choices select one of three trees of 8, 8 and 256.
      let treeBase = lengthBase + LENGTH_LOW + (positionState << 3)
      let treeSize = 8
      let shortest = 2
      if (range >>> 24 === 0) {
        range <<= 8
        code = (code << 8) | input[inputPosition++]!
      }
      index = lengthBase + LENGTH_CHOICE
      probability = probabilities[index]!
      bound = Math.imul(range >>> 11, probability)
      if (code >>> 0 < bound >>> 0) {
        range = bound
        probabilities[index] = probability + ((2048 - probability) >>> 5)
      } else {
        range = (range - bound) | 0
        code = (code - bound) | 0
        probabilities[index] = probability - (probability >>> 5)

        if (range >>> 24 === 0) {
          range <<= 8
          code = (code << 8) | input[inputPosition++]!
        }
        index = lengthBase + LENGTH_CHOICE_2
        probability = probabilities[index]!
        bound = Math.imul(range >>> 11, probability)
        if (code >>> 0 < bound >>> 0) {
          range = bound
          probabilities[index] = probability + ((2048 - probability) >>> 5)
          treeBase = lengthBase + LENGTH_MIDDLE + (positionState << 3)
          shortest = 10
        } else {
          range = (range - bound) | 0
          code = (code - bound) | 0
          probabilities[index] = probability - (probability >>> 5)
          treeBase = lengthBase + LENGTH_HIGH
          treeSize = 256
          shortest = 18
        }
      }
      let symbol = 1
      do {
        if (range >>> 24 === 0) {
          range <<= 8
          code = (code << 8) | input[inputPosition++]!
        }
        index = treeBase + symbol
        probability = probabilities[index]!
        bound = Math.imul(range >>> 11, probability)
        if (code >>> 0 < bound >>> 0) {
          range = bound
          probabilities[index] = probability + ((2048 - probability) >>> 5)
          symbol <<= 1
        } else {
          range = (range - bound) | 0
          code = (code - bound) | 0
          probabilities[index] = probability - (probability >>> 5)
          symbol = (symbol << 1) | 1
        }
      } while (symbol < treeSize)
      length = symbol - treeSize + shortest
    }

    if (lengthBase === MATCH_LENGTH) {
      // A new distance: its slot, a tree of 64 for each length state, says how many bits it has and the first two.
      const slotBase = DISTANCE_SLOT + ((length < 5 ? length - 2 : 3) << 6)
      let symbol = 1
      do {
        if (range >>> 24 === 0) {
          range <<= 8
          code = (code << 8) | input[inputPosition++]!
        }
        index = slotBase + symbol
        probability = probabilities[index]!
        bound = Math.imul(range >>> 11, probability)
        if (code >>> 0 < bound >>> 0) {
          range = bound
          probabilities[index] = probability + ((2048 - probability) >>> 5)
          symbol <<= 1
        } else {
          range = (range - bound) | 0
          code = (code - bound) | 0
          probabilities[index] = probability - (probability >>> 5)
          symbol = (symbol << 1) | 1
        }
      } while (symbol < 64)
      const slot = symbol - 64
      if (slot < 4) {
        rep0 = slot
      } else {
        let footerBits = (slot >>> 1) - 1
        rep0 = (2 | (slot & 1)) << footerBits
        let treeBase = DISTANCE_SPECIAL + rep0 - slot
        if (slot >= 14) {
          // Direct bits, each worth half the range. They are as good as random, so a branch would be
          // mispredicted half the time: lower is -1 when the code lies in the lower half and the bit is 0.
          let direct = 0
          do {
            if (range >>> 24 === 0) {
              range <<= 8
              code = (code << 8) | input[inputPosition++]!
            }
            range >>>= 1
            code = (code - range) | 0
            const lower = code >> 31
            code = (code + (range & lower)) | 0
            direct = (direct << 1) + 1 + lower
          } while (--footerBits > 4)
          rep0 = (rep0 + (direct << 4)) | 0
          treeBase = DISTANCE_ALIGN
        }
        // The low bits, lowest first.
        symbol = 1
        for (let bit = 0; bit < footerBits; bit++) {
          if (range >>> 24 === 0) {
            range <<= 8
            code = (code << 8) | input[inputPosition++]!
          }
          index = treeBase + symbol
          probability = probabilities[index]!
          bound = Math.imul(range >>> 11, probability)
          if (code >>> 0 < bound >>> 0) {
            range = bound
            probabilities[index] = probability + ((2048 - probability) >>> 5)
            symbol <<= 1
          } else {
            range = (range - bound) | 0
            code = (code - bound) | 0
            probabilities[index] = probability - (probability >>> 5)
            symbol = (symbol << 1) | 1
            rep0 = (rep0 + (1 << bit)) | 0
          }
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
    do {
      output[outputPosition++] = output[from++]!
    } while (outputPosition < copyEnd)
  } while (outputPosition < outputEnd && inputPosition <= inputLimit)

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
