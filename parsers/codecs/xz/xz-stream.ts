import type { ByteSource } from '../../bytes/source.ts'
import type { DecompressStream, StreamOptions } from '../codec.ts'
import { slideDictionary } from '../lzma/dictionary.ts'
import { decodeLzma2Chunk, LZMA2_HEADER_SIZE_LIMIT, lzma2ChunkSizes, startLzma2 } from '../lzma/lzma2.ts'
import {
  fill,
  goesOn,
  hasRoom,
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
import { endBlockData, type IndexRecord, verifySize } from './block.ts'
import { BLOCK_HEADER_SIZE_LIMIT, readBlockHeader } from './block-header.ts'
import { type Check, verifyCheck } from './check.ts'
import { failure } from './failure.ts'
import { filterPiece, startFilterChain } from './filter-chain.ts'
import { checksums, createXzParts, type XzParts } from './parts.ts'
import { blockFollows, verifyStreamPadding } from './stream.ts'
import { STREAM_FOOTER_SIZE, verifyStreamFooter } from './stream-footer.ts'
import { readStreamHeader, STREAM_HEADER_SIZE, streamFollows } from './stream-header.ts'
import { verifyIndex } from './stream-index.ts'

/**
 * The most blocks of a stream. We keep their sizes, some 50 bytes each, to compare them with the Index after them. `xz
 * -T0` makes blocks of 24 MiB, so this many hold 24 TiB, and no user needs a higher limit.
 */
const BLOCK_COUNT_LIMIT = 2 ** 20
/** Bytes (xz 1.2: 3.3). */
const BLOCK_PADDING_LIMIT = 3

/** Decompresses an .xz file like `decompressXz`, in a window of the dictionary size from the block header. */
export const decompressXzStream: DecompressStream = (source, options) =>
  decodeXzStream(source, options, createXzParts())

/** `decompressXzStream` with other inner parts. */
export function* decodeXzStream(
  source: ByteSource,
  options: StreamOptions | undefined,
  parts: XzParts,
  memory?: StreamMemory,
): ReturnType<DecompressStream> {
  const stream = startStream(source, options, memory)
  try {
    do {
      yield* decodeStream(stream, parts)
      if (!stream.stopsAtEnd) skipStreamPadding(stream)
    } while (goesOn(stream, STREAM_HEADER_SIZE, streamFollows))
    return inputOffset(stream)
  } catch (error) {
    throw located(stream, error)
  }
}

/** xz 1.2: 2.1. */
function* decodeStream(stream: StreamProgress, parts: XzParts): Generator<Uint8Array<ArrayBuffer>> {
  fill(stream, STREAM_HEADER_SIZE)
  const flags = readStreamHeader(stream)
  const blocks: IndexRecord[] = []
  for (;;) {
    fill(stream, BLOCK_HEADER_SIZE_LIMIT)
    if (!blockFollows(stream)) break
    if (blocks.length === BLOCK_COUNT_LIMIT) {
      throw failure('LIMIT', 'Block Header', stream.inputPosition, 'exceeds the limit of blocks in a stream', {
        expected: `at most ${BLOCK_COUNT_LIMIT} blocks`,
      })
    }
    blocks.push(yield* decodeBlock(stream, flags.check, parts))
  }
  const indexSize = verifyIndex(stream, blocks, (count) => fill(stream, count))
  fill(stream, STREAM_FOOTER_SIZE)
  verifyStreamFooter(stream, indexSize, flags)
  tellBlock(stream, 0)
}

/** Decodes a block whose header is in `input` (xz 1.2: 3), with one piece for each LZMA2 chunk. */
function* decodeBlock(
  stream: StreamProgress,
  check: Check,
  { lzma, checksums: ownChecksums }: XzParts,
): Generator<Uint8Array<ArrayBuffer>, IndexRecord> {
  const header = readBlockHeader(stream)
  const { dictionarySize, uncompressedSize, filters, offset } = header
  startWindow(
    stream,
    { size: dictionarySize, structure: 'xz Block Header', field: 'Dictionary Size', offset },
    uncompressedSize,
  )
  const chain = filters.length === 0 ? undefined : startFilterChain(filters)
  // What filters return lies in their own memory.
  const checksum = check.start(chain === undefined ? ownChecksums : checksums)
  const lzma2 = startLzma2(lzma, 0, stream.outputPosition)
  let length = 0
  let compressedSize = 0
  tellBlock(stream, 0)
  for (let isLast = false; !isLast; ) {
    fill(stream, LZMA2_HEADER_SIZE_LIMIT)
    const { stored, content } = lzma2ChunkSizes(stream.input, stream.inputPosition)
    fill(stream, stored)
    if (!hasRoom(stream, content)) slideDictionary(lzma, makeRoom(stream, content))
    lzma.inputPosition = stream.inputPosition
    isLast = !decodeLzma2Chunk(lzma2, stream.input, stream.output)
    stream.inputPosition = lzma.inputPosition
    stream.outputPosition = lzma.outputPosition
    length += content
    if (length > (uncompressedSize ?? length)) verifySize(stream, header, 'Uncompressed Size', uncompressedSize, length)
    if (isLast) {
      fill(stream, BLOCK_PADDING_LIMIT + check.size)
      compressedSize = endBlockData(stream, header, length)
    }
    const unfiltered = take(stream)
    if (!isLast) tellBlock(stream, unfiltered.length)
    const chunk = chain === undefined ? unfiltered : filterPiece(chain, unfiltered, isLast)
    checksum.update(chunk, 0, chunk.length)
    if (isLast) {
      verifyCheck(check, stream, checksum.digest())
      tellBlock(stream, unfiltered.length)
    }
    if (chunk.length > 0) yield chunk
  }
  return { unpaddedSize: header.size + compressedSize + check.size, uncompressedSize: length }
}

/** Skips zero bytes, a multiple of four (xz 1.2: 2.2). */
function skipStreamPadding(stream: StreamProgress): void {
  const start = inputOffset(stream)
  skipZeros(stream)
  verifyStreamPadding(start - stream.inputStart, inputOffset(stream) - start)
  tellBlock(stream, 0)
}
