import type { Decompress } from './codec.ts'
import { inflate, inflateInputEnds, inflateOutputFull, startInflater } from './inflate.ts'
import { startProgress } from './progress.ts'

const STRUCTURE = 'zlib stream'

/** Decompresses a zlib stream (RFC 1950) with pako, its Adler-32 verified. What follows the stream is not looked at. */
export const decompressZlib: Decompress = (input, output) => {
  const progress = startProgress(input, output)
  const end = inflate(startInflater('zlib'), progress, STRUCTURE)
  if (end === 'input is read') throw inflateInputEnds(progress, STRUCTURE)
  if (end === 'output is full') throw inflateOutputFull(progress, STRUCTURE)
  return progress.outputPosition
}
