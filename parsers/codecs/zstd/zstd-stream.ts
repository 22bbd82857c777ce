import type { ByteSource } from '../../bytes/source.ts'
import type { DecompressStream, StreamOptions } from '../codec.ts'
import {
  fill,
  goesOn,
  hasRoom,
  inputOffset,
  located,
  makeRoom,
  type StreamMemory,
  type StreamProgress,
  skip,
  startStream,
  startWindow,
  take,
  tellBlock,
} from '../stream-progress.ts'
import { BLOCK_HEADER_SIZE, blockInputSize, decodeBlock } from './block.ts'
import { type CompressedBlocks, createCompressedBlocks } from './compressed-blocks.ts'
import { readContentChecksum, verifyContentChecksum, verifyContentSize } from './frame.ts'
import { FRAME_HEADER_SIZE_LIMIT, readFrameHeader } from './frame-header.ts'
import { BLOCK_SIZE_LIMIT } from './limits.ts'
import { frameFollows, readMagicNumber, readSkippableSize, SKIPPABLE_HEADER_SIZE } from './magic-number.ts'
import { inputEnds } from './progress.ts'

/** Decompresses Zstandard data like `decompressZstd`, but refuses matches from before the window. */
export const decompressZstdStream: DecompressStream = (source, options) =>
  decodeZstdStream(source, options, createCompressedBlocks())

/** `decompressZstdStream` with other code for the inner part. */
export function* decodeZstdStream(
  source: ByteSource,
  options: StreamOptions | undefined,
  blocks: CompressedBlocks,
  memory?: StreamMemory,
): ReturnType<DecompressStream> {
  const stream = startStream(source, options, memory)
  try {
    do {
      fill(stream, SKIPPABLE_HEADER_SIZE)
      if (readMagicNumber(stream) === 'frame') yield* decodeFrame(stream, blocks)
      else skipFrame(stream)
    } while (goesOn(stream, SKIPPABLE_HEADER_SIZE, frameFollows))
    return inputOffset(stream)
  } catch (error) {
    throw located(stream, error)
  }
}

/** Decodes one frame (RFC 8878 3.1.1), with one piece for each block. The caller has read its magic number. */
function* decodeFrame(stream: StreamProgress, blocks: CompressedBlocks): Generator<Uint8Array<ArrayBuffer>> {
  fill(stream, FRAME_HEADER_SIZE_LIMIT)
  const header = readFrameHeader(stream)
  const { windowSize, contentSize, blockMaximumSize, offset } = header
  startWindow(stream, { size: windowSize, structure: 'zstd Frame_Header', field: 'Window_Size', offset }, contentSize)
  blocks.startFrame()
  const checksum = blocks.startChecksum()
  let length = 0
  tellBlock(stream, 0)
  for (let isLast = false; !isLast; ) {
    fill(stream, BLOCK_HEADER_SIZE)
    fill(stream, Math.min(blockInputSize(stream), BLOCK_HEADER_SIZE + BLOCK_SIZE_LIMIT))
    if (!hasRoom(stream, blockMaximumSize)) makeRoom(stream, blockMaximumSize)
    isLast = decodeBlock(stream, blocks, 0, blockMaximumSize)
    const chunk = take(stream)
    length += chunk.length
    tellBlock(stream, chunk.length)
    if (header.hasChecksum) checksum.update(chunk, 0, chunk.length)
    if (isLast || length > (contentSize ?? length)) verifyContentSize(stream, header, length)
    if (isLast && header.hasChecksum) {
      fill(stream, 4)
      verifyContentChecksum(stream, readContentChecksum(stream), checksum.digest())
      tellBlock(stream, 0)
    }
    if (chunk.length > 0) yield chunk
  }
}

function skipFrame(stream: StreamProgress): void {
  const size = readSkippableSize(stream)
  const left = stream.source.size - inputOffset(stream)
  if (left < size) throw inputEnds(stream.inputPosition, 'Skippable_Frame User_Data', left, size)
  skip(stream, size)
  tellBlock(stream, 0)
}
