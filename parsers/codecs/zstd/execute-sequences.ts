import { copyBytes, copyMatch } from '../copy-match.ts'
import { countBits } from './bitstream.ts'
import type { FrameState } from './frame-state.ts'
import { BLOCK_SIZE_LIMIT } from './limits.ts'
import { malformed } from './malformed.ts'
import type { Progress } from './progress.ts'
import { bitstreamEnds, invalidSequence } from './sequence-errors.ts'

/**
 * We copy the bitstream behind zeros, because bits beyond its first bit are 0. Between two checks of `bitsLeft` a
 * sequence takes at most 56 bits, so the last word that it reads begins 11 bytes before the first bit or later.
 */
const BITSTREAM_START = 16
const bitstream = new Uint8Array(BITSTREAM_START + BLOCK_SIZE_LIMIT)
const words = new DataView(bitstream.buffer)

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
  const { output, outputView } = progress
  const { literals, repeatedOffsets } = state
  const literalsLengths = state.literalsLengths.current!
  const matchLengths = state.matchLengths.current!
  const offsets = state.offsets.current!
  const structure = 'Sequences_Section'
  let bitsLeft = countBits(progress.inputView, start, end, structure, 'has a bitstream without an end mark')
  bitstream.set(progress.input.subarray(start, end), BITSTREAM_START)
  let literalsState = bitsAt(bitsLeft, literalsLengths.accuracyLog)
  bitsLeft -= literalsLengths.accuracyLog
  let offsetState = bitsAt(bitsLeft, offsets.accuracyLog)
  bitsLeft -= offsets.accuracyLog
  let matchState = bitsAt(bitsLeft, matchLengths.accuracyLog)
  bitsLeft -= matchLengths.accuracyLog
  const { cells: offsetCells } = offsets
  const { cells: matchCells, baselines: matchBaselines } = matchLengths
  const { cells: literalsCells, baselines: literalsBaselines } = literalsLengths
  let [repeated1 = 0, repeated2 = 0, repeated3 = 0] = repeatedOffsets
  let position = progress.outputPosition
  let literalsPosition = 0
  for (let left = count; left > 0; left--) {
    if (bitsLeft < 0) throw bitstreamEnds(start, left)
    // RFC 8878 3.1.1.3.2.1.2: the offset first, then the match length, then the literals length.
    const offsetCell = offsetCells[offsetState]!
    const offsetBits = offsetCell & 255
    const offsetValue =
      (1 << offsetBits) + (offsetBits > 25 ? longBitsAt(bitsLeft, offsetBits) : bitsAt(bitsLeft, offsetBits))
    bitsLeft -= offsetBits
    const matchCell = matchCells[matchState]!
    const matchBits = matchCell & 255
    const literalsCell = literalsCells[literalsState]!
    const literalsBits = literalsCell & 255
    let matchLength = matchBaselines[matchState]!
    let literalsLength = literalsBaselines[literalsState]!
    if (matchBits + literalsBits > 0) {
      matchLength += bitsAt(bitsLeft, matchBits)
      bitsLeft -= matchBits
      literalsLength += bitsAt(bitsLeft, literalsBits)
      bitsLeft -= literalsBits
      if (bitsLeft < 0) throw bitstreamEnds(start, left)
    }
    // Then the states, in the order literals length, match length, offset. After the last sequence there are none.
    if (left > 1) {
      const literalsStateBits = (literalsCell >>> 8) & 255
      literalsState = (literalsCell >>> 16) + bitsAt(bitsLeft, literalsStateBits)
      bitsLeft -= literalsStateBits
      const matchStateBits = (matchCell >>> 8) & 255
      matchState = (matchCell >>> 16) + bitsAt(bitsLeft, matchStateBits)
      bitsLeft -= matchStateBits
      const offsetStateBits = (offsetCell >>> 8) & 255
      offsetState = (offsetCell >>> 16) + bitsAt(bitsLeft, offsetStateBits)
      bitsLeft -= offsetStateBits
    }

    // RFC 8878 3.1.1.5: values 1 to 3 select a repeated offset. Without literals they are shifted by one.
    let offset = offsetValue - 3
    const repeated = offsetValue > 3 ? 4 : offsetValue + (literalsLength === 0 ? 1 : 0)
    if (repeated === 1) offset = repeated1
    else if (repeated === 2) offset = repeated2
    else if (repeated === 3) offset = repeated3
    else if (offsetValue === 3) offset = repeated1 - 1
    if (repeated > 2) repeated3 = repeated2
    if (repeated > 1) repeated2 = repeated1
    repeated1 = offset

    const literalsEnd = literalsPosition + literalsLength
    const matchStart = position + literalsLength
    const matchEnd = matchStart + matchLength
    if (literalsEnd > literals.length || offset === 0 || offset > matchStart - frameStart || matchEnd > blockLimit) {
      throw invalidSequence(progress, literals.length, start, literalsEnd, matchEnd, blockLimit, offset)
    }
    copyBytes(output, outputView, position, matchStart, literals.view, literalsPosition)
    copyMatch(output, outputView, matchStart, offset, matchLength)
    literalsPosition = literalsEnd
    position = matchEnd
  }
  if (bitsLeft !== 0) {
    throw malformed(structure, start, 'has a bitstream that does not end with its last sequence', {
      found: `${bitsLeft} bits left`,
      expected: 0,
    })
  }
  repeatedOffsets.set([repeated1, repeated2, repeated3])
  progress.outputPosition = position
  return literalsPosition
}

/**
 * `nextBits` of the copy. It calls nothing, because V8 inlines only so much into a loop: calls of `nextBits` make ELF
 * files take a tenth longer.
 */
function bitsAt(bitsLeft: number, count: number): number {
  const word = words.getInt32(BITSTREAM_START - 4 + ((bitsLeft + 7) >> 3), true) << (-bitsLeft & 7)
  return (word >>> 1) >>> (31 - count)
}

/** The next 26 to 30 bits, of an offset. */
function longBitsAt(bitsLeft: number, count: number): number {
  const high = count - 16
  return (bitsAt(bitsLeft, high) << 16) + bitsAt(bitsLeft - high, 16)
}
