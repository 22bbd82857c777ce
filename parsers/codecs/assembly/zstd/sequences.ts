// The Sequences_Section of a block (RFC 8878 3.1.1.3.2), and its execution (3.1.1.4).
import {
  LITERALS_LENGTH_DEFAULT,
  LITERALS_LENGTH_TABLE,
  MATCH_LENGTH_DEFAULT,
  MATCH_LENGTH_TABLE,
  OFFSET_DEFAULT,
  OFFSET_TABLE,
} from '../memory'
import { copyLiterals, copyMatch } from '../copy'
import { endCursor, firstBits, firstCursor, wordAt } from './bitstream'
import {
  accuracyLog,
  buildFseTable,
  LITERALS_LENGTH_CODE,
  MATCH_LENGTH_CODE,
  OFFSET_CODE,
  readDistribution,
  symbolCell,
  useDistribution,
} from './fse'
import { literals, literalsSize } from './literals'

// Symbol compression modes, RFC 8878 3.1.1.3.2.1
const PREDEFINED_MODE: u32 = 0
const RLE_MODE: u32 = 1
const FSE_COMPRESSED_MODE: u32 = 2

// RFC 8878 3.1.1.3.2.2
// biome-ignore format: as in the RFC
const LITERALS_LENGTH_PROBABILITIES = memory.data<i16>([
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
  -1, -1, -1, -1,
])
// biome-ignore format: as in the RFC
const MATCH_LENGTH_PROBABILITIES = memory.data<i16>([
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1,
  -1, -1, -1, -1, -1,
])
// biome-ignore format: as in the RFC
const OFFSET_PROBABILITIES = memory.data<i16>([
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
])

/** The current table of each field and its Accuracy_Log; 0 before the first sequences of the frame. */
let literalsLengthTable: usize = 0
let matchLengthTable: usize = 0
let offsetTable: usize = 0
let literalsLengthLog: u32 = 0
let matchLengthLog: u32 = 0
let offsetLog: u32 = 0
let repeatedOffset1: u32 = 1
let repeatedOffset2: u32 = 4
let repeatedOffset3: u32 = 8
let defaultsAreBuilt = false

/** Forgets the previous frame. */
export function forgetSequences(): void {
  literalsLengthTable = 0
  matchLengthTable = 0
  offsetTable = 0
  repeatedOffset1 = 1
  repeatedOffset2 = 4
  repeatedOffset3 = 8
}

/**
 * Reads the Sequences_Section [start, end) and executes it at `output`.
 * @param frameStart no match may reach further back
 * @param limit where the block's output must end
 * @returns where it ends; 0 if the section is damaged
 */
export function decodeSequences(start: usize, end: usize, output: usize, frameStart: usize, limit: usize): usize {
  if (start >= end) return 0
  // Number_of_Sequences takes one to three bytes.
  let count = <u32>load<u8>(start)
  let position = start + 1
  if (count === 255) {
    count = <u32>load<u16>(position) + 0x7f00
    position += 2
  } else if (count >= 128) {
    count = ((count - 128) << 8) | <u32>load<u8>(position)
    position += 1
  }
  if (position > end) return 0
  let blockEnd = output
  let rest = literals
  if (count === 0) {
    if (position !== end) return 0
  } else {
    if (position >= end) return 0
    const modes = <u32>load<u8>(position)
    if ((modes & 3) !== 0) return 0
    position = readTable(position + 1, end, modes >>> 6, LITERALS_LENGTH_CODE)
    if (position !== 0) position = readTable(position, end, (modes >>> 4) & 3, OFFSET_CODE)
    if (position !== 0) position = readTable(position, end, (modes >>> 2) & 3, MATCH_LENGTH_CODE)
    if (position === 0) return 0
    blockEnd = executeSequences(position, end, count, output, frameStart, limit)
    if (blockEnd === 0) return 0
    rest = literalsRead
  }
  // The remaining literals follow the last sequence (RFC 8878 3.1.1.4).
  const length = literals + literalsSize - rest
  if (blockEnd + length > limit) return 0
  memory.copy(blockEnd, rest, length)
  return blockEnd + length
}

