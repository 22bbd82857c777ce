import type { Decompress } from '../codec.ts'
import { inputEnds, outputFull } from '../deflate/failure.ts'
import { createInflater, type Inflater, inflateAll } from '../deflate/inflater.ts'
import { startProgress } from '../progress.ts'
import { readMemberHeader } from './member-header.ts'
import { paddingNotZero, verifyMemberTrailer } from './member-trailer.ts'

/** The name in errors of the DEFLATE data of a member. */
export const COMPRESSED_BLOCKS = 'gzip compressed blocks'

/**
 * Decompresses a gzip file (RFC 1952): one or more members, and zero bytes after the last one, as gzip(1) accepts. It
 * verifies header checks, CRC-32 and size.
 */
export const decompressGzip: Decompress = (input, output) => {
  shared ??= createInflater(COMPRESSED_BLOCKS)
  return decodeGzip(input, output, shared)
}

/** The first call makes it, so a program that meets no gzip makes none. */
let shared: Inflater | undefined

/** `decompressGzip` with another inner part. */
export function decodeGzip(input: Uint8Array, output: Uint8Array, inflater: Inflater): number {
  const progress = startProgress(input, output)
  do {
    readMemberHeader(progress)
    const contentStart = progress.outputPosition
    inflater.start(contentStart)
    const end = inflateAll(inflater, progress)
    if (end === 'input is read') throw inputEnds(progress, COMPRESSED_BLOCKS)
    if (end === 'output is full') throw outputFull(progress, COMPRESSED_BLOCKS)
    const contentEnd = progress.outputPosition
    const checksum = inflater.startCrc32()
    checksum.update(output, contentStart, contentEnd)
    verifyMemberTrailer(progress, checksum.digest(), contentEnd - contentStart)
  } while (progress.inputPosition < input.length && input[progress.inputPosition] !== 0)
  for (let position = progress.inputPosition; position < input.length; position++) {
    if (input[position] !== 0) throw paddingNotZero(position, input[position]!)
  }
  return progress.outputPosition
}
