import { createFseTable, type FseTable } from './fse-table.ts'
import { createHuffmanTable, type HuffmanTable } from './huffman-table.ts'
import { BLOCK_SIZE_LIMIT } from './limits.ts'
import { literalsLengths, matchLengths, offsets, type SequenceField } from './sequence-fields.ts'

/** The state that the blocks of a frame share, and the memory of their tables. */
export interface FrameState {
  /** The table that Treeless_Literals_Block repeats (RFC 8878 3.1.1.3.1.1). */
  readonly huffmanTable: HuffmanTable
  readonly literals: Literals
  readonly literalsLengths: FieldState
  readonly offsets: FieldState
  readonly matchLengths: FieldState
  /** Repeated_Offset1, 2 and 3 (RFC 8878 3.1.1.5). */
  readonly repeatedOffsets: Int32Array
}

/** The literals of the current block. */
export interface Literals {
  /** As long as the longest literals section. */
  readonly bytes: Uint8Array
  readonly view: DataView
  length: number
}

/** The decoding table of one field of the sequences. */
export interface FieldState {
  readonly field: SequenceField
  /** The table that a block describes, in RLE_Mode and FSE_Compressed_Mode. */
  readonly described: FseTable
  /** The table of Predefined_Mode; the first use builds it. */
  predefined: FseTable | undefined
  /** The table that Repeat_Mode repeats; undefined before the first sequences of the frame. */
  current: FseTable | undefined
}

export function createFrameState(): FrameState {
  return {
    huffmanTable: createHuffmanTable(),
    literals: createLiterals(),
    literalsLengths: createFieldState(literalsLengths),
    offsets: createFieldState(offsets),
    matchLengths: createFieldState(matchLengths),
    repeatedOffsets: new Int32Array(3),
  }
}

function createLiterals(): Literals {
  const bytes = new Uint8Array(BLOCK_SIZE_LIMIT)
  return { bytes, view: new DataView(bytes.buffer), length: 0 }
}

function createFieldState(field: SequenceField): FieldState {
  return {
    field,
    described: createFseTable(field.accuracyLogLimit),
    predefined: undefined,
    current: undefined,
  }
}

/** Forgets the previous frame. The repeated offsets start as 1, 4 and 8 (RFC 8878 3.1.1.5). */
export function resetFrameState(state: FrameState): void {
  state.huffmanTable.maxBits = 0
  state.literalsLengths.current = undefined
  state.offsets.current = undefined
  state.matchLengths.current = undefined
  state.repeatedOffsets[0] = 1
  state.repeatedOffsets[1] = 4
  state.repeatedOffsets[2] = 8
}
