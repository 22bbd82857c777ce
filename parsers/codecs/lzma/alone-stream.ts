import type { DecompressStream } from '../codec.ts'
import {
  fill,
  hasRoom,
  located,
  makeRoom,
  type StreamProgress,
  startStream,
  startWindow,
  take,
} from '../stream-progress.ts'
import { LZMA_START_SIZE, readLzmaHeader, startLzma, undecodable, verifyLzmaEnd } from './alone.ts'
import { decodeSymbols } from './decode.ts'
import { slideDictionary } from './dictionary.ts'
import type { LzmaState } from './lzma-state.ts'
import { rangeDecoderIsFinished } from './range-decoder.ts'
import { createLzmaState } from './state.ts'
import { runSymbols, SYMBOL_INPUT_SIZE } from './symbols.ts'

/** "LZMA specification": a smaller dictionary size means this. */
const DICTIONARY_SIZE_MINIMUM = 4096

/**
 * How much a byte of input can become. A probability is never above 2017 of 2048, so that a bit takes at least 0.022
 * bits of input, and the most that the fewest bits stand for are the 273 bytes of a repeated match, in 14 bits: 7091
 * bytes for a byte. (A symbol that does not fit into the output could not be taken up again, so this must not happen.)
 */
const OUTPUT_PER_INPUT_BYTE = 8192
/** What the range decoder has read ahead, 4 bytes, and a symbol more. */
const OUTPUT_AHEAD = 5 * OUTPUT_PER_INPUT_BYTE
/** Bytes of output that must fit where symbols are decoded: what the end of the input, 97 bytes, can become. */
const ROOM = 2 ** 20
/** A piece has at least so many bytes, where it is not the last or the window slides. */
const CHUNK_SIZE = 64 * 1024

/**
 * Decompresses one .lzma file ("LZMA alone"), in a window of the dictionary size that its header has. It obeys the
 * header: where the size is unknown there must be an end marker, which `decompressLzmaAlone` does without.
 */
export const decompressLzmaAloneStream: DecompressStream = function* (source, limits) {
  const stream = startStream(source, limits)
  const lzma = createLzmaState()
  try {
    fill(stream, LZMA_START_SIZE)
    const { properties, dictionarySize, uncompressedSize } = readLzmaHeader(stream.input)
    const size = Math.max(dictionarySize, DICTIONARY_SIZE_MINIMUM)
    startWindow(stream, { size, structure: 'LZMA header', field: 'Dictionary Size', offset: 0 }, uncompressedSize)
    startLzma(lzma, properties, stream.input)
    stream.inputPosition = lzma.inputPosition
    let length = 0
    let end: ReturnType<typeof decodeSymbols> = 'paused'
    while (end === 'paused' && length < uncompressedSize) {
      const room = Math.min(ROOM, uncompressedSize - length)
      if (!hasRoom(stream, room)) {
        if (stream.outputPosition > stream.takenPosition) yield take(stream)
        // Twice as much, so that the window does not slide each time; the first time there is none.
        slideDictionary(lzma, makeRoom(stream, length === 0 ? room : 2 * room))
      }
      const before = stream.outputPosition
      end = decodeSome(stream, lzma, uncompressedSize - length)
      length += stream.outputPosition - before
      if (stream.outputPosition - stream.takenPosition >= CHUNK_SIZE) yield take(stream)
    }
    // As much as there is behind the last symbol, if that is what it should be.
    fill(stream, 2 * SYMBOL_INPUT_SIZE)
    lzma.inputPosition = stream.inputPosition
    if (end !== 'paused' || !rangeDecoderIsFinished(lzma, stream.input, stream.input.length)) {
      if (end === 'paused') {
        end = decodeSymbols(lzma, stream.input, stream.input.length, stream.output, lzma.outputPosition)
      }
      if (end !== 'end marker')
        throw undecodable(end, lzma.inputPosition, uncompressedSize, uncompressedSize, stream.inputStart)
      verifyLzmaEnd(lzma, stream.input, uncompressedSize, length)
    }
    if (stream.outputPosition > stream.takenPosition) yield take(stream)
  } catch (error) {
    throw located(stream, error)
  }
}

/** Decodes symbols as long as no more than `left` bytes come out, input is there, and there is room for any of them. */
function decodeSome(stream: StreamProgress, lzma: LzmaState, left: number): ReturnType<typeof decodeSymbols> {
  fill(stream, 2 * SYMBOL_INPUT_SIZE)
  const { input, output, inputPosition, outputPosition } = stream
  const room = output.length - outputPosition
  const outputEnd = outputPosition + Math.min(left, room)
  lzma.inputPosition = inputPosition
  // Where all that may come out fits, what does not fit is wrong.
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
