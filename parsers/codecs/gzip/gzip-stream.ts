import type { ByteSource } from '../../bytes/source.ts'
import type { DecompressStream, StreamOptions } from '../codec.ts'
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
  type StreamMemory,
  type StreamProgress,
  skipZeros,
  startStream,
  startWindow,
  take,
  tellBlock,
} from '../stream-progress.ts'
import { COMPRESSED_BLOCKS } from './gzip.ts'
import { FIXED_SIZE, MAGIC_SIZE, memberFollows, memberHeaderSizeLimit, readMemberHeader } from './member-header.ts'
import { MEMBER_TRAILER_SIZE, paddingNotZero, verifyMemberTrailer } from './member-trailer.ts'

/** The least room for a piece. */
const CHUNK_SIZE = 64 * 1024
/** RFC 1951 2: no distance is larger. */
const WINDOW_SIZE = 32 * 1024

/** Decompresses a gzip file like `decompressGzip`. */
export const decompressGzipStream: DecompressStream = (source, options) =>
  decodeGzipStream(source, options, createInflater(COMPRESSED_BLOCKS))

/** `decompressGzipStream` with another inner part. */
export function* decodeGzipStream(
  source: ByteSource,
  options: StreamOptions | undefined,
  inflater: Inflater,
  memory?: StreamMemory,
): ReturnType<DecompressStream> {
  const stream = startStream(source, options, memory)
  try {
    do {
      yield* decodeMember(stream, inflater)
      fill(stream, MAGIC_SIZE)
    } while (stream.stopsAtEnd ? memberFollows(stream) : !inputIsRead(stream) && !isZero(stream))
    if (!stream.stopsAtEnd) readPadding(stream)
    return inputOffset(stream)
  } catch (error) {
    throw located(stream, error)
  }
}

function isZero({ input, inputPosition }: StreamProgress): boolean {
  return input[inputPosition] === 0
}

/** Reads zero bytes up to the end of the source. */
function readPadding(stream: StreamProgress): void {
  if (!skipZeros(stream)) throw paddingNotZero(stream.inputPosition, stream.input[stream.inputPosition]!)
  tellBlock(stream, 0)
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
  let toldLength = 0
  tellBlock(stream, 0)
  for (let end: InflateEnd = 'input is read'; end !== 'stream ends'; ) {
    fill(stream, BLOCK_HEADER_SIZE_LIMIT)
    if (!hasRoom(stream, LONGEST_MATCH)) makeRoom(stream, CHUNK_SIZE)
    const before = stream.outputPosition
    end = inflater.inflate(stream)
    length += stream.outputPosition - before
    if (end === 'block ends' || end === 'stream ends') {
      tellBlock(stream, length - toldLength)
      toldLength = length
    }
    if (end === 'input is read' && endIsRead(stream)) {
      // What a file that is cut short still has.
      if (stream.outputPosition > stream.takenPosition) yield take(stream)
      throw inputEnds(stream, COMPRESSED_BLOCKS)
    }
    if ((end === 'input is read' || end === 'block ends') && hasRoom(stream, LONGEST_MATCH)) continue
    const chunk = take(stream)
    checksum.update(chunk, 0, chunk.length)
    if (end === 'stream ends') {
      fill(stream, MEMBER_TRAILER_SIZE)
      verifyMemberTrailer(stream, checksum.digest(), length)
      tellBlock(stream, 0)
    }
    if (chunk.length > 0) yield chunk
  }
}
