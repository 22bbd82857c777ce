import { copyEightBytes } from '../copy-eight-bytes.ts'
import type { Progress } from '../progress.ts'
import { noCode, tooFarBack } from './failure.ts'
import {
  DISTANCE_BITS,
  distanceEntries,
  END,
  FURTHER_TABLE,
  LITERAL_BITS,
  literalEntries,
  OTHER,
} from './huffman-tables.ts'
import type { InflateState } from './inflate-state.ts'
import { LONGEST_MATCH } from './length-codes.ts'

const LITERAL_MASK = 2 ** LITERAL_BITS - 1
const DISTANCE_MASK = 2 ** DISTANCE_BITS - 1
/** The most bytes that wide copies write past the end of a match. */
const WIDE_COPY = 16
/** The most bytes that a round of the loop writes: two literals and a match. */
const ROUND_OUTPUT = 2 + LONGEST_MATCH
/** The most bytes that a round takes: 11 bits of literals, then 15, 5, 15 and 13 of a match, 59 bits. */
const ROUND_INPUT = 8
/** Bytes that the held bits run ahead of the position, plus the bytes of one read. */
const AHEAD = 4 + 4

/** A match at distance 1 that is longer than this is a fill. */
const LONG_RUN = 32

/**
 * Decodes literals and matches (RFC 1951 3.2.3) as long as a whole round of the loop fits before the ends of input and
 * output. `decodeSymbol` is its ordinary twin and decodes the rest.
 * @returns whether the block ended
 */
