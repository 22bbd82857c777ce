import type { FormatError } from '../../bytes/errors.ts'
import type { Decompress } from '../codec.ts'
import { decodeSymbols } from './decode.ts'
import { failure } from './failure.ts'
import type { LzmaState } from './lzma-state.ts'
import { type LzmaProperties, lzmaProperties } from './properties.ts'
import { RANGE_DECODER_START_SIZE, rangeDecoderIsFinished, startRangeDecoder } from './range-decoder.ts'
import { createLzmaState, resetLzmaState, setLzmaProperties } from './state.ts'

/** Bytes: properties, dictionary size, uncompressed size (.lzma file format 1.1). */
const HEADER_SIZE = 13
const DICTIONARY_SIZE_OFFSET = 1
const SIZE_OFFSET = 5
/** All bits set: the size is unknown and an end marker follows (1.1.3). */
export const UNKNOWN_SIZE: number = 2 ** 64
/** Bytes of the header, and those that the range decoder reads before the first symbol. */
export const LZMA_START_SIZE: number = HEADER_SIZE + RANGE_DECODER_START_SIZE

/** .lzma file format 1.1. */
export interface LzmaHeader {
  readonly properties: LzmaProperties
  /** Bytes. */
  readonly dictionarySize: number
  /** Bytes; exact up to 2^53. */
  readonly uncompressedSize: number
}

/**
 * Decompresses one .lzma file ("LZMA alone"). `output` itself is the dictionary, whatever size the header gives it.
 *
 * It obeys a size that fits into the output, and then allows but does not need an end marker. The blocks of old
 * squashfs images may have any value as their size, and may lack the end marker even if the size is unknown. So we
 * treat a size that does not fit as unknown. Without an end marker, the data ends after the first symbol at which all
 * input is read and the code is 0. An encoder leaves it so.
 */
export const decompressLzmaAlone: Decompress = (input, output) => {
  shared ??= createLzmaState()
  return decodeLzmaAlone(input, output, shared)
}

/** The first call makes it, so a program that meets no LZMA makes none. */
let shared: LzmaState | undefined

/** `decompressLzmaAlone` with other code for the symbols. */
export function decodeLzmaAlone(input: Uint8Array, output: Uint8Array, lzma: LzmaState): number {
  const { properties, uncompressedSize: size } = readLzmaHeader(input)
  const sizeIsKnown = size <= output.length
  const outputEnd = sizeIsKnown ? size : output.length

  startLzma(lzma, properties, input)
  let end: ReturnType<typeof decodeSymbols> = 'paused'
  if (outputEnd > 0 && (sizeIsKnown || !rangeDecoderIsFinished(lzma, input, input.length))) {
    end = decodeSymbols(lzma, input, input.length, output, outputEnd, !sizeIsKnown)
  }
  if (end === 'paused') {
    if (rangeDecoderIsFinished(lzma, input, input.length)) return lzma.outputPosition
    // The output is full, so only an end marker can follow.
    end = decodeSymbols(lzma, input, input.length, output, lzma.outputPosition)
  }
  if (end !== 'end marker') throw undecodable(end, lzma.inputPosition, size, output.length)
  verifyLzmaEnd(lzma, input, sizeIsKnown ? size : UNKNOWN_SIZE, lzma.outputPosition)
  return lzma.outputPosition
}

/** Reads the header at the start of `input`. The input must also have the start of the range decoder after it. */
export function readLzmaHeader(input: Uint8Array): LzmaHeader {
  if (input.length < LZMA_START_SIZE) {
    throw failure('TRUNCATED', 'LZMA header', 0, 'unexpected end of input', { found: `${input.length} bytes` })
  }
  const properties = lzmaProperties(input[0]!)
  if (properties === undefined) {
    throw failure('MALFORMED', 'LZMA header', 0, 'are invalid', {
      field: 'Properties',
      found: input[0]!,
      expected: 'at most 224',
    })
  }
  const view = new DataView(input.buffer, input.byteOffset, HEADER_SIZE)
  const dictionarySize = view.getUint32(DICTIONARY_SIZE_OFFSET, true)
  // All bits set round to 2^64.
  const uncompressedSize = view.getUint32(SIZE_OFFSET, true) + view.getUint32(SIZE_OFFSET + 4, true) * 2 ** 32
  return { properties, dictionarySize, uncompressedSize }
}

/** Starts to decode the stream after the header of `input`, into the front of the output. */
export function startLzma(lzma: LzmaState, properties: LzmaProperties, input: Uint8Array): void {
  lzma.inputPosition = HEADER_SIZE
  lzma.outputPosition = 0
  lzma.dictionaryStart = 0
  setLzmaProperties(lzma, properties)
  resetLzmaState(lzma)
  if (!startRangeDecoder(lzma, input)) {
    throw failure('MALFORMED', 'LZMA stream', HEADER_SIZE, 'does not begin with a zero byte')
  }
}

/**
 * Verifies that the input, and the size if it is known, end at the end marker.
 * @param length bytes decompressed
 * @param isFinished whether the range decoder may end here
 */
export function verifyLzmaEnd(
  lzma: LzmaState,
  input: Uint8Array,
  size: number,
  length: number,
  isFinished = (): boolean => rangeDecoderIsFinished(lzma, input, input.length),
): void {
  const offset = lzma.inputPosition
  if (size !== UNKNOWN_SIZE && length !== size) {
    throw failure('MALFORMED', 'LZMA stream', offset, 'is not the size at the end marker', {
      field: 'Uncompressed Size',
      found: size,
      expected: length,
    })
  }
  if (!isFinished()) {
    throw failure('MALFORMED', 'LZMA stream', offset, 'does not end at its end marker')
  }
}

/**
 * The error for data that lack their end marker.
 * @param inputStart the offset in all of the input of the part that `offset` counts from
 */
export function undecodable(
  end: 'paused' | 'output full' | 'wrong distance' | 'input ends',
  offset: number,
  size: number,
  room: number,
  inputStart = 0,
): FormatError {
  if (end === 'input ends')
    return failure('TRUNCATED', 'LZMA stream', HEADER_SIZE - inputStart, 'unexpected end of input')
  if (end === 'wrong distance') {
    return failure('MALFORMED', 'LZMA stream', offset, 'has a match that reaches before the start of the data')
  }
  if (size <= room) {
    return failure('MALFORMED', 'LZMA stream', offset, 'continues past its Uncompressed Size', { expected: size })
  }
  return failure('LIMIT', 'LZMA stream', offset, 'decompresses to more than the output has room for', {
    found: size < UNKNOWN_SIZE ? `${size} bytes` : `at least ${room + 1} bytes`,
    expected: `at most ${room}`,
  })
}
