import { bytesSource } from '../../../../parsers/bytes/source.ts'
import { takeMagic } from '../../../../parsers/codecs/bzip2/bits.ts'
import { createBlockDecoder, readBlockData } from '../../../../parsers/codecs/bzip2/block-data.ts'
import { readBlockHeader } from '../../../../parsers/codecs/bzip2/block-header.ts'
import { createBlockTrees, readBlockTrees } from '../../../../parsers/codecs/bzip2/block-trees.ts'
import { decompressBzip2Stream } from '../../../../parsers/codecs/bzip2/bzip2-stream.ts'
import { readStreamHeader } from '../../../../parsers/codecs/bzip2/stream-header.ts'
import { inputOffset, startStream } from '../../../../parsers/codecs/stream-progress.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { pseudoRandom } from '../samples.ts'
import { streamed } from '../streams/collect.ts'
import { type Block, bzip2Stream, GROUP_SIZE } from './encoder.ts'

const BLOCK_SIZE = 100_000
const DATA_BITS = 6000

/**
 * A stream of one block with codes of any lengths, whether they make a code or not, and data of random bits, up to the
 * first end of block that we find in them. Its checksums are those of what we read.
 * @returns undefined if the data have no end, or bits that are no code
 */
export function randomBlock(seed: number): Buffer | undefined {
  const random = pseudoRandom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const used = [...new Set(Array.from({ length: 1 + below(20) }, () => below(256)))].sort((left, right) => left - right)
  const [shortest, range] = [1 + below(6), 1 + below(random() < 0.2 ? 15 : 4)]
  const trees = Array.from({ length: 2 + below(5) }, () =>
    Array.from({ length: used.length + 2 }, () => Math.min(20, shortest + below(range))),
  )
  const selectors = Array.from({ length: Math.ceil(DATA_BITS / GROUP_SIZE) }, () => below(trees.length))
  const dataBits = Array.from({ length: DATA_BITS }, () => below(2)).join('')
  const block: Block = { content: new Uint8Array(0), bytes: [0], used, trees, selectors, symbols: [], dataBits }
  const size = measure(bzip2Stream([block], { level: 1 }))
  if (size === undefined) return undefined
  const origPtr = below(size.length)
  const stream = (blockCrc: number) =>
    bzip2Stream([{ ...block, blockCrc, origPtr, dataBits: dataBits.slice(0, size.dataBits) }], { level: 1 })
  const result = streamed(decompressBzip2Stream, stream(0))
  const isRead = result instanceof FormatError && result.facts.field === 'BlockCRC'
  return stream(isRead ? Number(result.facts.expected) : 0)
}

/** The number of bytes in the first block, and of bits in its data. */
function measure(file: Uint8Array): { length: number; dataBits: number } | undefined {
  const stream = startStream(bytesSource(file, 'file'))
  const reader = { stream, bits: 0, bitCount: 0 }
  const position = () => 8 * inputOffset(stream) - reader.bitCount
  readStreamHeader(reader)
  takeMagic(reader, 'block', 'magic')
  readBlockHeader(reader)
  const decoder = createBlockDecoder(reader, createBlockTrees())
  readBlockTrees(reader, decoder.blockTrees)
  decoder.block = new Int32Array(BLOCK_SIZE)
  const start = position()
  try {
    const length = readBlockData(decoder, BLOCK_SIZE)
    return length === 0 ? undefined : { length, dataBits: position() - start }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return undefined
  }
}