export function decodeSymbols(state: InflateState, progress: Progress): boolean {
  const copyEight = copyEightBytes
  const { inputView, output, outputView } = progress
  const { outputStart } = state
  const inputEnd = inputView.byteLength - AHEAD
  const outputEnd = outputView.byteLength - WIDE_COPY
  const literals = literalEntries
  const distances = distanceEntries
  let inputPosition = progress.inputPosition
  let position = progress.outputPosition
  let bits = state.bits
  let bitCount = state.bitCount
  let hasEnded = false

  rounds: for (;;) {
    const inputRoom = ((inputEnd - inputPosition) / ROUND_INPUT) | 0
    const outputRoom = ((outputEnd - position) / ROUND_OUTPUT) | 0
    let left = Math.min(inputRoom, outputRoom)
    if (left <= 0) break
    // As in lz4, we check the ends once for `left` rounds. Each round takes at most ROUND_INPUT bytes of the input and
    // reads up to AHEAD more. It writes at most ROUND_OUTPUT bytes, and WIDE_COPY after them. Table indexes are
    // LITERAL_BITS or DISTANCE_BITS wide, or an entry gives the width for its further table.
    //
    // These three lines refill the bits, here and below; afterwards we hold 24 to 31. Bits above bitCount are 0 or
    // already the next bits of the input, so it is harmless to add them twice.
    bits |= inputView.getInt32(inputPosition, true) << bitCount
    inputPosition += (31 - bitCount) >> 3
    bitCount |= 24
    let entry = literals[bits & LITERAL_MASK]!
    for (; left > 0; left--) {
      if (entry >= 0) {
        outputView.setInt16(position, entry >>> 8, true)
        position += (entry >>> 5) & 3
        bits = (bits >>> entry) | 0
        bitCount -= entry & 31
        // 13 bits are left, which is enough to index the table.
        entry = literals[bits & LITERAL_MASK]!
        if (entry >= 0) {
          outputView.setInt16(position, entry >>> 8, true)
          position += (entry >>> 5) & 3
          bits = (bits >>> entry) | 0
          bitCount -= entry & 31
          bits |= inputView.getInt32(inputPosition, true) << bitCount
          inputPosition += (31 - bitCount) >> 3
          bitCount |= 24
          entry = literals[bits & LITERAL_MASK]!
          continue
        }
        bits |= inputView.getInt32(inputPosition, true) << bitCount
        inputPosition += (31 - bitCount) >> 3
        bitCount |= 24
      }
      if ((entry & OTHER) !== 0) {
        if ((entry & FURTHER_TABLE) !== 0) {
          entry = literals[((entry >>> 8) & 0xffff) + ((bits >>> LITERAL_BITS) & ((1 << entry) - 1))]!
          if (entry >= 0) {
            output[position++] = entry >>> 8
            bits = (bits >>> entry) | 0
            bitCount -= entry & 31
            bits |= inputView.getInt32(inputPosition, true) << bitCount
            inputPosition += (31 - bitCount) >> 3
            bitCount |= 24
            entry = literals[bits & LITERAL_MASK]!
            continue
          }
        }
        if ((entry & OTHER) !== 0) {
          if ((entry & END) === 0) throw noCode(state.structure, inputPosition - (bitCount >>> 3), 'literal/length')
          bits = (bits >>> entry) | 0
          bitCount -= entry & 31
          hasEnded = true
          break rounds
        }
      }
      const length = ((entry >>> 16) & 511) + ((bits & ((1 << entry) - 1)) >>> (entry >>> 8))
      bits = (bits >>> entry) | 0
      bitCount -= entry & 31
      bits |= inputView.getInt32(inputPosition, true) << bitCount
      inputPosition += (31 - bitCount) >> 3
      bitCount |= 24

      let distanceEntry = distances[bits & DISTANCE_MASK]!
      if (distanceEntry < 0) {
        if ((distanceEntry & FURTHER_TABLE) !== 0) {
          const further = (bits >>> DISTANCE_BITS) & ((1 << distanceEntry) - 1)
          distanceEntry = distances[((distanceEntry >>> 8) & 0xffff) + further]!
        }
        if (distanceEntry < 0) throw noCode(state.structure, inputPosition - (bitCount >>> 3), 'distance')
      }
      let distance = distanceEntry >>> 16
      // There are at most 13 extra bits, and a code with many of them is rarely so long that some bits are missing.
      if ((distanceEntry & 31) <= 24) {
        distance += (bits & ((1 << distanceEntry) - 1)) >>> (distanceEntry >>> 8)
        bits = (bits >>> distanceEntry) | 0
        bitCount -= distanceEntry & 31
      } else {
        const codeLength = (distanceEntry >>> 8) & 31
        bits = (bits >>> codeLength) | 0
        bitCount -= codeLength
        bits |= inputView.getInt32(inputPosition, true) << bitCount
        inputPosition += (31 - bitCount) >> 3
        bitCount |= 24
        const extraBits = (distanceEntry & 31) - codeLength
        distance += bits & ((1 << extraBits) - 1)
        bits = (bits >>> extraBits) | 0
        bitCount -= extraBits
      }
      bits |= inputView.getInt32(inputPosition, true) << bitCount
      inputPosition += (31 - bitCount) >> 3
      bitCount |= 24
      entry = literals[bits & LITERAL_MASK]!

      // We look up the next symbol before we copy, so that it is ready in time.
      let from = position - distance
      if (from < outputStart) throw tooFarBack(state.structure, inputPosition - (bitCount >>> 3))
      const end = position + length
      if (distance >= 8) {
        copyEight(outputView, position, outputView, from)
        copyEight(outputView, position + 8, outputView, from + 8)
        if (length > 16) {
          position += 16
          from += 16
          do {
            copyEight(outputView, position, outputView, from)
            position += 8
            from += 8
          } while (position < end)
        }
      } else if (distance >= 4) {
        do {
          outputView.setInt32(position, outputView.getInt32(from, true), true)
          position += 4
          from += 4
        } while (position < end)
      } else if (distance === 1 && length > LONG_RUN) {
        output.fill(output[from]!, position, end)
      } else {
        do output[position++] = output[from++]!
        while (position < end)
      }
      position = end
    }
  }
  progress.inputPosition = inputPosition - (bitCount >>> 3)
  progress.outputPosition = position
  state.bitCount = bitCount & 7
  state.bits = bits & ((1 << state.bitCount) - 1)
  return hasEnded
}
