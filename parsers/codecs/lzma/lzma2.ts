import { hex } from '../../bytes/errors.ts'
import { decodeSymbols } from './decode.ts'
import { failure } from './failure.ts'
import type { LzmaState } from './lzma-state.ts'
import { type LzmaProperties, lzmaProperties } from './properties.ts'
import { RANGE_DECODER_START_SIZE, rangeDecoderIsFinished, startRangeDecoder } from './range-decoder.ts'
import { resetLzmaState, setLzmaProperties } from './state.ts'

const STRUCTURE = 'LZMA2 chunk'

// Values of a chunk's control byte: 0 is the end, 1 and 2 begin uncompressed chunks, 128 and more LZMA chunks.
const END = 0x00
const UNCOMPRESSED_RESETS_DICTIONARY = 0x01
const UNCOMPRESSED = 0x02
const LZMA = 0x80
const LZMA_RESETS_STATE = 0xa0
const LZMA_SETS_PROPERTIES = 0xc0
const LZMA_RESETS_DICTIONARY = 0xe0

/** LZMA2 allows no more literal bits, which keeps the probabilities small. */
const LITERAL_BITS_LIMIT = 4

/** The most bytes of a chunk before its data: control byte, two sizes, properties. */
export const LZMA2_HEADER_SIZE_LIMIT: number = 1 + 2 + 2 + 1

export interface Lzma2Data {
  readonly input: Uint8Array
  readonly inputStart: number
  readonly output: Uint8Array
  readonly outputStart: number
}

/** What a decoder remembers between two chunks. */
export interface Lzma2State {
  readonly lzma: LzmaState
  /** The first chunk must reset the dictionary, and the first LZMA chunk after a reset must set properties. */
  needsDictionary: boolean
  needsProperties: boolean
}

/** Starts to decode LZMA2 data. */
export function startLzma2(lzma: LzmaState, inputPosition: number, outputPosition: number): Lzma2State {
  lzma.inputPosition = inputPosition
  lzma.outputPosition = outputPosition
  lzma.dictionaryStart = outputPosition
  return { lzma, needsDictionary: true, needsProperties: true }
}

/**
 * Decodes LZMA2 chunks up to their end marker (xz 1.2: 5.3.1). `output` itself is the dictionary: matches copy within
 * it, and do not reach before `outputStart`.
 * @returns the positions after the last bytes read and written
 */
export function decodeLzma2(
  lzma: LzmaState,
  { input, inputStart, output, outputStart }: Lzma2Data,
): { inputEnd: number; outputEnd: number } {
  const state = startLzma2(lzma, inputStart, outputStart)
  while (decodeLzma2Chunk(state, input, output)) {
    // The end marker is the last chunk.
  }
  return { inputEnd: state.lzma.inputPosition, outputEnd: state.lzma.outputPosition }
}

/** The bytes that the chunk at `offset` takes, and those that it decompresses to. */
export function lzma2ChunkSizes(input: Uint8Array, offset: number): { stored: number; content: number } {
  const control = input[offset]!
  const size = ((input[offset + 1]! << 8) | input[offset + 2]!) + 1
  if (control >= LZMA) {
    const compressedSize = ((input[offset + 3]! << 8) | input[offset + 4]!) + 1
    const headerSize = control >= LZMA_SETS_PROPERTIES ? 6 : 5
    return { stored: headerSize + compressedSize, content: ((control & 0x1f) << 16) + size }
  }
  const isUncompressed = control === UNCOMPRESSED || control === UNCOMPRESSED_RESETS_DICTIONARY
  return isUncompressed ? { stored: 3 + size, content: size } : { stored: 1, content: 0 }
}

/**
 * Decodes the chunk at the input position.
 * @returns false if it was the end marker
 */
export function decodeLzma2Chunk(state: Lzma2State, input: Uint8Array, output: Uint8Array): boolean {
  const { lzma } = state
  const offset = lzma.inputPosition
  if (offset >= input.length) throw inputEnds(offset)
  const control = input[offset]!
  if (control === END) {
    lzma.inputPosition = offset + 1
    return false
  }
  if (control > UNCOMPRESSED && control < LZMA) {
    throw failure('MALFORMED', STRUCTURE, offset, 'is invalid', { field: 'control', found: hex(control) })
  }
  if (control >= LZMA_RESETS_DICTIONARY || control === UNCOMPRESSED_RESETS_DICTIONARY) {
    lzma.dictionaryStart = lzma.outputPosition
    state.needsDictionary = false
    state.needsProperties = true
  } else if (state.needsDictionary) {
    throw failure('MALFORMED', STRUCTURE, offset, 'does not reset the dictionary in the first chunk', {
      field: 'control',
      found: hex(control),
    })
  }
  if (control < LZMA) {
    copyChunk(lzma, input, output)
  } else {
    if (control >= LZMA_SETS_PROPERTIES) state.needsProperties = false
    else if (state.needsProperties) {
      throw failure(
        'MALFORMED',
        STRUCTURE,
        offset,
        'sets no properties in the first LZMA chunk after a dictionary reset',
        {
          field: 'control',
          found: hex(control),
        },
      )
    }
    decodeChunk(lzma, control, input, output)
  }
  return true
}

