import { hex } from '../../bytes/errors.ts'
import type { StreamProgress } from '../stream-progress.ts'
import { type BitReader, bitOffset, takeBits } from './bits.ts'
import { failure } from './failure.ts'

const STRUCTURE = 'StreamHeader'
/** "BZ". */
const HEADER_MAGIC = 0x425a
/** "h", for Huffman codes. */
const VERSION = 0x68
/** "0", the version of bzip, which had arithmetic codes. */
const BZIP_VERSION = 0x30
/** "0". The level follows it in ASCII, "1" to "9". */
const LEVEL_ZERO = 0x30
/** Bytes of a block for each level, before the Burrows-Wheeler transform is reversed. */
const LEVEL_BLOCK_SIZE = 100_000

/** Bytes: "BZh" and the level. */
export const STREAM_HEADER_SIZE = 4

/** Whether a stream begins at the input position. */
export function streamFollows({ input, inputPosition }: StreamProgress): boolean {
  const [magic0, magic1, version, level] = input.subarray(inputPosition, inputPosition + STREAM_HEADER_SIZE)
  const isLevel = level !== undefined && level > LEVEL_ZERO && level <= LEVEL_ZERO + 9
  return magic0 === HEADER_MAGIC >>> 8 && magic1 === (HEADER_MAGIC & 0xff) && version === VERSION && isLevel
}

/** Reads StreamHeader, and returns the most bytes of a block. */
export function readStreamHeader(reader: BitReader): number {
  const { stream } = reader
  const offset = bitOffset(reader)
  const magic = takeBits(reader, 16, STRUCTURE, 'HeaderMagic')
  if (magic !== HEADER_MAGIC) {
    throw failure(stream, 'MALFORMED', STRUCTURE, offset, 'no stream begins here', {
      field: 'HeaderMagic',
      found: hex(magic),
      expected: hex(HEADER_MAGIC),
    })
  }
  const version = takeBits(reader, 8, STRUCTURE, 'Version')
  if (version !== VERSION) {
    const isBzip = version === BZIP_VERSION
    const detail = isBzip ? 'is that of bzip, the predecessor of bzip2' : 'no stream begins here'
    throw failure(stream, isBzip ? 'UNSUPPORTED' : 'MALFORMED', STRUCTURE, offset + 2, detail, {
      field: 'Version',
      found: hex(version),
      expected: hex(VERSION),
    })
  }
  const level = takeBits(reader, 8, STRUCTURE, 'Level') - LEVEL_ZERO
  if (level < 1 || level > 9) {
    throw failure(stream, 'MALFORMED', STRUCTURE, offset + 3, 'is invalid', {
      field: 'Level',
      found: hex(level + LEVEL_ZERO),
      expected: '0x31 to 0x39',
    })
  }
  return level * LEVEL_BLOCK_SIZE
}
