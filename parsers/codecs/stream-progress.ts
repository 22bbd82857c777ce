import { FormatError } from '../bytes/errors.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { StreamOptions } from './codec.ts'
import { type Progress, startProgress } from './progress.ts'

const MIB = 2 ** 20
const DEFAULT_WINDOW_LIMIT = 128 * MIB
const DEFAULT_READ_AHEAD = 256 * 1024

/** Bytes of input to keep before the position, because zstd reads its bitstreams in words that begin before them. */
const KEPT_INPUT = 32
/** Room beyond the requested room, so that wide copies need no care at the end of the output. */
const SPARE_OUTPUT = 64
/** LZMA's contexts depend on the position modulo 16, so bytes move by multiples of 16. */
const SLIDE_UNIT = 16
/**
 * The most room after a full window. Up to this size the room equals the window, so each byte moves once. Above it we
 * save memory instead: a byte of a 128 MiB window moves four times, which costs a few percent of its decoding time.
 */
const SLACK_LIMIT = 32 * MIB
/** The least room after the output, if there is no window. */
const SLACK_MINIMUM = 128 * 1024
/**
 * The least room after a window: two blocks of zstd. The decoder asks for room for a whole block each time, but a block
 * may fill only 17 bytes. A window of a few KiB with room of that size would move for each of them.
 */
const WINDOW_SLACK_MINIMUM = 256 * 1024

/** How far matches reach back, and, for errors, the field that states it. */
interface Window {
  /** Bytes. */
  readonly size: number
  readonly structure: string
  readonly field: string
  /** Where the structure lies in the source. */
  readonly offset: number
}

/**
 * A decoder at work on a source. `input` is a part of the source, which moves on as the decoder reads. `output` ends
 * with the window, whose bytes move to the front when it is full.
 */
export interface StreamProgress extends Progress {
  readonly source: ByteSource
  readonly windowLimit: number
  readonly readAhead: number
  readonly stopsAtEnd: boolean
  readonly block: StreamOptions['block']
  readonly memory: StreamMemory
  /** The buffer that `input` is the front of. */
  inputBuffer: Uint8Array<ArrayBuffer>
  output: Uint8Array<ArrayBuffer>
  /** Bytes of output that we keep for matches to refer to. */
  windowSize: number
  /** The caller has taken everything before it. */
  takenPosition: number
  /** The offset in the source up to which `block` received sizes. */
  toldOffset: number
}

/** Where the buffers of a stream lie. */
export interface StreamMemory {
  /** A buffer for input, of `length` bytes or more, that begins with `kept`. */
  input(stream: StreamProgress, length: number, kept: Uint8Array): Uint8Array<ArrayBuffer>
  /** A larger buffer for output, of `length` bytes, that begins with `kept`. */
  output(stream: StreamProgress, length: number, kept: Uint8Array): Uint8Array<ArrayBuffer>
}

/** Buffers of their own. */
export const ownMemory: StreamMemory = {
  input: (_, length, kept) => copied(kept, length),
  output: (_, length, kept) => copied(kept, length),
}

function copied(kept: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const buffer = new Uint8Array(length)
  buffer.set(kept)
  return buffer
}

const NOTHING = new Uint8Array(0)

export function startStream(
  source: ByteSource,
  options: StreamOptions = {},
  memory: StreamMemory = ownMemory,
): StreamProgress {
  return {
    ...startProgress(NOTHING, NOTHING),
    output: NOTHING,
    source,
    windowLimit: options.windowSize ?? DEFAULT_WINDOW_LIMIT,
    readAhead: options.readAhead ?? DEFAULT_READ_AHEAD,
    stopsAtEnd: options.stopsAtEnd ?? false,
    block: options.block,
    memory,
    inputBuffer: NOTHING,
    windowSize: 0,
    takenPosition: 0,
    toldOffset: 0,
  }
}

/** Tells the sizes of what was read since the last call. @param unpacked the bytes of output that it became */
export function tellBlock(stream: StreamProgress, unpacked: number): void {
  const offset = inputOffset(stream)
  if (offset > stream.toldOffset || unpacked > 0) stream.block?.(offset - stream.toldOffset, unpacked)
  stream.toldOffset = offset
}

/** The offset in the source of the next byte of input. */
export function inputOffset(stream: Progress): number {
  return stream.inputStart + stream.inputPosition
}

export function inputIsRead(stream: StreamProgress): boolean {
  return inputOffset(stream) >= stream.source.size
}

/**
 * Whether to read another part of a stream, such as a frame. Bytes that begin none are an error, which reading finds,
 * unless the stream may end before the source does.
 * @param size the bytes that `begins` looks at, if the source has them
 */
export function goesOn(stream: StreamProgress, size: number, begins: (progress: Progress) => boolean): boolean {
  if (inputIsRead(stream)) return false
  if (!stream.stopsAtEnd) return true
  fill(stream, size)
  return begins(stream)
}

/** Whether the end of the source is in `input`, so that we can read no more. */
export function endIsRead({ source, inputStart, input }: StreamProgress): boolean {
  return inputStart + input.length >= source.size
}

/**
 * Reads until `count` bytes are available from the input position, or the source ends. It may change the positions in
 * `input`.
 */
