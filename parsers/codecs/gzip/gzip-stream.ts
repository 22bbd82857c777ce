import { startCrc32 } from '../../checksums/crc32.ts'
import type { DecompressStream } from '../codec.ts'
import { inflate, inflateInputEnds, startInflater } from '../inflate.ts'
import {
  fill,
  hasRoom,
  inputIsRead,
  located,
  makeRoom,
  type StreamProgress,
  startStream,
  startWindow,
  take,
} from '../stream-progress.ts'
import { COMPRESSED_BLOCKS } from './gzip.ts'
import { CRC16_SIZE, MEMBER_HEADER_SIZE_LIMIT, readMemberHeader } from './member-header.ts'
import { MEMBER_TRAILER_SIZE, paddingNotZero, verifyMemberTrailer } from './member-trailer.ts'

/** Bytes of a piece, where the input goes on. */
const CHUNK_SIZE = 64 * 1024

/** Decompresses a gzip file as `decompressGzip` does; the window, 32 KiB, is pako's. */
export const decompressGzipStream: DecompressStream = function* (source, limits) {
  const stream = startStream(source, limits)
  try {
    do {
      yield* decodeMember(stream)
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
function* decodeMember(stream: StreamProgress): Generator<Uint8Array<ArrayBuffer>> {
  // The checksum of the header stands behind its names, which the limit is for.
  fill(stream, MEMBER_HEADER_SIZE_LIMIT + CRC16_SIZE)
  readMemberHeader(stream)
  startWindow(stream, { size: 0, structure: COMPRESSED_BLOCKS, field: 'window', offset: 0 })
  const inflater = startInflater('deflate')
  const checksum = startCrc32()
  let length = 0
  for (let end = 'input is read'; end !== 'stream ends'; ) {
    fill(stream, 1)
    if (!hasRoom(stream, 1)) makeRoom(stream, CHUNK_SIZE)
    end = inflate(inflater, stream, COMPRESSED_BLOCKS)
    if (end === 'input is read' && inputIsRead(stream)) throw inflateInputEnds(stream, COMPRESSED_BLOCKS)
    if (end === 'input is read' && hasRoom(stream, 1)) continue
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