/** Sets the table of a field by its mode; returns where its description ends, 0 if it is damaged. */
function readTable(start: usize, end: usize, mode: u32, kind: i32): usize {
  const described =
    kind === LITERALS_LENGTH_CODE
      ? LITERALS_LENGTH_TABLE
      : kind === MATCH_LENGTH_CODE
        ? MATCH_LENGTH_TABLE
        : OFFSET_TABLE
  // Offset codes above 30 exceed the largest window.
  const symbols: u32 = kind === LITERALS_LENGTH_CODE ? 36 : kind === MATCH_LENGTH_CODE ? 53 : 31
  if (mode === PREDEFINED_MODE) {
    if (!defaultsAreBuilt) buildDefaults()
    if (kind === LITERALS_LENGTH_CODE) useTable(kind, LITERALS_LENGTH_DEFAULT, 6)
    else if (kind === MATCH_LENGTH_CODE) useTable(kind, MATCH_LENGTH_DEFAULT, 6)
    else useTable(kind, OFFSET_DEFAULT, 5)
    return start
  }
  if (mode === RLE_MODE) {
    if (start >= end) return 0
    const symbol = <u32>load<u8>(start)
    if (symbol >= symbols) return 0
    store<u64>(described, symbolCell(kind, symbol))
    useTable(kind, described, 0)
    return start + 1
  }
  if (mode === FSE_COMPRESSED_MODE) {
    const position = readDistribution(start, end, kind === OFFSET_CODE ? 8 : 9, symbols)
    if (position === 0) return 0
    buildFseTable(described, kind)
    useTable(kind, described, accuracyLog)
    return position
  }
  // Repeat_Mode
  const current =
    kind === LITERALS_LENGTH_CODE ? literalsLengthTable : kind === MATCH_LENGTH_CODE ? matchLengthTable : offsetTable
  return current === 0 ? 0 : start
}

function useTable(kind: i32, table: usize, log: u32): void {
  if (kind === LITERALS_LENGTH_CODE) {
    literalsLengthTable = table
    literalsLengthLog = log
  } else if (kind === MATCH_LENGTH_CODE) {
    matchLengthTable = table
    matchLengthLog = log
  } else {
    offsetTable = table
    offsetLog = log
  }
}

function buildDefaults(): void {
  useDistribution(LITERALS_LENGTH_PROBABILITIES, 36, 6)
  buildFseTable(LITERALS_LENGTH_DEFAULT, LITERALS_LENGTH_CODE)
  useDistribution(MATCH_LENGTH_PROBABILITIES, 53, 6)
  buildFseTable(MATCH_LENGTH_DEFAULT, MATCH_LENGTH_CODE)
  useDistribution(OFFSET_PROBABILITIES, 29, 5)
  buildFseTable(OFFSET_DEFAULT, OFFSET_CODE)
  defaultsAreBuilt = true
}

/** Where the literals that `executeSequences` has not used begin. */
let literalsRead: usize = 0

@inline
function baseline(cell: u64): u32 {
  return <u32>cell
}
@inline
function extraBits(cell: u64): u64 {
  return (cell >> 48) & 255
}
@inline
function stateBits(cell: u64): u64 {
  return cell >> 56
}
@inline
function cellAt(table: usize, state: usize): u64 {
  return load<u64>(table + (state << 3))
}
@inline
function nextState(cell: u64): usize {
  return <usize>(cell >> 32) & 0xffff
}

/**
 * Decodes `count` sequences (not 0) from the bitstream [start, end) and executes each: some literals, then a match (RFC
 * 8878 3.1.1.3.2.1.2 and 3.1.1.4).
 * @returns where the output ends; 0 if the bitstream is damaged
 */
