import type { ByteSource } from '../bytes/source.ts'
import { formatError } from '../bytes/source.ts'
import { decompressBzip2Stream } from './bzip2/bzip2-stream.ts'
import type { DecompressStream, StreamOptions } from './codec.ts'
import { portableDecoders } from './decoders.ts'
import { COMPRESSED_BLOCKS } from './gzip/gzip.ts'
import { decodeGzipStream, decompressGzipStream } from './gzip/gzip-stream.ts'
import { decodeLz4FrameStream, decompressLz4FrameStream } from './lz4/frame-stream.ts'
import { decodeLzmaAloneStream, decompressLzmaAloneStream } from './lzma/alone-stream.ts'
import { decodeLzopStream, decompressLzopStream } from './lzop/lzop-stream.ts'
import type { StreamMemory } from './stream-progress.ts'
import { inflateModule, wasmInflater } from './wasm/inflate.ts'
import { isTrap, type Module, type ModuleExports } from './wasm/instance.ts'
import { lz4Module, wasmLz4Block } from './wasm/lz4.ts'
import { lzmaModule, wasmLzmaState, wasmXzParts } from './wasm/lzma.ts'
import { WasmStreamMemory } from './wasm/stream-memory.ts'
import { wasmCompressedBlocks, zstdModule } from './wasm/zstd.ts'
import { decodeXzStream, decompressXzStream } from './xz/xz-stream.ts'
import { decodeZstdStream, decompressZstdStream } from './zstd/zstd-stream.ts'

/** The formats of files that are compressed as a whole, by the names of their tools. */
export type StreamName = 'zstd' | 'xz' | 'lzma' | 'lz4' | 'gzip' | 'bzip2' | 'lzop'

/** Our stream decoders in TypeScript. */
export const plainStreams: Readonly<Record<StreamName, DecompressStream>> = {
  zstd: decompressZstdStream,
  xz: decompressXzStream,
  lzma: decompressLzmaAloneStream,
  lz4: decompressLz4FrameStream,
  gzip: decompressGzipStream,
  bzip2: decompressBzip2Stream,
  lzop: decompressLzopStream,
}

/**
 * Our stream decoders: in WebAssembly where it is allowed, else in TypeScript. Streams at the same time have an instance
 * each.
 */
export const portableStreams: Readonly<Record<StreamName, DecompressStream>> = {
  zstd: portable('zstd', zstdModule, (source, options, exports, memory) =>
    decodeZstdStream(source, options, wasmCompressedBlocks(exports), memory),
  ),
  xz: portable('xz', lzmaModule, (source, options, exports, memory) =>
    decodeXzStream(source, options, wasmXzParts(exports), memory),
  ),
  lzma: portable('lzma', lzmaModule, (source, options, exports, memory) =>
    decodeLzmaAloneStream(source, options, wasmLzmaState(exports), memory),
  ),
  lz4: portable('lz4', lz4Module, (source, options, exports, memory) =>
    decodeLz4FrameStream(source, options, wasmLz4Block(exports), memory),
  ),
  gzip: portable('gzip', inflateModule, (source, options, exports, memory) =>
    decodeGzipStream(source, options, wasmInflater(exports, COMPRESSED_BLOCKS), memory),
  ),
  bzip2: decompressBzip2Stream,
  lzop: (source, options) => decodeLzopStream(source, options, portableDecoders.lzo),
}

/** An instance with more memory than this ends with its stream. In bytes. */
const KEPT_MEMORY = 4 << 20

function portable<Exports extends ModuleExports>(
  name: StreamName,
  module: Module<Exports>,
  decode: (
    source: ByteSource,
    options: StreamOptions | undefined,
    exports: Exports,
    memory: StreamMemory,
  ) => ReturnType<DecompressStream>,
): DecompressStream {
  /** The instance of the stream that ended last. A search of 1,506 small files took 1.9 times as long without it. */
  let idle: Exports | undefined
  return function* (source, options) {
    let exports = idle ?? module.instantiate()
    idle = undefined
    if (exports === undefined) return yield* plainStreams[name](source, options)
    try {
      return yield* decode(source, options, exports, new WasmStreamMemory(exports))
    } catch (error) {
      if (!isTrap(error)) throw error
      exports = undefined
      throw formatError('MALFORMED', 'cannot be decompressed', source, { structure: `${name} stream`, offset: 0 })
    } finally {
      if (exports !== undefined && exports.memory.buffer.byteLength <= KEPT_MEMORY) idle = exports
    }
  }
}
