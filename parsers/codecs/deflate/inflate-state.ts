import { type CodeLengths, DISTANCE_CODES, LITERAL_CODES } from './huffman-tables.ts'

/** Where decoding stopped. "block ends": more blocks follow. */
export type InflateEnd = 'block ends' | 'stream ends' | 'input is read' | 'output is full'

/** The state of decoding DEFLATE data. Between two calls it holds fewer than 8 bits. */
export interface InflateState {
  /** Bits that we have read but not used, lowest first, and their number. */
  bits: number
  bitCount: number
  /** What the next bits belong to. */
  block: 'header' | 'stored' | 'compressed'
  isLast: boolean
  /** Remaining bytes of a stored block. */
  storedLeft: number
  /** Code lengths of a compressed block. */
  codeLengths: CodeLengths
  /** The array for the code lengths of a block that describes them. */
  readonly describedLengths: CodeLengths
  /** Where the output begins. No distance may reach further back. */
  outputStart: number
  /** The name of the data in errors. */
  readonly structure: string
}

export function createInflateState(structure: string): InflateState {
  const describedLengths = new Uint8Array(LITERAL_CODES + DISTANCE_CODES)
  return {
    bits: 0,
    bitCount: 0,
    block: 'header',
    isLast: false,
    storedLeft: 0,
    codeLengths: describedLengths,
    describedLengths,
    outputStart: 0,
    structure,
  }
}

export function resetInflateState(state: InflateState, outputStart: number): void {
  state.bits = 0
  state.bitCount = 0
  state.block = 'header'
  state.isLast = false
  state.outputStart = outputStart
}
