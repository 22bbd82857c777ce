import { FormatError, hex } from '../bytes/errors.ts'
import type { Decompress } from './codec.ts'
import { inputEnds, outputFull } from './deflate/failure.ts'
import { createInflater, type Inflater, inflateAll } from './deflate/inflater.ts'
import { type Progress, startProgress } from './progress.ts'

/** The name of the data in errors. */
export const ZLIB_STREAM = 'zlib stream'
// RFC 1950 2.2: CMF and FLG.
const HEADER_SIZE = 2
const METHOD = 0x0f
const DEFLATE = 8
/** Log 2 of the window size, minus 8: at most 32 KiB. */
const WINDOW_LIMIT = 7
const HAS_DICTIONARY = 0x20
/** Bytes of the Adler-32 after the data. */
const TRAILER_SIZE = 4

/** Decompresses a zlib stream (RFC 1950) and verifies its Adler-32. It ignores input after the stream. */
export const decompressZlib: Decompress = (input, output) => {
  shared ??= createInflater(ZLIB_STREAM)
  return decodeZlib(input, output, shared)
}

/** The first call makes it, so a program that meets no zlib makes none. */
let shared: Inflater | undefined

/** `decompressZlib` with another inner part. */
export function decodeZlib(input: Uint8Array, output: Uint8Array, inflater: Inflater): number {
  const progress = startProgress(input, output)
  readHeader(progress)
  inflater.start(0)
  const end = inflateAll(inflater, progress)
  if (end === 'input is read') throw inputEnds(progress, ZLIB_STREAM)
  if (end === 'output is full') throw outputFull(progress, ZLIB_STREAM)
  verifyTrailer(progress, inflater)
  return progress.outputPosition
}

function readHeader(progress: Progress): void {
  const { input } = progress
  if (input.length < HEADER_SIZE) throw inputEnds(progress, ZLIB_STREAM)
  const compressionMethodAndFlags = input[0]!
  const flags = input[1]!
  const header = compressionMethodAndFlags * 256 + flags
  if (header % 31 !== 0) throw refused('MALFORMED', 'is not a multiple of 31', 'CMF, FLG', header)
  const method = compressionMethodAndFlags & METHOD
  if (method !== DEFLATE) throw refused('MALFORMED', 'is not DEFLATE', 'CM', method, DEFLATE)
  const window = compressionMethodAndFlags >>> 4
  if (window > WINDOW_LIMIT) throw refused('MALFORMED', 'is invalid', 'CINFO', window, `at most ${WINDOW_LIMIT}`)
  if ((flags & HAS_DICTIONARY) !== 0) throw refused('UNSUPPORTED', 'needs a preset dictionary', 'FDICT', 1, 0)
  progress.inputPosition = HEADER_SIZE
}

function refused(
  code: 'MALFORMED' | 'UNSUPPORTED',
  detail: string,
  field: string,
  found: number,
  expected?: number | string,
): FormatError {
  const measured = expected === undefined ? { found: hex(found) } : { found, expected }
  return new FormatError(code, detail, { source: 'input', structure: ZLIB_STREAM, offset: 0, field, ...measured })
}

function verifyTrailer(progress: Progress, { adler32 }: Inflater): void {
  const { input, inputView, inputPosition: offset, output, outputPosition } = progress
  if (offset + TRAILER_SIZE > input.length) throw inputEnds(progress, ZLIB_STREAM)
  const stored = inputView.getUint32(offset, false)
  const computed = adler32(output, 0, outputPosition)
  if (stored !== computed) {
    throw new FormatError('CHECKSUM', 'does not match the content', {
      ...{ source: 'input', structure: ZLIB_STREAM, offset, field: 'ADLER32' },
      ...{ found: hex(stored), expected: hex(computed) },
    })
  }
}
