import type { ByteSource } from '../../bytes/source.ts'
import type { DecompressStream, StreamOptions } from '../codec.ts'
import {
  fill,
  hasRoom,
  inputOffset,
  located,
  makeRoom,
  type StreamMemory,
  type StreamProgress,
  startStream,
  startWindow,
  take,
  tellBlock,
} from '../stream-progress.ts'
import { LZMA_START_SIZE, readLzmaHeader, startLzma, undecodable, verifyLzmaEnd } from './alone.ts'
import { decodeSymbols } from './decode.ts'
import { slideDictionary } from './dictionary.ts'
import type { LzmaState } from './lzma-state.ts'
import type { LzmaProperties } from './properties.ts'
import { rangeDecoderIsFinished, rangeDecoderMayEnd } from './range-decoder.ts'
import { createLzmaState, runSymbols } from './state.ts'
import { SYMBOL_INPUT_SIZE } from './symbols.ts'

/** The smallest dictionary; a smaller size in the header means this size ("LZMA specification"). */
const DICTIONARY_SIZE_MINIMUM = 4096

/**
 * The most output for one byte of input. A probability is at most 2017 of 2048, so a decoded bit takes at least 0.022
 * bits of input. A repeated match yields the most for its bits: 273 bytes for 14 of them, 7091 bytes per byte of input.
 * The bound must not be too low: if a symbol does not fit into the output, we cannot decode it again.
 */
const OUTPUT_PER_INPUT_BYTE = 8192
/** Output for the 4 bytes that the range decoder has read ahead, and for one more symbol. */
const OUTPUT_AHEAD = 5 * OUTPUT_PER_INPUT_BYTE
/** Free bytes of output that decoding needs: room for what the last 97 bytes of the input can become. */
const ROOM = 2 ** 20
/** The least bytes of a piece, except for the last piece and before the window slides. */
const CHUNK_SIZE = 64 * 1024

/**
 * Decompresses one .lzma file ("LZMA alone"), in a window of the dictionary size from its header. It obeys the header:
 * if the size is unknown, an end marker must follow. `decompressLzmaAlone` does not need one.
 */
export const decompressLzmaAloneStream: DecompressStream = (source, options) =>
  decodeLzmaAloneStream(source, options, createLzmaState())

/** `decompressLzmaAloneStream` with other code for the symbols. */
export function* decodeLzmaAloneStream(
  source: ByteSource,
  options: StreamOptions | undefined,
  usual: LzmaState,
  memory?: StreamMemory,
): ReturnType<DecompressStream> {
  const stream = startStream(source, options, memory)
  try {
    fill(stream, LZMA_START_SIZE)
    const { properties, dictionarySize, uncompressedSize } = readLzmaHeader(stream.input)
    const size = Math.max(dictionarySize, DICTIONARY_SIZE_MINIMUM)
    startWindow(stream, { size, structure: 'LZMA header', field: 'Dictionary Size', offset: 0 }, uncompressedSize)
    const lzma = hasRoomFor(properties, usual) ? usual : createLzmaState()
    startLzma(lzma, properties, stream.input)
    stream.inputPosition = lzma.inputPosition
    let length = 0
    let end: ReturnType<typeof decodeSymbols> = 'paused'
    while (end === 'paused' && length < uncompressedSize) {
      const room = Math.min(ROOM, uncompressedSize - length)
      if (!hasRoom(stream, room)) {
        if (stream.outputPosition > stream.takenPosition) yield take(stream)
        // Room for twice as much, so that the window does not slide each time. The first time there is nothing to
        // slide.
        slideDictionary(lzma, makeRoom(stream, length === 0 ? room : 2 * room))
      }
      const before = stream.outputPosition
      end = decodeSome(stream, lzma, uncompressedSize - length)
      length += stream.outputPosition - before
      tellBlock(stream, stream.outputPosition - before)
      if (stream.outputPosition - stream.takenPosition >= CHUNK_SIZE) yield take(stream)
    }
    // Reads what follows the last symbol, which should be the end of the input or an end marker.
    fill(stream, 2 * SYMBOL_INPUT_SIZE)
    lzma.inputPosition = stream.inputPosition
    const isFinished = (): boolean =>
      stream.stopsAtEnd
        ? rangeDecoderMayEnd(lzma, stream.input)
        : rangeDecoderIsFinished(lzma, stream.input, stream.input.length)
    if (end !== 'paused' || !isFinished()) {
      if (end === 'paused') {
        end = decodeSymbols(lzma, stream.input, stream.input.length, stream.output, lzma.outputPosition)
      }
      if (end !== 'end marker')
        throw undecodable(end, lzma.inputPosition, uncompressedSize, uncompressedSize, stream.inputStart)
      verifyLzmaEnd(lzma, stream.input, uncompressedSize, length, isFinished)
    }
    stream.inputPosition = lzma.inputPosition
    tellBlock(stream, 0)
    if (stream.outputPosition > stream.takenPosition) yield take(stream)
    return inputOffset(stream)
  } catch (error) {
    throw located(stream, error)
  }
}

function hasRoomFor({ literalContextBits, literalPositionBits }: LzmaProperties, { symbols }: LzmaState): boolean {
  return literalContextBits + literalPositionBits <= symbols.literalBitsLimit
}

/**
 * Decodes symbols until `left` bytes are out, the input runs low, or the output may have too little room for a symbol.
 */
function decodeSome(stream: StreamProgress, lzma: LzmaState, left: number): ReturnType<typeof decodeSymbols> {
  fill(stream, 2 * SYMBOL_INPUT_SIZE)
  const { input, output, inputPosition, outputPosition } = stream
  const room = output.length - outputPosition
  const outputEnd = outputPosition + Math.min(left, room)
  lzma.inputPosition = inputPosition
  // If the room is enough for all remaining output, a symbol that does not fit is an error in the file.
  const bytesThatFit = left <= room ? input.length : Math.floor((room - OUTPUT_AHEAD) / OUTPUT_PER_INPUT_BYTE)
  const inputLimit = Math.min(inputPosition + bytesThatFit - 1, input.length - SYMBOL_INPUT_SIZE)
  const end =
    inputLimit >= inputPosition
      ? runSymbols(lzma, input, inputLimit, output, outputEnd)
      : decodeSymbols(lzma, input, input.length, output, outputEnd)
  stream.inputPosition = lzma.inputPosition
  stream.outputPosition = lzma.outputPosition
  return end
}
