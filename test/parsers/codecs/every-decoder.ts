import { differences } from '../../../fuzz/verdicts.js'
import { wasmOnly } from '../../../fuzz/wasm-only.js'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { decompressBzip2Stream } from '../../../parsers/codecs/bzip2/bzip2-stream.ts'
import type { Decompress, DecompressStream } from '../../../parsers/codecs/codec.ts'
import { plainDecoders, wasmDecoders } from '../../../parsers/codecs/decoders.ts'
import { COMPRESSED_BLOCKS, decodeGzip, decompressGzip } from '../../../parsers/codecs/gzip/gzip.ts'
import { decompressGzipStream } from '../../../parsers/codecs/gzip/gzip-stream.ts'
import { decompressLz4Frame } from '../../../parsers/codecs/lz4/frame.ts'
import { decompressLz4FrameStream } from '../../../parsers/codecs/lz4/frame-stream.ts'
import { decompressLzmaAloneStream } from '../../../parsers/codecs/lzma/alone-stream.ts'
import { decodeLzma2 } from '../../../parsers/codecs/lzma/lzma2.ts'
import { decompressLzopStream } from '../../../parsers/codecs/lzop/lzop-stream.ts'
import { createBlockDecoder } from '../../../parsers/codecs/wasm/block-decoder.ts'
import { inflateModule, wasmInflater } from '../../../parsers/codecs/wasm/inflate.ts'
import { lzmaModule, wasmLzmaState } from '../../../parsers/codecs/wasm/lzma.ts'
import { decompressXzStream } from '../../../parsers/codecs/xz/xz-stream.ts'
import { decompressZstdStream } from '../../../parsers/codecs/zstd/zstd-stream.ts'
import { FormatError } from '../../../parsers/index.ts'
import { damageCases } from './damage-cases.ts'
import { decompressLzma2 } from './lzma/chunks.ts'

/** Bytes that are read at a time: as few as can be, some, all. By the length of the input, so that it can be repeated. */
const READ_AHEADS = [1, 13, 100, 1000, 262_144]
const WINDOW_LIMIT = 16 * 2 ** 20

/** A decoder that the fuzzer knows too, under this name. */
export interface Tested {
  readonly name: string
  /** The folder of its streams in fixtures/codecs/seeds. */
  readonly seeds: string
  readonly decompress: Decompress
  /** Of a decoder in WebAssembly: the one in TypeScript, whose verdict it must have but for fuzz/verdicts.js. */
  readonly twin?: Decompress
}

function streamed(name: string, seeds: string, decode: DecompressStream): Tested {
  const decompress: Decompress = (input, output) => {
    const limits = { windowSize: WINDOW_LIMIT, readAhead: READ_AHEADS[input.length % READ_AHEADS.length]! }
    let written = 0
    for (const piece of decode(bytesSource(input, 'input'), limits)) {
      if (written + piece.length > output.length) {
        throw new FormatError('LIMIT', 'is longer than the room', { source: 'input', structure: 'stream', offset: 0 })
      }
      output.set(piece, written)
      written += piece.length
    }
    return written
  }
  return { name, seeds, decompress }
}

/** A gzip file has several members, which start anywhere in the output. We decode only streams of them. */
const gzipInWasm = createBlockDecoder(inflateModule, (exports) => {
  const inflater = wasmInflater(exports, COMPRESSED_BLOCKS)
  return (input, output) => decodeGzip(input, output, inflater)
})

/** Our decoders in TypeScript that have a twin in WebAssembly. */
const twins: Readonly<Record<string, Decompress>> = { ...plainDecoders, gzip: decompressGzip }

/** Those twins, each without the decoder in TypeScript that decides about what it refuses. */
export const inWasm: readonly Required<Tested>[] = Object.entries({
  ...Object.fromEntries(Object.entries(wasmDecoders).map(([codec, make]) => [codec, make()])),
  gzip: gzipInWasm,
}).map(([seeds, decoder]) => ({
  name: `wasm-${seeds}`,
  seeds,
  decompress: wasmOnly(decoder),
  twin: twins[seeds]!,
}))

const lzma2InWasm = createBlockDecoder(lzmaModule, (exports) => {
  const lzma = wasmLzmaState(exports)
  return (input, output) => decodeLzma2(lzma, { input, inputStart: 0, output, outputStart: 0 }).outputEnd
})

/** Those, and the inner parts that some tests decode without what is around them. */
export const partsInWasm: readonly Omit<Required<Tested>, 'name'>[] = [
  ...inWasm,
  { seeds: 'xz', decompress: wasmOnly(lzma2InWasm), twin: decompressLzma2 },
]

/** What the prefixes of a stream end with, by the decoder. */
export function endsOfPrefixes({ seeds, twin }: Tested): readonly string[] {
  const { prefix } = damageCases[seeds]!
  if (twin === undefined) return prefix
  return prefix.flatMap((code) => [code, ...(differences[seeds]?.[code] ?? [])])
}

/** All decoders there are, those of streams as if they were of blocks. */
export const everyDecoder: readonly Tested[] = [
  ...Object.entries(twins).map(([name, decompress]) => ({ name, seeds: name, decompress })),
  ...inWasm,
  { name: 'lz4-frame', seeds: 'lz4-frame', decompress: decompressLz4Frame },
  streamed('zstd-stream', 'zstd', decompressZstdStream),
  streamed('xz-stream', 'xz', decompressXzStream),
  streamed('lzma-stream', 'lzma', decompressLzmaAloneStream),
  streamed('gzip-stream', 'gzip', decompressGzipStream),
  streamed('lz4-frame-stream', 'lz4-frame', decompressLz4FrameStream),
  streamed('bzip2-stream', 'bzip2', decompressBzip2Stream),
  streamed('lzop-stream', 'lzop', decompressLzopStream),
]
