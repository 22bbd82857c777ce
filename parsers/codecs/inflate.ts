import { Z_BUF_ERROR, Z_NEED_DICT, Z_NO_FLUSH, Z_OK, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from 'pako'
import { FormatError } from '../bytes/errors.ts'
import type { Progress } from './progress.ts'

/** Log 2 of the largest window (RFC 1951 2); below zero for pako to expect nothing around the DEFLATE data. */
const WINDOW_BITS = 15

/** pako's decoder at work. */
export type Inflater = ZStream

/** Of DEFLATE data (RFC 1951), or of a zlib stream around it (RFC 1950). */
export function startInflater(format: 'deflate' | 'zlib'): Inflater {
  const inflater = new ZStream()
  zlibInflateInit2(inflater, format === 'zlib' ? WINDOW_BITS : -WINDOW_BITS)
  return inflater
}

/**
 * Decompresses until the stream ends, the input is read, or the output is full.
 * @param structure what errors call the stream
 */
export function inflate(
  inflater: Inflater,
  progress: Progress,
  structure: string,
): 'stream ends' | 'input is read' | 'output is full' {
  const { input, inputPosition, output, outputPosition } = progress
  inflater.input = input
  inflater.next_in = inputPosition
  inflater.avail_in = input.length - inputPosition
  inflater.output = output as Uint8Array<ArrayBuffer>
  inflater.next_out = outputPosition
  inflater.avail_out = output.length - outputPosition
  const status = zlibInflate(inflater, Z_NO_FLUSH)
  progress.inputPosition = inflater.next_in
  progress.outputPosition = inflater.next_out
  if (status === Z_STREAM_END) return 'stream ends'
  // A stream has a trailer behind its data, so one that is complete has input left where the output is full.
  if (status === Z_OK || status === Z_BUF_ERROR) return inflater.avail_in === 0 ? 'input is read' : 'output is full'
  const place = { source: 'input', structure, offset: inflater.next_in }
  if (status === Z_NEED_DICT) throw new FormatError('UNSUPPORTED', 'needs a preset dictionary', place)
  const reason = inflater.msg || 'does not decompress'
  throw new FormatError(reason.includes('data check') ? 'CHECKSUM' : 'MALFORMED', reason, place)
}

/** A stream that is cut. */
export function inflateInputEnds({ inputPosition }: Progress, structure: string): FormatError {
  return new FormatError('TRUNCATED', 'input ends inside', { source: 'input', structure, offset: inputPosition })
}

/** A stream for which the output has too little room. */
export function inflateOutputFull({ inputPosition, output }: Progress, structure: string): FormatError {
  return new FormatError('LIMIT', 'decompresses to more than the output has room for', {
    source: 'input',
    structure,
    offset: inputPosition,
    found: `more than ${output.length} bytes`,
  })
}
