import type { LzmaState } from './lzma-state.ts'

/** Bytes that the range decoder reads before the first symbol; the first is 0. */
export const RANGE_DECODER_START_SIZE = 5

/** Reads these first bytes, which the caller knows to be there; false if the first one is not 0. */
export function startRangeDecoder(lzma: LzmaState, input: Uint8Array): boolean {
  const position = lzma.inputPosition
  lzma.range = -1
  lzma.code =
    (input[position + 1]! << 24) | (input[position + 2]! << 16) | (input[position + 3]! << 8) | input[position + 4]!
  lzma.inputPosition = position + RANGE_DECODER_START_SIZE
  return input[position] === 0
}

/**
 * Whether the encoder may have ended here, whatever follows: the code is 0. It reads the byte that the encoder wrote
 * last, if it has not been read. If it has not ended, we can still decode another symbol.
 */
export function rangeDecoderMayEnd(lzma: LzmaState, input: Uint8Array): boolean {
  return rangeDecoderIsFinished(lzma, input, input.length) || lzma.code === 0
}

/**
 * Whether the encoder may have ended here: all input up to `inputEnd` is read and the code is 0. If it is not finished,
 * we can still decode another symbol.
 */
export function rangeDecoderIsFinished(lzma: LzmaState, input: Uint8Array, inputEnd: number): boolean {
  if (lzma.range >>> 24 === 0) {
    if (lzma.inputPosition >= inputEnd) return false
    lzma.range <<= 8
    lzma.code = (lzma.code << 8) | input[lzma.inputPosition++]!
  }
  return lzma.inputPosition === inputEnd && lzma.code === 0
}