export function fill(stream: StreamProgress, count: number): void {
  const { source, inputPosition } = stream
  const unread = stream.input.length - inputPosition
  const left = source.size - stream.inputStart - stream.input.length
  if (unread >= count || left === 0) return
  const from = Math.max(0, inputPosition - KEPT_INPUT)
  const kept = stream.input.subarray(from)
  // When the buffer moves, the view may become empty.
  const keptLength = kept.length
  const size = Math.min(left, Math.max(count, stream.readAhead) - unread)
  if (keptLength + size <= stream.inputBuffer.length) {
    stream.inputBuffer.set(kept)
  } else {
    // At most the rest of the source, so a block that claims to be larger allocates no memory.
    const room = KEPT_INPUT + Math.max(count, stream.readAhead)
    stream.inputBuffer = stream.memory.input(stream, Math.min(room, keptLength + left), kept)
  }
  const end = keptLength + size
  source.readInto(stream.inputBuffer.subarray(keptLength, end), stream.inputStart + stream.input.length, size)
  stream.input = stream.inputBuffer.subarray(0, end)
  stream.inputView = new DataView(stream.input.buffer, stream.input.byteOffset, end)
  stream.inputStart += from
  stream.inputPosition = inputPosition - from
}

/** Moves the input position `count` bytes on without reading them. The caller knows that the source has them. */
export function skip(stream: StreamProgress, count: number): void {
  const position = stream.inputPosition + count
  if (position <= stream.input.length) {
    stream.inputPosition = position
    return
  }
  stream.inputStart += position
  stream.inputPosition = 0
  stream.input = NOTHING
}

/**
 * Passes over zero bytes, which tapes and other devices pad with.
 * @returns whether the source has nothing else
 */
export function skipZeros(stream: StreamProgress): boolean {
  for (; !inputIsRead(stream); stream.inputPosition++) {
    fill(stream, 1)
    if (stream.input[stream.inputPosition] !== 0) return false
  }
  return true
}

/**
 * Begins output that does not refer to anything before it; the caller must have taken all earlier output. Like the
 * tools, we refuse a window by the size in its header, not by what the content turns out to need. Memory grows as
 * output comes, so a file would otherwise fail only after the limit's worth of output.
 * @param contentSize bytes of output, if known: the window need not hold more
 * @throws {FormatError} LIMIT when the window is larger than the limit
 */
export function startWindow(stream: StreamProgress, window: Window, contentSize = Number.POSITIVE_INFINITY): void {
  const { inputStart, windowLimit } = stream
  stream.windowSize = Math.min(window.size, contentSize)
  stream.outputPosition = 0
  stream.takenPosition = 0
  if (stream.windowSize > windowLimit) {
    // Decoders give offsets from the start of `input`, and so do we here; `located` converts them to offsets in the
    // source.
    throw new FormatError('LIMIT', 'exceeds the limit "windowSize"', {
      source: 'input',
      structure: window.structure,
      offset: window.offset - inputStart,
      field: window.field,
      found: `${window.size} bytes`,
      expected: `at most ${windowLimit}`,
    })
  }
}

/** Whether `count` bytes fit into the output. */
export function hasRoom(stream: StreamProgress, count: number): boolean {
  return stream.output.length - stream.outputPosition >= count + SPARE_OUTPUT
}

/**
 * Makes room for `count` bytes of output. The caller must have taken all output before them. The window moves.
 * @returns how many bytes it moved towards the front, a multiple of 16
 */
export function makeRoom(stream: StreamProgress, count: number): number {
  const { output, outputPosition, windowSize } = stream
  const moved = Math.max(0, outputPosition - windowSize - SLIDE_UNIT)
  const slide = moved - (moved % SLIDE_UNIT)
  const kept = outputPosition - slide
  const least = windowSize > 0 ? WINDOW_SLACK_MINIMUM : SLACK_MINIMUM
  const slack = Math.max(least, Math.min(windowSize, SLACK_LIMIT), count) + SPARE_OUTPUT
  const largest = windowSize + 2 * SLIDE_UNIT + slack
  const needed = kept + count + SPARE_OUTPUT
  if (output.length >= largest) {
    output.copyWithin(0, slide, outputPosition)
  } else {
    // The buffer doubles, so a small file takes little memory, whatever window size it states.
    const length = Math.min(largest, Math.max(2 * output.length, needed))
    stream.output = stream.memory.output(stream, length, output.subarray(slide, outputPosition))
    stream.outputView = new DataView(stream.output.buffer, stream.output.byteOffset, length)
  }
  stream.outputPosition = kept
  stream.takenPosition = kept
  return slide
}

/** The output since the last call. */
export function take(stream: StreamProgress): Uint8Array<ArrayBuffer> {
  const chunk = stream.output.subarray(stream.takenPosition, stream.outputPosition)
  stream.takenPosition = stream.outputPosition
  return chunk
}

/** Converts the place of an error from `input` to the source, if a decoder gave it in `input`. */
export function located(stream: StreamProgress, error: unknown): unknown {
  if (!(error instanceof FormatError) || error.facts.source !== 'input') return error
  const { source: _, ...place } = error.facts
  const offset = place.offset + stream.inputStart
  return formatError(error.code, error.detail, stream.source, { ...place, offset }, { cause: error })
}
