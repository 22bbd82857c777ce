import { FormatError } from '../bytes/errors.ts'
import type { BlockDecompressor, CodecName, Decompress, Decompressors } from './codec.ts'
import { decompressLz4Block } from './lz4/block.ts'
import { decodeLzmaAlone, decompressLzmaAlone } from './lzma/alone.ts'
import { decompressLzo1x } from './lzo/lzo1x.ts'
import { type BlockDecoder, createBlockDecoder } from './wasm/block-decoder.ts'
import { inflateModule, wasmInflater } from './wasm/inflate.ts'
import { lz4Module, wasmLz4Block } from './wasm/lz4.ts'
import { lzmaModule, wasmLzmaState, wasmXzParts } from './wasm/lzma.ts'
import { lzoModule, wasmLzo1x } from './wasm/lzo.ts'
import { wasmCompressedBlocks, zstdModule } from './wasm/zstd.ts'
import { decodeXz, decompressXz } from './xz/stream.ts'
import { decodeZlib, decompressZlib, ZLIB_STREAM } from './zlib.ts'
import { decodeFrames, decompressZstd } from './zstd/zstd.ts'

/** Our decoders in TypeScript. They are for reading, for testing the others, and for where WebAssembly is not allowed. */
export const plainDecoders: Decompressors = {
  zlib: decompressZlib,
  lzma: decompressLzmaAlone,
  lzo: decompressLzo1x,
  xz: decompressXz,
  lz4: decompressLz4Block,
  zstd: decompressZstd,
}

/** Makes our decoders in WebAssembly, each with memory of its own. */
export const wasmDecoders: Readonly<Record<CodecName, () => BlockDecoder>> = {
  zlib: () =>
    createBlockDecoder(inflateModule, (exports) => {
      const inflater = wasmInflater(exports, ZLIB_STREAM)
      return (input, output) => decodeZlib(input, output, inflater)
    }),
  lzma: () =>
    createBlockDecoder(lzmaModule, (exports) => {
      const lzma = wasmLzmaState(exports)
      return (input, output) => decodeLzmaAlone(input, output, lzma)
    }),
  lzo: () => createBlockDecoder(lzoModule, wasmLzo1x),
  xz: () =>
    createBlockDecoder(lzmaModule, (exports) => {
      const parts = wasmXzParts(exports)
      return (input, output) => decodeXz(input, output, parts)
    }),
  lz4: () =>
    createBlockDecoder(lz4Module, (exports) => {
      const decode = wasmLz4Block(exports)
      return (input, output) => decode(input, output, 0)
    }),
  zstd: () =>
    createBlockDecoder(zstdModule, (exports) => {
      const blocks = wasmCompressedBlocks(exports)
      return (input, output) => decodeFrames(input, output, blocks)
    }),
}

/**
 * Our decoders, which run everywhere, including a browser: in WebAssembly where it is allowed, else in TypeScript. What
 * WebAssembly refuses we decode again in TypeScript, for an error that says what is wrong.
 */
export const portableDecoders: Decompressors = {
  zlib: portable('zlib'),
  lzma: portable('lzma'),
  lzo: portable('lzo'),
  xz: portable('xz'),
  lz4: portable('lz4'),
  zstd: portable('zstd'),
}

/** Whether `portableDecoders` run in WebAssembly here. */
export function usesWebAssembly(): boolean {
  return zstdModule.instantiate() !== undefined
}

function portable(codec: CodecName): Decompress {
  let decoder: BlockDecoder | undefined
  return (input, output) => {
    decoder ??= wasmDecoders[codec]()
    const own = decoder.place(input, output.length)
    const bytes = own && decoded(decoder, own, output.length)
    if (bytes === undefined) return plainDecoders[codec](input, output)
    output.set(bytes)
    return bytes.length
  }
}

/** What WebAssembly makes of a block; undefined if it refuses it. */
function decoded(decoder: BlockDecoder, input: Uint8Array, limit: number): Uint8Array | undefined {
  try {
    return decoder.decompress(input, limit)
  } catch (error) {
    if (error instanceof FormatError) return undefined
    throw error
  }
}

/** Makes a decompressor for blocks that the caller looks at one after the other. It copies neither input nor output. */
export function portableBlockDecompressor(): BlockDecompressor {
  const decoders: Partial<Record<CodecName, BlockDecoder>> = {}
  const decoderOf = (codec: CodecName): BlockDecoder => {
    decoders[codec] ??= wasmDecoders[codec]()
    return decoders[codec]
  }
  let stored = new Uint8Array(0)
  let output = new Uint8Array(0)
  return {
    input(codec, length, limit) {
      const own = decoderOf(codec).input(length, limit)
      if (own !== undefined) return own
      if (stored.length < length) stored = new Uint8Array(length)
      return stored.subarray(0, length)
    },
    decompress(codec, input, limit) {
      const decoder = decoderOf(codec)
      const own = decoder.place(input, limit)
      const bytes = own && decoded(decoder, own, limit)
      if (bytes !== undefined) return bytes
      // `input` may be gone: it may have been where the decoder put the output.
      if (output.length < limit) output = new Uint8Array(limit)
      return output.subarray(0, plainDecoders[codec](own ?? input, output.subarray(0, limit)))
    },
  }
}
