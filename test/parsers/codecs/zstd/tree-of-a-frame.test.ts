import { describe, expect, it } from 'vitest'
import type { Decompress, DecompressStream } from '../../../../parsers/codecs/codec.ts'
import { plainDecoders, portableDecoders } from '../../../../parsers/codecs/decoders.ts'
import { plainStreams, portableStreams } from '../../../../parsers/codecs/streams.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { bytesOf } from '../damage-cases.ts'
import { collect } from '../streams/collect.ts'

/** Literals of a block with a Huffman tree (RFC 8878 3.1.1.3.1). */
interface Literals {
  readonly tree: Uint8Array
  readonly streams: Uint8Array
  readonly size: number
  readonly sizeFormat: number
}

/** The literals of the first block of a frame that has a Huffman tree, one block and no content size. */
function literalsOf(frame: Uint8Array): Literals {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  // Magic, descriptor and window (3.1.1.1), then the header of the block (3.1.1.2).
  const block = 4 + 1 + 1 + 3
  const header = view.getUint32(block, true)
  expect(header & 3).toBe(2)
  const sizeFormat = (header >> 2) & 3
  // 10 bits for each size, in 3 bytes.
  expect(sizeFormat).toBeLessThan(2)
  const size = (header >> 4) & 0x3ff
  const stored = (header >> 14) & 0x3ff
  const start = block + 3
  const treeByte = frame[start]!
  // 4.2.1: compressed weights, or four bits for each.
  const treeLength = 1 + (treeByte < 128 ? treeByte : Math.ceil((treeByte - 127) / 2))
  return {
    tree: frame.subarray(start, start + treeLength),
    streams: frame.subarray(start + treeLength, start + stored),
    size,
    sizeFormat,
  }
}

/** A block of these literals and no sequences; without the tree it is a Treeless_Literals_Block. */
function block({ tree, streams, size, sizeFormat }: Literals, hasTree: boolean, isLast: boolean): Buffer {
  const stored = streams.length + (hasTree ? tree.length : 0)
  const head = Buffer.alloc(3)
  head.writeUIntLE((hasTree ? 2 : 3) + sizeFormat * 4 + size * 16 + stored * 2 ** 14, 0, 3)
  const content = Buffer.concat([head, hasTree ? tree : Buffer.alloc(0), streams, Buffer.of(0)])
  const header = Buffer.alloc(3)
  header.writeUIntLE((isLast ? 1 : 0) + 2 * 2 + content.length * 8, 0, 3)
  return Buffer.concat([header, content])
}

const frame = (...blocks: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x50), ...blocks])

const asBlock = (decompress: Decompress) => (input: Uint8Array) => {
  const output = new Uint8Array(1 << 16)
  return Buffer.from(output.subarray(0, decompress(input, output)))
}
const asStream = (decompress: DecompressStream) => (input: Uint8Array) => collect(decompress, input).bytes

describe.each([
  ['in TypeScript', asBlock(plainDecoders.zstd)],
  ['in WebAssembly', asBlock(portableDecoders.zstd)],
  ['of streams, in TypeScript', asStream(plainStreams.zstd)],
  ['of streams, in WebAssembly', asStream(portableStreams.zstd)],
])('the decoder %s', (_, decode) => {
  const literals = literalsOf(bytesOf('seeds/zstd/text.unchecked'))

  it('uses a Huffman tree again in the same frame', () => {
    const once = decode(frame(block(literals, true, true)))
    expect(once).toHaveLength(literals.size)
    const twice = decode(frame(block(literals, true, false), block(literals, false, true)))
    expect(twice.equals(Buffer.concat([once, once]))).toBe(true)
  })

  it('does not use it in the next frame', () => {
    const first = frame(block(literals, true, true))
    const second = frame(block(literals, false, true))
    expect(() => decode(second)).toThrow(FormatError)
    expect(() => decode(Buffer.concat([first, second]))).toThrow(FormatError)
    expect(decode(Buffer.concat([first, first]))).toHaveLength(2 * literals.size)
  })
})
