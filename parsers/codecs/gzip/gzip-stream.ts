import type { DecompressStream } from '../codec.ts'
import { BLOCK_HEADER_SIZE_LIMIT } from '../deflate/block-header.ts'
import { inputEnds } from '../deflate/failure.ts'
import type { InflateEnd } from '../deflate/inflate-state.ts'
import { createInflater, type Inflater } from '../deflate/inflater.ts'
import { LONGEST_MATCH } from '../deflate/length-codes.ts'
import {
  endIsRead,
  fill,
  hasRoom,
  inputIsRead,
  inputOffset,
  located,
  makeRoom,
  type StreamProgress,
  startStream,
  startWindow,
  take,
} from '../stream-progress.ts'
import { COMPRESSED_BLOCKS } from './gzip.ts'
import { FIXED_SIZE, memberHeaderSizeLimit, readMemberHeader } from './member-header.ts'
import { MEMBER_TRAILER_SIZE, paddingNotZero, verifyMemberTrailer } from './member-trailer.ts'

/** The least room for a piece. */
const CHUNK_SIZE = 64 * 1024
/** RFC 1951 2: no distance is larger. */
const WINDOW_SIZE = 32 * 1024

/** Decompresses a gzip file like `decompressGzip`. */
export const decompressGzipStream: DecompressStream = function* (source, limits) {
  const stream = startStream(source, limits)
  const inflater = createInflater(COMPRESSED_BLOCKS)
  try {
    do {
      yield* decodeMember(stream, inflater)
      fill(stream, 1)
    } while (!inputIsRead(stream) && stream.input[stream.inputPosition] !== 0)
    for (; !inputIsRead(stream); stream.inputPosition++) {
      fill(stream, 1)
      const byte = stream.input[stream.inputPosition]!
      if (byte !== 0) throw paddingNotZero(stream.inputPosition, byte)
    }
  } catch (error) {
    throw located(stream, error)
  }
}

/** RFC 1952 2.3. */
function* decodeMember(stream: StreamProgress, inflater: Inflater): Generator<Uint8Array<ArrayBuffer>> {
  fill(stream, FIXED_SIZE)
  fill(stream, memberHeaderSizeLimit(stream))
  readMemberHeader(stream)
  const offset = inputOffset(stream)
  startWindow(stream, { size: WINDOW_SIZE, structure: COMPRESSED_BLOCKS, field: 'window', offset })
  inflater.start(0)
  const checksum = inflater.startCrc32()
  let length = 0
  for (let end: InflateEnd = 'input is read'; end !== 'stream ends'; ) {
    fill(stream, BLOCK_HEADER_SIZE_LIMIT)
    if (!hasRoom(stream, LONGEST_MATCH)) makeRoom(stream, CHUNK_SIZE)
    end = inflater.inflate(stream)
    if (end === 'input is read' && endIsRead(stream)) throw inputEnds(stream, COMPRESSED_BLOCKS)
    if ((end === 'input is read' || end === 'block ends') && hasRoom(stream, LONGEST_MATCH)) continue
    const chunk = take(stream)
    checksum.update(chunk, 0, chunk.length)
    length += chunk.length
    if (end === 'stream ends') {
      fill(stream, MEMBER_TRAILER_SIZE)
      verifyMemberTrailer(stream, checksum.digest(), length)
    }
    if (chunk.length > 0) yield chunk
  }
}