/** Copies an uncompressed chunk: control byte, size less one in 2 bytes, data. */
function copyChunk(lzma: LzmaState, input: Uint8Array, output: Uint8Array): void {
  const offset = lzma.inputPosition
  if (offset + 3 > input.length) throw inputEnds(offset)
  const size = ((input[offset + 1]! << 8) | input[offset + 2]!) + 1
  const dataStart = offset + 3
  if (dataStart + size > input.length) throw inputEnds(offset)
  if (size > output.length - lzma.outputPosition) throw outputFull(lzma, output, offset, size)
  output.set(input.subarray(dataStart, dataStart + size), lzma.outputPosition)
  lzma.inputPosition = dataStart + size
  lzma.outputPosition += size
}

/**
 * Decodes an LZMA chunk. It begins with a control byte, which has the high 5 bits of the uncompressed size less one.
 * The low 2 bytes of that size follow, and the compressed size less one in 2 bytes. Then come the properties, if the
 * control byte says so, and the chunk's own range coder data.
 */
function decodeChunk(lzma: LzmaState, control: number, input: Uint8Array, output: Uint8Array): void {
  const offset = lzma.inputPosition
  const setsProperties = control >= LZMA_SETS_PROPERTIES
  const dataStart = offset + (setsProperties ? 6 : 5)
  if (dataStart > input.length) throw inputEnds(offset)
  const uncompressedSize = (((control & 0x1f) << 16) | (input[offset + 1]! << 8) | input[offset + 2]!) + 1
  const compressedSize = ((input[offset + 3]! << 8) | input[offset + 4]!) + 1
  if (setsProperties) setLzmaProperties(lzma, chunkProperties(input[offset + 5]!, offset + 5))
  if (control >= LZMA_RESETS_STATE) resetLzmaState(lzma)

  const chunkEnd = dataStart + compressedSize
  if (chunkEnd > input.length) throw inputEnds(offset)
  const outputEnd = lzma.outputPosition + uncompressedSize
  if (outputEnd > output.length) throw outputFull(lzma, output, offset, uncompressedSize)
  lzma.inputPosition = dataStart
  if (compressedSize < RANGE_DECODER_START_SIZE || !startRangeDecoder(lzma, input)) {
    throw failure('MALFORMED', STRUCTURE, offset, 'does not begin with a zero byte and four more bytes')
  }
  const end = decodeSymbols(lzma, input, chunkEnd, output, outputEnd)
  if (end !== 'paused') throw failure('MALFORMED', STRUCTURE, offset, REASONS[end])
  if (!rangeDecoderIsFinished(lzma, input, chunkEnd)) {
    throw failure('MALFORMED', STRUCTURE, offset, 'reaches its uncompressed size before the end of its compressed data')
  }
}

const REASONS = {
  'end marker': 'has an end marker, which LZMA2 does not allow',
  'output full': 'has a match that extends past its uncompressed size',
  'wrong distance': 'has a match that reaches before the start of the dictionary',
  'input ends': 'ends before it reaches its uncompressed size',
} as const

function chunkProperties(byte: number, offset: number): LzmaProperties {
  const properties = lzmaProperties(byte)
  if (properties === undefined || properties.literalContextBits + properties.literalPositionBits > LITERAL_BITS_LIMIT) {
    throw failure('MALFORMED', STRUCTURE, offset, 'are invalid', {
      field: 'properties',
      found: byte,
      expected: `at most 224, with lc + lp at most ${LITERAL_BITS_LIMIT}`,
    })
  }
  return properties
}

function inputEnds(offset: number): Error {
  return failure('TRUNCATED', STRUCTURE, offset, 'unexpected end of input')
}

function outputFull(lzma: LzmaState, output: Uint8Array, offset: number, size: number): Error {
  return failure('LIMIT', STRUCTURE, offset, 'decompresses to more than the output has room for', {
    found: `${size} more bytes`,
    expected: `at most ${output.length - lzma.outputPosition}`,
  })
}
