import { hex } from '../../bytes/errors.ts'
import type { ByteSource } from '../../bytes/source.ts'
import type { Decompress, DecompressStream, StreamOptions } from '../codec.ts'
import { decompressLzo1x } from '../lzo/lzo1x.ts'
import {
  fill,
  inputIsRead,
  inputOffset,
  skipZeros,
  startStream,
  startWindow,
  take,
  tellBlock,
} from '../stream-progress.ts'
import { decodeBlock } from './block.ts'
import { failure } from './failure.ts'
import { MAGIC_SIZE, partFollows, readHeader } from './header.ts'

/**
 * Decompresses an .lzo file, with one piece for each block: one or more parts, as lzop writes for several files, and
 * zero bytes after the last one. It verifies all checksums. The format has no specification; it is that of lzop 1.04
 * and of Linux (lib/decompress_unlzo.c).
 *
 * lzop warns of other bytes after a part and reports success. We refuse them, as in gzip.
 */
export const decompressLzopStream: DecompressStream = (source, options) =>
  decodeLzopStream(source, options, decompressLzo1x)

/** `decompressLzopStream` with another decoder of blocks. */
export function* decodeLzopStream(
  source: ByteSource,
  options: StreamOptions | undefined,
  decompress: Decompress,
): ReturnType<DecompressStream> {
  const stream = startStream(source, options)
  do {
    const flags = readHeader(stream)
    startWindow(stream, { size: 0, structure: 'lzop block', field: 'window', offset: inputOffset(stream) })
    tellBlock(stream, 0)
    while (decodeBlock(stream, flags, decompress)) {
      const chunk = take(stream)
      tellBlock(stream, chunk.length)
      yield chunk
    }
    fill(stream, MAGIC_SIZE)
  } while (stream.stopsAtEnd ? partFollows(stream) : !inputIsRead(stream) && stream.input[stream.inputPosition] !== 0)
  if (!stream.stopsAtEnd && !skipZeros(stream)) {
    throw failure(stream, 'MALFORMED', 'padding', inputOffset(stream), 'has a non-zero byte', {
      found: hex(stream.input[stream.inputPosition]!),
    })
  }
  tellBlock(stream, 0)
  return inputOffset(stream)
}
