import { adler32 } from '../../checksums/adler32.ts'
import { startCrc32 } from '../../checksums/crc32.ts'
import type { RunningChecksum } from '../../checksums/running-checksum.ts'
import type { Progress } from '../progress.ts'
import { inflate } from './inflate.ts'
import { createInflateState, type InflateEnd, resetInflateState } from './inflate-state.ts'

/**
 * The inner part of a decoder: DEFLATE data (RFC 1951) in pieces, and checksums. There are two, in TypeScript and in
 * WebAssembly. The zlib and gzip formats around them are the same code for both.
 */
export interface Inflater {
  /** Starts to decode new data; no distance may reach before `outputStart`. */
  start(outputStart: number): void
  /**
   * Decodes to the end of a block, or until the input is read or the output is full.
   * @throws {FormatError} MALFORMED
   */
  inflate(progress: Progress): InflateEnd
  /** Adler-32 of `bytes[start, end)`, which must be output. */
  adler32(bytes: Uint8Array, start: number, end: number): number
  /** Starts a CRC-32 of output. */
  startCrc32(): RunningChecksum<number>
}

/** Decodes in TypeScript. @param structure the name of the data in errors */
export function createInflater(structure: string): Inflater {
  const state = createInflateState(structure)
  return {
    start(outputStart) {
      resetInflateState(state, outputStart)
    },
    inflate: (progress) => inflate(state, progress),
    adler32,
    startCrc32,
  }
}

/** Decodes to the end of the data, or until the input is read or the output is full. */
export function inflateAll(inflater: Inflater, progress: Progress): Exclude<InflateEnd, 'block ends'> {
  for (;;) {
    const end = inflater.inflate(progress)
    if (end !== 'block ends') return end
  }
}
