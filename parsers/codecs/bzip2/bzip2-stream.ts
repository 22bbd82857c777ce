import { hex } from '../../bytes/errors.ts'
import { startCrc32Bzip2 } from '../../checksums/crc32-bzip2.ts'
import type { DecompressStream } from '../codec.ts'
import {
  fill,
  hasRoom,
  inputIsRead,
  inputOffset,
  makeRoom,
  skipZeros,
  startStream,
  startWindow,
  take,
  tellBlock,
} from '../stream-progress.ts'
import { bitOffset, takeMagic } from './bits.ts'
import { type BlockDecoder, createBlockDecoder, readBlockData } from './block-data.ts'
import { BLOCK_MAGIC, readBlockHeader, verifyBlockCrc, verifyOrigPtr } from './block-header.ts'
import { createBlockTrees, readBlockTrees } from './block-trees.ts'
import { linkBlock } from './burrows-wheeler.ts'
import { failure } from './failure.ts'
import { countIsMissing, LONGEST_RUN, startContent, writeContent } from './run-lengths.ts'
import { addBlockCrc, FOOTER_MAGIC, verifyStreamFooter } from './stream-footer.ts'
import { readStreamHeader, STREAM_HEADER_SIZE, streamFollows } from './stream-header.ts'

/** The least room for a piece. */
const CHUNK_SIZE = 64 * 1024

/**
 * Decompresses a .bz2 file ("bzip2 Format Specification", Joe Tsai, 2016, which is not an official one): one or more
 * streams, and zero bytes after the last one, as in gzip. It verifies the checksums of blocks and streams, and holds one
 * block at a time, 3.6 MB at most.
 *
 * The bzip2 tool ignores anything after the first stream that does not begin like another one. So it loses all streams
 * after a damaged header and reports success. We refuse such a file.
 */
export const decompressBzip2Stream: DecompressStream = function* (source, options) {
  const stream = startStream(source, options)
  const decoder = createBlockDecoder({ stream, bits: 0, bitCount: 0 }, createBlockTrees())
  do {
    yield* decodeStream(decoder)
    tellBlock(stream, 0)
    fill(stream, STREAM_HEADER_SIZE)
  } while (stream.stopsAtEnd ? streamFollows(stream) : !inputIsRead(stream) && stream.input[stream.inputPosition] !== 0)
  if (!stream.stopsAtEnd && !skipZeros(stream)) {
    throw failure(stream, 'MALFORMED', 'padding', inputOffset(stream), 'has a non-zero byte', {
      found: hex(stream.input[stream.inputPosition]!),
    })
  }
  tellBlock(stream, 0)
  return inputOffset(stream)
}

/** BZipStream: StreamHeader, any number of StreamBlock, StreamFooter. */
function* decodeStream(decoder: BlockDecoder): Generator<Uint8Array<ArrayBuffer>> {
  const { reader } = decoder
  const { stream } = reader
  const blockSize = readStreamHeader(reader)
  startWindow(stream, { size: 0, structure: 'bzip2 StreamBlock', field: 'window', offset: inputOffset(stream) })
  tellBlock(stream, 0)
  let streamCrc = 0
  for (;;) {
    const offset = bitOffset(reader)
    const magic = takeMagic(reader, 'StreamBlock', 'BlockMagic')
    if (magic === FOOTER_MAGIC) break
    if (magic !== BLOCK_MAGIC) {
      throw failure(stream, 'MALFORMED', 'StreamBlock', offset, 'neither a block nor the footer begins here', {
        field: 'BlockMagic',
        found: hex(magic),
        expected: `${hex(BLOCK_MAGIC)} or ${hex(FOOTER_MAGIC)}`,
      })
    }
    streamCrc = addBlockCrc(streamCrc, yield* decodeBlock(decoder, blockSize))
  }
  verifyStreamFooter(reader, streamCrc)
}

/**
 * StreamBlock, after its magic number.
 * @returns the checksum of its content
 */
function* decodeBlock(decoder: BlockDecoder, blockSize: number): Generator<Uint8Array<ArrayBuffer>, number> {
  const { reader, blockTrees } = decoder
  const { stream } = reader
  const header = readBlockHeader(reader)
  readBlockTrees(reader, blockTrees)
  if (decoder.block.length < blockSize) decoder.block = new Int32Array(blockSize)
  const length = readBlockData(decoder, blockSize)
  verifyOrigPtr(reader, header, length)
  linkBlock(decoder.block, length)
  const content = startContent(decoder.block, length, header.origPtr)
  let unpacked = 0
  const checksum = startCrc32Bzip2()
  while (content.left > 0) {
    if (!hasRoom(stream, LONGEST_RUN)) makeRoom(stream, CHUNK_SIZE)
    writeContent(content, stream)
    const chunk = take(stream)
    checksum.update(chunk, 0, chunk.length)
    unpacked += chunk.length
    if (content.left === 0) {
      if (countIsMissing(content)) {
        throw failure(stream, 'MALFORMED', 'BlockData', bitOffset(reader), 'ends where the count of a run is missing')
      }
      verifyBlockCrc(reader, header, checksum.digest())
      tellBlock(stream, unpacked)
    }
    // A count of 0 may be all that was left.
    if (chunk.length > 0) yield chunk
  }
  return header.blockCrc
}
