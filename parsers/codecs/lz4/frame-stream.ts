import type { ByteSource } from '../../bytes/source.ts'
import { startXxhash32 } from '../../checksums/xxhash32.ts'
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
import { type DecodeLz4Block, decodeLz4Block } from './block.ts'
import { BLOCK_SIZE_SIZE, CHECKSUM_SIZE, dataBlockSizes, decodeDataBlock } from './data-block.ts'
import { inputEnds, need } from './failure.ts'
import { verifyContentChecksum, verifyContentSize } from './frame.ts'
import { FRAME_DESCRIPTOR_SIZE_LIMIT, readFrameDescriptor } from './frame-descriptor.ts'
import { decodeLegacyBlock, isLegacyBlockSize, legacyBlockFollows, legacyBlockSizes } from './legacy-block.ts'
import { frameFollows, readMagicNumber, readSkippableSize, SKIPPABLE_HEADER_SIZE } from './magic-number.ts'

/** Offsets have 16 bits ("LZ4 Block Format"). */
const WINDOW_SIZE = 64 * 1024

/**
 * Decompresses LZ4 frames, legacy frames and skippable frames like `decompressLz4Frame`, with one piece for each block.
 */
export const decompressLz4FrameStream: DecompressStream = (source, options) =>
  decodeLz4FrameStream(source, options, decodeLz4Block)

/** `decompressLz4FrameStream` with other code for blocks. */
export function* decodeLz4FrameStream(
  source: ByteSource,
  options: StreamOptions | undefined,
  decode: DecodeLz4Block,
  memory?: StreamMemory,
): ReturnType<DecompressStream> {
  const stream = startStream(source, options, memory)
  try {
    do {
      fill(stream, SKIPPABLE_HEADER_SIZE)
      const frame = readMagicNumber(stream)
      if (frame === 'frame') yield* decodeFrame(stream, decode)
      else if (frame === 'legacy frame') yield* decodeLegacyFrame(stream, decode)
      else skipFrame(stream)
    } while (goesOn(stream, SKIPPABLE_HEADER_SIZE, frameFollows))
    return inputOffset(stream)
  } catch (error) {
    throw located(stream, error)
  }
}

/** Decodes one frame; the caller has read its magic number. */
function* decodeFrame(stream: StreamProgress, decode: DecodeLz4Block): Generator<Uint8Array<ArrayBuffer>> {
  fill(stream, FRAME_DESCRIPTOR_SIZE_LIMIT)
  const descriptor = readFrameDescriptor(stream)
  const { contentSize, hasContentChecksum, hasIndependentBlocks, offset } = descriptor
  const size = hasIndependentBlocks ? 0 : WINDOW_SIZE
  startWindow(stream, { size, structure: 'LZ4 Frame Descriptor', field: 'window', offset })
  const checksum = startXxhash32()
  let length = 0
  tellBlock(stream, 0)
  for (let isLast = false; !isLast; ) {
    fill(stream, BLOCK_SIZE_SIZE)
    need(stream, BLOCK_SIZE_SIZE, 'Data Block')
    const { stored, content } = dataBlockSizes(stream, descriptor)
    fill(stream, stored)
    if (!hasRoom(stream, content)) makeRoom(stream, content)
    isLast = !decodeDataBlock(stream, descriptor, 0, decode)
    const chunk = take(stream)
    length += chunk.length
    tellBlock(stream, chunk.length)
    if (hasContentChecksum) checksum.update(chunk, 0, chunk.length)
    if (isLast || length > (contentSize ?? length)) verifyContentSize(stream, descriptor, length)
    if (isLast && hasContentChecksum) {
      fill(stream, CHECKSUM_SIZE)
      verifyContentChecksum(stream, checksum.digest())
      tellBlock(stream, 0)
    }
    if (chunk.length > 0) yield chunk
  }
}

/** Decodes one legacy frame; the caller has read its magic number. */
function* decodeLegacyFrame(stream: StreamProgress, decode: DecodeLz4Block): Generator<Uint8Array<ArrayBuffer>> {
  startWindow(stream, { size: 0, structure: 'LZ4 legacy Data Block', field: 'window', offset: inputOffset(stream) })
  tellBlock(stream, 0)
  for (;;) {
    fill(stream, BLOCK_SIZE_SIZE)
    if (!legacyBlockFollows(stream) || !legacyStreamGoesOn(stream)) return
    const { stored, content } = legacyBlockSizes(stream)
    fill(stream, stored)
    if (!hasRoom(stream, content)) makeRoom(stream, content)
    decodeLegacyBlock(stream, decode)
    const chunk = take(stream)
    tellBlock(stream, chunk.length)
    if (chunk.length > 0) yield chunk
  }
}

/**
 * A legacy frame has no end mark. If the stream may end before the source, bytes that cannot be the size of a block end
 * it, as for the kernel (lib/decompress_unlz4.c).
 */
function legacyStreamGoesOn({ stopsAtEnd, inputView, inputPosition }: StreamProgress): boolean {
  return !stopsAtEnd || isLegacyBlockSize(inputView.getUint32(inputPosition, true))
}

function skipFrame(stream: StreamProgress): void {
  const size = readSkippableSize(stream)
  const left = stream.source.size - inputOffset(stream)
  if (left < size) throw inputEnds(stream.inputPosition, 'User Data', left, size)
  skip(stream, size)
  tellBlock(stream, 0)
}