function executeSequences(
  start: usize,
  end: usize,
  count: u32,
  output: usize,
  frameStart: usize,
  limit: usize,
): usize {
  if (start >= end || load<u8>(end - 1) === 0) return 0
  const literalsLengths = literalsLengthTable
  const matchLengths = matchLengthTable
  const offsets = offsetTable
  const allRead = endCursor(start)
  const literalsEnd = literals + literalsSize
  let literalsPosition = literals
  let position = output
  let repeated1 = repeatedOffset1
  let repeated2 = repeatedOffset2
  let repeated3 = repeatedOffset3
  // The stream begins with the three states, at most 26 bits.
  let cursor = firstCursor(end)
  let word = wordAt(cursor)
  let literalsCell = cellAt(literalsLengths, firstBits(word, literalsLengthLog))
  word <<= literalsLengthLog
  let offsetCell = cellAt(offsets, firstBits(word, offsetLog))
  word <<= offsetLog
  let matchCell = cellAt(matchLengths, firstBits(word, matchLengthLog))
  cursor -= literalsLengthLog + offsetLog + matchLengthLog

  // Bounds of the bitstream: between two checks that cursor >= allRead, a turn takes at most 62 + 26 bits, so it reads
  // words that begin at most 19 bytes before the stream. Tables: their builder keeps states below their size. Literals,
  // output and offset: we check them before each copy. Copies read and write up to 31 bytes past their ends.
  for (let left = count; left > 0; left--) {
    if (cursor < allRead) return 0
    // RFC 8878 3.1.1.3.2.1.2: the offset first, then the match length, then the literals length.
    const offsetBits = extraBits(offsetCell)
    const matchBits = extraBits(matchCell)
    const literalsBits = extraBits(literalsCell)
    let literalsLength = baseline(literalsCell)
    let matchLength = baseline(matchCell)
    let offset: u32
    word = wordAt(cursor)
    if (offsetBits > 1) {
      offset = baseline(offsetCell) - 3 + <u32>(word >> (64 - offsetBits))
      word <<= offsetBits
      repeated3 = repeated2
      repeated2 = repeated1
      repeated1 = offset
    } else {
      // RFC 8878 3.1.1.5: one of the last three offsets, shifted by one if there are no literals. The baseline shows
      // that: only literals length code 0 has baseline 0, and it has no extra bits.
      let repeated: u32 = literalsLength === 0 ? 1 : 0
      if (offsetBits !== 0) {
        repeated += 1 + <u32>(word >> 63)
        word <<= 1
      }
      if (repeated === 0) {
        offset = repeated1
      } else {
        offset = repeated === 1 ? repeated2 : repeated === 2 ? repeated3 : repeated1 - 1
        if (repeated > 1) repeated3 = repeated2
        repeated2 = repeated1
        repeated1 = offset
      }
    }
    const allBits = offsetBits + matchBits + literalsBits
    // With a long offset, the lengths need a new word.
    if (allBits > 57) word = wordAt(cursor - offsetBits)
    // Most sequences have neither: to skip this gains 9 %.
    if (matchBits + literalsBits !== 0) {
      matchLength += <u32>firstBits(word, matchBits)
      word <<= matchBits
      literalsLength += <u32>firstBits(word, literalsBits)
      word <<= literalsBits
    }
    cursor -= allBits
    // Then the states, in the order literals length, match length, offset. After the last sequence there are none. We
    // look up their values before we copy anything, so that they are ready in time.
    if (left > 1) {
      const literalsStateBits = stateBits(literalsCell)
      const matchStateBits = stateBits(matchCell)
      const offsetStateBits = stateBits(offsetCell)
      const allStateBits = literalsStateBits + matchStateBits + offsetStateBits
      if (allBits + allStateBits > 57) word = wordAt(cursor)
      cursor -= allStateBits
      literalsCell = cellAt(literalsLengths, nextState(literalsCell) + firstBits(word, literalsStateBits))
      word <<= literalsStateBits
      matchCell = cellAt(matchLengths, nextState(matchCell) + firstBits(word, matchStateBits))
      word <<= matchStateBits
      offsetCell = cellAt(offsets, nextState(offsetCell) + firstBits(word, offsetStateBits))
    }

    const literalsStop = literalsPosition + literalsLength
    const matchStart = position + literalsLength
    const matchEnd = matchStart + matchLength
    // `offset - 1` is above every position for an offset of 0, which Repeated_Offset1 - 1 may be.
    if (literalsStop > literalsEnd || offset - 1 >= <u32>(matchStart - frameStart) || matchEnd > limit) return 0
    copyLiterals(position, literalsPosition, matchStart)
    literalsPosition = literalsStop
    copyMatch(matchStart, offset, matchEnd)
    position = matchEnd
  }
  if (cursor !== allRead) return 0
  repeatedOffset1 = repeated1
  repeatedOffset2 = repeated2
  repeatedOffset3 = repeated3
  literalsRead = literalsPosition
  return position
}
