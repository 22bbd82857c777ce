import { hex } from '../../bytes/errors.ts'
import type { DecompressStream } from '../codec.ts'
import { fill, inputIsRead, inputOffset, skipZeros, startStream, startWindow, take } from '../stream-progress.ts'
import { decodeBlock } from './block.ts'
import { failure } from './failure.ts'
import { readHeader } from './header.ts'

/**
 * Decompresses an .lzo file, with one piece for each block: one or more parts, as lzop writes for several files, and
 * zero bytes after the last one. It verifies all checksums. The format has no specification; it is that of lzop 1.04
 * and of Linux (lib/decompress_unlzo.c).
 *
 * lzop warns of other bytes after a part and reports success. We refuse them, as in gzip.
 */
export const decompressLzopStream: DecompressStream = function* (source, limits) {
  const stream = startStream(source, limits)
  do {
    const flags = readHeader(stream)
    startWindow(stream, { size: 0, structure: 'lzop block', field: 'window', offset: inputOffset(stream) })
    while (decodeBlock(stream, flags)) yield take(stream)
    fill(stream, 1)
  } while (!inputIsRead(stream) && stream.input[stream.inputPosition] !== 0)
  if (!skipZeros(stream)) {
    throw failure(stream, 'MALFORMED', 'padding', inputOffset(stream), 'has a non-zero byte', {
      found: hex(stream.input[stream.inputPosition]!),
    })
  }
}
