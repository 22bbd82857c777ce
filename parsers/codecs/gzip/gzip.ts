import { crc32 } from '../../checksums/crc32.ts'
import type { Decompress } from '../codec.ts'
import { inputEnds, outputFull } from '../deflate/failure.ts'
import { inflate } from '../deflate/inflate.ts'
import { createInflateState, resetInflateState } from '../deflate/inflate-state.ts'
import { startProgress } from '../progress.ts'
import { readMemberHeader } from './member-header.ts'
import { paddingNotZero, verifyMemberTrailer } from './member-trailer.ts'

/** The name in errors of the DEFLATE data of a member. */
export const COMPRESSED_BLOCKS = 'gzip compressed blocks'

const state = createInflateState(COMPRESSED_BLOCKS)

/**
 * Decompresses a gzip file (RFC 1952): one or more members, and zero bytes after the last one, as gzip(1) accepts. It
 * verifies header checks, CRC-32 and size.
 */
export const decompressGzip: Decompress = (input, output) => {
  const progress = startProgress(input, output)
  do {
    readMemberHeader(progress)
    const contentStart = progress.outputPosition
    resetInflateState(state, contentStart)
    const end = inflate(state, progress)
    if (end === 'input is read') throw inputEnds(progress, COMPRESSED_BLOCKS)
    if (end === 'output is full') throw outputFull(progress, COMPRESSED_BLOCKS)
    const contentEnd = progress.outputPosition
    verifyMemberTrailer(progress, crc32(output, contentStart, contentEnd), contentEnd - contentStart)
  } while (progress.inputPosition < input.length && input[progress.inputPosition] !== 0)
  for (let position = progress.inputPosition; position < input.length; position++) {
    if (input[position] !== 0) throw paddingNotZero(position, input[position]!)
  }
  return progress.outputPosition
}
