import { bytesSource } from '../../../parsers/bytes/source.ts'
import { decompressBzip2Stream } from '../../../parsers/codecs/bzip2/bzip2-stream.ts'
import type { Decompress, DecompressStream } from '../../../parsers/codecs/codec.ts'
import { portableDecoders } from '../../../parsers/codecs/decoders.ts'
import { decompressGzip } from '../../../parsers/codecs/gzip/gzip.ts'
import { decompressGzipStream } from '../../../parsers/codecs/gzip/gzip-stream.ts'
import { decompressLz4Frame } from '../../../parsers/codecs/lz4/frame.ts'
import { decompressLz4FrameStream } from '../../../parsers/codecs/lz4/frame-stream.ts'
import { decompressLzmaAloneStream } from '../../../parsers/codecs/lzma/alone-stream.ts'
import { decompressLzopStream } from '../../../parsers/codecs/lzop/lzop-stream.ts'
import { decompressXzStream } from '../../../parsers/codecs/xz/xz-stream.ts'
import { decompressZstdStream } from '../../../parsers/codecs/zstd/zstd-stream.ts'
import { FormatError } from '../../../parsers/index.ts'

/** Bytes that are read at a time: as few as can be, some, all. By the length of the input, so that it can be repeated. */
const READ_AHEADS = [1, 13, 100, 1000, 262_144]
const WINDOW_LIMIT = 16 * 2 ** 20

/** A decoder that the fuzzer knows too, under this name. */
export interface Tested {
  readonly name: string
  /** The folder of its streams in fixtures/codecs/seeds. */
  readonly seeds: string
  readonly decompress: Decompress
}

function streamed(name: string, seeds: string, decode: DecompressStream): Tested {
  const decompress: Decompress = (input, output) => {
    const limits = { windowSize: WINDOW_LIMIT, readAhead: READ_AHEADS[input.length % READ_AHEADS.length]! }
    let written = 0
    for (const piece of decode(bytesSource(input, 'input'), limits)) {
      if (written + piece.length > output.length) {
        throw new FormatError('LIMIT', 'is longer than the room', { source: 'input', structure: 'stream', offset: 0 })
      }
      output.set(piece, written)
      written += piece.length
    }
    return written
  }
  return { name, seeds, decompress }
}

/** All decoders there are, those of streams as if they were of blocks. */
export const everyDecoder: readonly Tested[] = [
  ...Object.entries(portableDecoders).map(([name, decompress]) => ({ name, seeds: name, decompress })),
  { name: 'gzip', seeds: 'gzip', decompress: decompressGzip },
  { name: 'lz4-frame', seeds: 'lz4-frame', decompress: decompressLz4Frame },
  streamed('zstd-stream', 'zstd', decompressZstdStream),
  streamed('xz-stream', 'xz', decompressXzStream),
  streamed('lzma-stream', 'lzma', decompressLzmaAloneStream),
  streamed('gzip-stream', 'gzip', decompressGzipStream),
  streamed('lz4-frame-stream', 'lz4-frame', decompressLz4FrameStream),
  streamed('bzip2-stream', 'bzip2', decompressBzip2Stream),
  streamed('lzop-stream', 'lzop', decompressLzopStream),
]
