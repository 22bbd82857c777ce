import { type CodeLengths, DISTANCE_CODES, LITERAL_CODES } from './huffman-tables.ts'

/** Where DEFLATE data are being decoded. Between two calls less than 8 bits are held. */
export interface InflateState {
  /** Bits that were read and not used, from the lowest on, and how many. */
  bits: number
  bitCount: number
  /** What the next bits belong to. */
  block: 'header' | 'stored' | 'compressed'
  isLast: boolean
  /** Of a stored block: bytes. */
  storedLeft: number
  /** Of a compressed block. */
  codeLengths: CodeLengths
  /** The same of a block that describes them. */
  readonly describedLengths: CodeLengths
  /** Where the output begins: no distance reaches further back. */
  outputStart: number
  /** What errors call it. */
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
