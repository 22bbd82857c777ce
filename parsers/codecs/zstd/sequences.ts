import { createDistribution, readDistribution } from './distribution.ts'
import { executeSequences } from './execute-sequences.ts'
import type { FieldState, FrameState } from './frame-state.ts'
import { buildFseTable, buildRleTable, createFseTable, type FseTable } from './fse-table.ts'
import { malformed } from './malformed.ts'
import type { Progress } from './progress.ts'
import { blockTooLong } from './sequence-errors.ts'
import type { SequenceField } from './sequence-fields.ts'

// Symbol compression modes, RFC 8878 3.1.1.3.2.1
const PREDEFINED_MODE = 0
const RLE_MODE = 1
const FSE_COMPRESSED_MODE = 2

const distribution = createDistribution()

/**
 * Reads the Sequences_Section of a block, [start, end) of the input, and executes the sequences (RFC 8878 3.1.1.3.2).
 */
export function decodeSequences(
  progress: Progress,
  state: FrameState,
  start: number,
  end: number,
  frameStart: number,
  blockMaximumSize: number,
): void {
  const { input } = progress
  const structure = 'Sequences_Section_Header'
  if (start >= end) throw malformed(structure, start, 'is missing')
  // Number_of_Sequences takes one to three bytes.
  const firstByte = input[start]!
  const countSize = firstByte < 128 ? 1 : firstByte < 255 ? 2 : 3
  if (start + countSize > end) throw malformed(structure, start, 'extends past the end of its block')
  let count = firstByte
  if (countSize === 2) count = ((firstByte - 128) << 8) | input[start + 1]!
  if (countSize === 3) count = (input[start + 1]! | (input[start + 2]! << 8)) + 0x7f00
  let position = start + countSize
  if (count === 0) {
    if (position !== end) throw malformed(structure, position, 'has bytes after a count of 0 sequences')
  } else {
    if (position >= end) throw malformed(structure, start, 'extends past the end of its block')
    const modes = input[position]!
    if ((modes & 3) !== 0) {
      throw malformed(structure, position, 'has reserved bits set', {
        field: 'Symbol_Compression_Modes',
        found: modes,
      })
    }
    position++
    position = readTable(input, position, end, modes >>> 6, state.literalsLengths)
    position = readTable(input, position, end, (modes >>> 4) & 3, state.offsets)
    position = readTable(input, position, end, (modes >>> 2) & 3, state.matchLengths)
  }

  const { output, outputPosition: blockStart } = progress
  const blockLimit = Math.min(output.length, blockStart + blockMaximumSize)
  const literalsUsed = count === 0 ? 0 : executeSequences(progress, state, position, end, count, frameStart, blockLimit)
  // The remaining literals follow the last sequence (RFC 8878 3.1.1.4).
  const { bytes, length } = state.literals
  const blockEnd = progress.outputPosition + length - literalsUsed
  if (blockEnd > blockLimit) throw blockTooLong(progress, blockStart, start, blockEnd, blockLimit)
  if (literalsUsed < length) output.set(bytes.subarray(literalsUsed, length), progress.outputPosition)
  progress.outputPosition = blockEnd
}

/** Sets `fieldState.current` to the table that the mode selects, and returns where its description ends. */
function readTable(input: Uint8Array, start: number, end: number, mode: number, fieldState: FieldState): number {
  const { field, described } = fieldState
  const { name, codes } = field
  if (mode === PREDEFINED_MODE) {
    fieldState.predefined ??= buildPredefinedTable(field)
    fieldState.current = fieldState.predefined
    return start
  }
  if (mode === RLE_MODE) {
    const symbol = start < end ? input[start]! : undefined
    if (symbol === undefined || symbol >= codes.extraBits.length) {
      throw malformed('Sequences_Section_Header', start, 'is invalid', {
        field: name,
        found: symbol ?? 'the end of the block',
        expected: `at most ${codes.extraBits.length - 1}`,
      })
    }
    buildRleTable(described, symbol, codes)
    fieldState.current = described
    return start + 1
  }
  if (mode === FSE_COMPRESSED_MODE) {
    const { accuracyLogLimit } = field
    const position = readDistribution(input, start, end, accuracyLogLimit, codes.extraBits.length, distribution)
    buildFseTable(described, distribution, codes)
    fieldState.current = described
    return position
  }
  // Repeat_Mode
  if (fieldState.current === undefined) {
    throw malformed('Sequences_Section_Header', start, 'repeats a table, but the frame has none yet', { field: name })
  }
  return start
}

/** RFC 8878 3.1.1.3.2.2. */
function buildPredefinedTable(field: SequenceField): FseTable {
  const { codes, defaultAccuracyLog, defaultProbabilities } = field
  const table = createFseTable(defaultAccuracyLog)
  distribution.accuracyLog = defaultAccuracyLog
  distribution.symbolCount = defaultProbabilities.length
  distribution.probabilities.set(defaultProbabilities)
  buildFseTable(table, distribution, codes)
  return table
}
