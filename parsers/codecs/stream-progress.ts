import { FormatError } from '../bytes/errors.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { StreamLimits } from './codec.ts'
import { type Progress, startProgress } from './progress.ts'

const MIB = 2 ** 20
const DEFAULT_WINDOW_LIMIT = 128 * MIB
const DEFAULT_READ_AHEAD = 256 * 1024

/** Bytes of input that stay in front of the next one, for zstd's bitstreams are read in words that begin before them. */
const KEPT_INPUT = 32
/** What the output has beyond the room asked for, so that wide copies need no care at its end. */
const SPARE_OUTPUT = 64
/** LZMA's contexts depend on the position modulo 16, so bytes move by multiples of it. */
const SLIDE_UNIT = 16
/**
 * The room behind a full window is as large as the window, so that each byte moves once, up to this: from there on
 * memory is dearer, and a byte of a window of 128 MiB moves four times, at a few percent of what decoding it takes.
 */
const SLACK_LIMIT = 32 * MIB
/** And at least this, where there is no window. */
const SLACK_MINIMUM = 128 * 1024
/**
 * And for windows of a few KiB twice a block of zstd: room for a whole one is asked for each time, though it may fill 17
 * bytes, and a window of that size would move for each of them.
 */
const WINDOW_SLACK_MINIMUM = 256 * 1024

/** How far matches reach back, and the field that says so, for errors. */
interface Window {
  /** Bytes. */
  readonly size: number
  readonly structure: string
  readonly field: string
  /** Where the structure lies in the source. */
  readonly offset: number
}

/**
 * A decoder at work on a source: `input` is a part of the source that moves on as it is read, and `output` ends with
 * the window, whose bytes move to the front when it is full.
 */
export interface StreamProgress extends Progress {
  readonly source: ByteSource
  readonly windowLimit: number
  readonly readAhead: number
  /** What `input` is the beginning of. */
  inputBuffer: Uint8Array<ArrayBuffer>
  output: Uint8Array<ArrayBuffer>
  /** Bytes of output that are kept for matches to refer to. */
  windowSize: number
  /** Everything before it has been taken. */
  takenPosition: number
}

const NOTHING = new Uint8Array(0)

export function startStream(source: ByteSource, limits: StreamLimits = {}): StreamProgress {
  return {
    ...startProgress(NOTHING, NOTHING),
    output: NOTHING,
    source,
    windowLimit: limits.windowSize ?? DEFAULT_WINDOW_LIMIT,
    readAhead: limits.readAhead ?? DEFAULT_READ_AHEAD,
    inputBuffer: NOTHING,
    windowSize: 0,
    takenPosition: 0,
  }
}

/** The offset of the next byte of input, in the source. */
export function inputOffset(stream: Progress): number {
  return stream.inputStart + stream.inputPosition
}

export function inputIsRead(stream: StreamProgress): boolean {
  return inputOffset(stream) >= stream.source.size
}

/** Whether the end of the source is in `input`, so that no more can be read. */
export function endIsRead({ source, inputStart, input }: StreamProgress): boolean {
  return inputStart + input.length >= source.size
}

/**
 * Reads on until `count` bytes are there from the input position on, or the source ends. Positions in `input` change
 * with it.
 */
export function fill(stream: StreamProgress, count: number): void {
  const { source, inputPosition } = stream
  const unread = stream.input.length - inputPosition
  const left = source.size - stream.inputStart - stream.input.length
  if (unread >= count || left === 0) return
  const from = Math.max(0, inputPosition - KEPT_INPUT)
  const kept = stream.input.subarray(from)
  const size = Math.min(left, Math.max(count, stream.readAhead) - unread)
  if (kept.length + size <= stream.inputBuffer.length) {
    stream.inputBuffer.set(kept)
  } else {
    // At most the rest of the source: a block that claims to be larger takes no memory.
    const room = KEPT_INPUT + Math.max(count, stream.readAhead)
    stream.inputBuffer = new Uint8Array(Math.min(room, kept.length + left))
    stream.inputBuffer.set(kept)
  }
  const end = kept.length + size
  source.readInto(stream.inputBuffer.subarray(kept.length, end), stream.inputStart + stream.input.length, size)
  stream.input = stream.inputBuffer.subarray(0, end)
  stream.inputView = new DataView(stream.inputBuffer.buffer, 0, end)
  stream.inputStart += from
  stream.inputPosition = inputPosition - from
}

/** Goes on `count` bytes further, which the caller knows to be there, and reads none of them. */
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
 * Begins output that nothing before it matters to; all before it must have been taken. A window is refused for what its
 * header asks for, as the tools do, and not for what the content turns out to need: memory is taken as output comes, and
 * a file would otherwise fail after the limit's worth of it.
 * @param contentSize bytes of output, where they are known: no more need to be kept
 * @throws {FormatError} LIMIT when the window is larger than the limit
 */
export function startWindow(stream: StreamProgress, window: Window, contentSize = Number.POSITIVE_INFINITY): void {
  const { inputStart, windowLimit } = stream
  stream.windowSize = Math.min(window.size, contentSize)
  stream.outputPosition = 0
  stream.takenPosition = 0
  if (stream.windowSize > windowLimit) {
    // Of the place as decoders tell it, from the start of `input` on: `located` makes it one in the source.
    throw new FormatError('LIMIT', 'is larger than the limit "windowSize" allows', {
      source: 'input',
      structure: window.structure,
      offset: window.offset - inputStart,
      field: window.field,
      found: `${window.size} bytes`,
      expected: `at most ${windowLimit}`,
    })
  }
}

/** Whether `count` bytes can be written. */
export function hasRoom(stream: StreamProgress, count: number): boolean {
  return stream.output.length - stream.outputPosition >= count + SPARE_OUTPUT
}

/**
 * Makes room for `count` bytes of output; all before them must have been taken. The window stays, at another place.
 * @returns by how many bytes it moved to the front, a multiple of 16
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
    // What there is doubles, so that a small file takes little memory whatever its window is said to be.
    stream.output = new Uint8Array(Math.min(largest, Math.max(2 * output.length, needed)))
    stream.output.set(output.subarray(slide, outputPosition))
    stream.outputView = new DataView(stream.output.buffer)
  }
  stream.outputPosition = kept
  stream.takenPosition = kept
  return slide
}

/** What was written since the last time. */
export function take(stream: StreamProgress): Uint8Array<ArrayBuffer> {
  const chunk = stream.output.subarray(stream.takenPosition, stream.outputPosition)
  stream.takenPosition = stream.outputPosition
  return chunk
}

/** The error with its place in the source, where a decoder told it of the part in `input`. */
export function located(stream: StreamProgress, error: unknown): unknown {
  if (!(error instanceof FormatError) || error.facts.source !== 'input') return error
  const { source: _, ...place } = error.facts
  const offset = place.offset + stream.inputStart
  return formatError(error.code, error.detail, stream.source, { ...place, offset }, { cause: error })
}
