import { copyEightBytes } from '../copy-eight-bytes.ts'
import type { FrameState, Literals } from './frame-state.ts'
import { LARGEST_TABLE } from './fse-table.ts'
import { BLOCK_SIZE_LIMIT, WIDE_COPY } from './limits.ts'
import { malformed } from './malformed.ts'
import type { Progress } from './progress.ts'
import { bitstreamEnds, invalidSequence } from './sequence-errors.ts'

// We copy everything that the loop reads into arrays that are constants of this module. V8 compiles their addresses and
// lengths into the code. Arguments would take most of the registers. The copies cost 1 % and gain 10 % and more. No
// block needs their content from the block before.

/** The position of the bitstream's copy. The loop reads words that begin up to 10 bytes before it. */
const BITSTREAM_START = 16
const bitstream = new Uint8Array(BITSTREAM_START + BLOCK_SIZE_LIMIT)
const bitstreamView = new DataView(bitstream.buffer)
const literalsBytes = new Uint8Array(BLOCK_SIZE_LIMIT + WIDE_COPY)
const literalsView = new DataView(literalsBytes.buffer)
const blockLiterals: Literals = { bytes: literalsBytes, length: 0 }
const literalsLengthCells = new Int32Array(LARGEST_TABLE)
const literalsLengthBaselines = new Int32Array(LARGEST_TABLE)
const matchLengthCells = new Int32Array(LARGEST_TABLE)
const matchLengthBaselines = new Int32Array(LARGEST_TABLE)
const offsetCells = new Int32Array(LARGEST_TABLE)

// As in Huffman streams, `cursor` is the bit 25 below the next unread one. A word of four bytes at `cursor >>> 3`,
// shifted left by `~cursor & 7`, begins with at least 25 unread bits.
const ALL_READ = 8 * BITSTREAM_START - 25

/**
 * copyWithin copies longer matches that do not overlap themselves. For shorter ones its call costs more than the loop.
 */
const LONG_MATCH = 256

/** A match at offset 1 that is longer than this is a fill. */
const LONG_RUN = 32

/** The buffer that a caller must fill before it calls `executeSequences`. */
export function literalsOfBlock(): Literals {
  return blockLiterals
}

/**
 * Decodes `count` sequences (not 0) from the bitstream [start, end) and executes each: some literals, then a match (RFC
 * 8878 3.1.1.3.2.1.2 and 3.1.1.4).
 * @returns the number of literals used
 */
export function executeSequences(
  progress: Progress,
  state: FrameState,
  start: number,
  end: number,
  count: number,
  frameStart: number,
  blockLimit: number,
): number {
  const copyEight = copyEightBytes
  const { input, output, outputView } = progress
  const { repeatedOffsets } = state
  const literalsLengthTable = state.literalsLengths.current!
  const matchLengthTable = state.matchLengths.current!
  const offsetTable = state.offsets.current!
  literalsLengthCells.set(literalsLengthTable.cells)
  literalsLengthBaselines.set(literalsLengthTable.baselines)
  matchLengthCells.set(matchLengthTable.cells)
  matchLengthBaselines.set(matchLengthTable.baselines)
  offsetCells.set(offsetTable.cells)
  bitstream.set(input.subarray(start, end), BITSTREAM_START)
  // V8 sees that locals are constant, but does not see it for names in module scope.
  const words = bitstreamView
  const literals = literalsBytes
  const literalsWords = literalsView
  const literalsSize = blockLiterals.length | 0
  const literalsCells = literalsLengthCells
  const literalsBaselines = literalsLengthBaselines
  const matchCells = matchLengthCells
  const matchBaselines = matchLengthBaselines
  const distanceCells = offsetCells
  // `| 0` tells V8 that this is a 32-bit integer. Otherwise each sequence converts it from a floating-point number (+3
  // %). After 2 GiB of output it makes the limit too low, which is only slower.
  const wideLimit = Math.min(blockLimit, output.length - WIDE_COPY) | 0
  let repeatedOffset1 = repeatedOffsets[0]!
  let repeatedOffset2 = repeatedOffsets[1]!
  let repeatedOffset3 = repeatedOffsets[2]!
  let position = progress.outputPosition
  let literalsPosition = 0

  const bitstreamEnd = BITSTREAM_START + end - start
  const lastByte = start < end ? bitstream[bitstreamEnd - 1]! : 0
  if (lastByte === 0) throw malformed('Sequences_Section', end, 'has a bitstream without an end mark')
  let cursor = 8 * (bitstreamEnd - 1) + 31 - Math.clz32(lastByte) - 25

  // The stream begins with the three states: at most 9 + 8 bits, then 9. `>>> 1 >>> (31 - n)` also takes n = 0 bits.
  let bitCount = literalsLengthTable.accuracyLog
  let word = words.getInt32(cursor >>> 3, true) << (~cursor & 7)
  let nextState = (word >>> 1) >>> (31 - bitCount)
  let literalsLengthCell = literalsCells[nextState]!
  let literalsLengthBaseline = literalsBaselines[nextState]!
  word <<= bitCount
  cursor -= bitCount
  bitCount = offsetTable.accuracyLog
  let offsetCell = distanceCells[(word >>> 1) >>> (31 - bitCount)]!
  cursor -= bitCount
  bitCount = matchLengthTable.accuracyLog
  word = words.getInt32(cursor >>> 3, true) << (~cursor & 7)
  nextState = (word >>> 1) >>> (31 - bitCount)
  let matchLengthCell = matchCells[nextState]!
  let matchLengthBaseline = matchBaselines[nextState]!
  cursor -= bitCount

  // Bounds of the bitstream: a block has at most BLOCK_SIZE_LIMIT of it. Between two checks that
  // cursor >= ALL_READ, the loop takes at most 48 bits before it reads its last word (offset 30, states 18). So a word
  // begins at most 10 bytes before BITSTREAM_START. Bounds of the tables: the table's builder keeps states below its
  // size. Literals, output and offset: we check them before each copy.
  for (let left = count; left > 0; left--) {
    if (cursor < ALL_READ) throw bitstreamEnds(start, left)
    let literalsLength = literalsLengthBaseline
    let matchLength = matchLengthBaseline

    // RFC 8878 3.1.1.3.2.1.2: the offset first, then the match length, then the literals length.
    const offsetBits = offsetCell & 255
    let offset = 0
    word = words.getInt32(cursor >>> 3, true) << (~cursor & 7)
    if (offsetBits > 1) {
      if (offsetBits <= 25) {
        offset = (1 << offsetBits) - 3 + (word >>> (32 - offsetBits))
        cursor -= offsetBits
      } else {
        // In two parts, because a word may hold no more than 25 bits; offsetBits is at most 30.
        const upper = (word >>> (48 - offsetBits)) << 16
        cursor -= offsetBits - 16
        word = words.getInt32(cursor >>> 3, true) << (~cursor & 7)
        offset = (1 << offsetBits) - 3 + upper + (word >>> 16)
        cursor -= 16
      }
      repeatedOffset3 = repeatedOffset2
      repeatedOffset2 = repeatedOffset1
      repeatedOffset1 = offset
    } else {
      // RFC 8878 3.1.1.5: one of the last three offsets, shifted by one if there are no literals. The baseline shows
      // that: only literals length code 0 has baseline 0, and it has no extra bits.
      let repeated = literalsLength === 0 ? 1 : 0
      if (offsetBits === 1) {
        repeated += 1 + (word >>> 31)
        cursor -= 1
      }
      // Computed before we know that we need it: V8 drops early compiled code when it meets an operation that is new to
      // it.
      const before1 = repeatedOffset1 - 1
      if (repeated === 0) {
        offset = repeatedOffset1
      } else {
        offset = repeated === 1 ? repeatedOffset2 : repeated === 2 ? repeatedOffset3 : before1
        if (repeated > 1) repeatedOffset3 = repeatedOffset2
        repeatedOffset2 = repeatedOffset1
        repeatedOffset1 = offset
      }
    }
    const matchLengthBits = matchLengthCell & 255
    const literalsLengthBits = literalsLengthCell & 255
    if (matchLengthBits + literalsLengthBits > 0) {
      word = words.getInt32(cursor >>> 3, true) << (~cursor & 7)
      matchLength += (word >>> 1) >>> (31 - matchLengthBits)
      word <<= matchLengthBits
      cursor -= matchLengthBits
      if (matchLengthBits + literalsLengthBits > 25) {
        word = words.getInt32(cursor >>> 3, true) << (~cursor & 7)
      }
      literalsLength += (word >>> 1) >>> (31 - literalsLengthBits)
      cursor -= literalsLengthBits
      if (cursor < ALL_READ) throw bitstreamEnds(start, left)
    }

    // RFC 8878 3.1.1.3.2.1.2: then the states, in the order literals length, match length, offset. After the last
    // sequence there are none. We look up their values before we copy anything, so that they are ready in time. V8 then
    // checks view and tables once for all reads between two writes (+3 %).
    if (left > 1) {
      const literalsStateBits = (literalsLengthCell >>> 8) & 255
      const matchStateBits = (matchLengthCell >>> 8) & 255
      const offsetStateBits = (offsetCell >>> 8) & 255
      word = words.getInt32(cursor >>> 3, true) << (~cursor & 7)
      nextState = (literalsLengthCell >>> 16) + ((word >>> 1) >>> (31 - literalsStateBits))
      literalsLengthCell = literalsCells[nextState]!
      literalsLengthBaseline = literalsBaselines[nextState]!
      word <<= literalsStateBits
      cursor -= literalsStateBits
      nextState = (matchLengthCell >>> 16) + ((word >>> 1) >>> (31 - matchStateBits))
      matchLengthCell = matchCells[nextState]!
      matchLengthBaseline = matchBaselines[nextState]!
      word <<= matchStateBits
      cursor -= matchStateBits
      if (literalsStateBits + matchStateBits + offsetStateBits > 25) {
        word = words.getInt32(cursor >>> 3, true) << (~cursor & 7)
      }
      offsetCell = distanceCells[(offsetCell >>> 16) + ((word >>> 1) >>> (31 - offsetStateBits))]!
      cursor -= offsetStateBits
    }

    const literalsEnd = literalsPosition + literalsLength
    const matchStart = position + literalsLength
    const matchEnd = matchStart + matchLength
    let from = matchStart - offset
    // `offset - 1 >>> 0` is above every position for an offset of 0, which Repeated_Offset1 - 1 may be.
    const isValid = literalsEnd <= literalsSize && (offset - 1) >>> 0 < matchStart - frameStart
    if (!isValid || matchEnd > wideLimit) {
      if (!isValid || matchEnd > blockLimit) {
        throw invalidSequence(progress, literalsSize, start, literalsEnd, matchEnd, blockLimit, offset)
      }
      // The last few bytes of the output, which a wide copy could overrun.
      while (literalsPosition < literalsEnd) output[position++] = literals[literalsPosition++]!
      while (position < matchEnd) output[position++] = output[from++]!
      continue
    }

    // Wide copies move eight bytes at a time, so they read and write up to WIDE_COPY bytes too many. These lie inside
    // literals and output. Later copies overwrite them, or they lie after the end.
    copyEight(outputView, position, literalsWords, literalsPosition)
    while (literalsLength > 8) {
      position += 8
      literalsPosition += 8
      literalsLength -= 8
      copyEight(outputView, position, literalsWords, literalsPosition)
    }
    literalsPosition = literalsEnd
    position = matchStart

    if (offset >= 8) {
      if (matchLength <= 16) {
        // Most matches. Without a loop there is no branch to mispredict (+2 % on machine code).
        copyEight(outputView, position, outputView, from)
        copyEight(outputView, position + 8, outputView, from + 8)
      } else if (matchLength > LONG_MATCH && offset >= matchLength) {
        output.copyWithin(position, from, from + matchLength)
      } else {
        do {
          copyEight(outputView, position, outputView, from)
          position += 8
          from += 8
        } while (position < matchEnd)
      }
    } else if (offset >= 4) {
      do {
        outputView.setInt32(position, outputView.getInt32(from, true), true)
        position += 4
        from += 4
      } while (position < matchEnd)
    } else if (offset === 1 && matchLength > LONG_RUN) {
      output.fill(output[from]!, position, matchEnd)
    } else {
      do output[position++] = output[from++]!
      while (position < matchEnd)
    }
    position = matchEnd
  }
  if (cursor !== ALL_READ) {
    throw malformed('Sequences_Section', start, 'has a bitstream that does not end with its last sequence', {
      found: `${cursor - ALL_READ} bits left`,
      expected: 0,
    })
  }
  repeatedOffsets[0] = repeatedOffset1
  repeatedOffsets[1] = repeatedOffset2
  repeatedOffsets[2] = repeatedOffset3
  progress.outputPosition = position
  return literalsPosition
}
