import type { ZlibOptions } from 'node:zlib'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import type { BlockDecompressor, CodecName, Decompress, Decompressors } from '../../../parsers/codecs/codec.ts'
import { portableBlockDecompressor, portableDecoders, usesWebAssembly } from '../../../parsers/codecs/decoders.ts'
import { zlib } from './load-zlib.ts'
import { releaseBuffer } from './release-buffer.ts'

type ZlibFunction = (input: Uint8Array, options: ZlibOptions) => Uint8Array

/** The decoder for a codec: its name and its function. */
export interface Decoder {
  readonly name: string
  readonly decompress: Decompress
}

interface NativeDecoder {
  readonly name: string
  /** Decompresses to at most `limit` bytes, in newly allocated memory. */
  readonly decompress: (input: Uint8Array, limit: number) => Uint8Array
}

/** The native decoders that are faster than ours end to end. We load each on its first use, if this Node has it. */
const natives: Readonly<Partial<Record<CodecName, () => NativeDecoder | undefined>>> = {
  zstd: once(nodeZstd),
}

/** The decoder for each codec on this machine: a native one if there is one and it is faster, else ours. */
export const decoders = Object.fromEntries(
  Object.keys(portableDecoders).map((codec) => [codec, decoderOf(codec as CodecName)]),
) as Readonly<Record<CodecName, Decoder>>

/** The `decompress` functions of `decoders`. */
export const decompressors: Decompressors = Object.fromEntries(
  Object.entries(decoders).map(([codec, decoder]) => [codec, decoder.decompress]),
) as Record<CodecName, Decompress>

function decoderOf(codec: CodecName): Decoder {
  const native = natives[codec]
  return {
    get name(): string {
      return native?.()?.name ?? `isoscope's, in ${usesWebAssembly() ? 'WebAssembly' : 'TypeScript'}`
    },
    decompress(input, output) {
      const decoder = native?.()
      if (decoder === undefined) return portableDecoders[codec](input, output)
      const bytes = decoder.decompress(input, output.length)
      output.set(bytes)
      const { length } = bytes
      releaseBuffer(bytes)
      return length
    },
  }
}

/** Like `decoders`, for blocks that the caller looks at one after the other. It does not copy the output. */
export function blockDecompressor(): BlockDecompressor {
  const portable = portableBlockDecompressor()
  let stored = new Uint8Array(0)
  let last: Uint8Array | undefined
  return {
    input(codec, length, limit) {
      if (natives[codec]?.() === undefined) return portable.input(codec, length, limit)
      if (stored.length < length) stored = new Uint8Array(length)
      return stored.subarray(0, length)
    },
    decompress(codec, input, limit) {
      const native = natives[codec]?.()
      if (native === undefined) return portable.decompress(codec, input, limit)
      if (last !== undefined) releaseBuffer(last)
      last = native.decompress(input, limit)
      return last
    },
  }
}

/** Node has zstd from 22.15 and 23.8 on. */
function nodeZstd(): NativeDecoder | undefined {
  if (process.versions['zstd'] === undefined) return undefined
  const module = zlib()
  return hasZstd(module) ? nodeZlib('zstd frame', module.zstdDecompressSync) : undefined
}

/** The types of the oldest Node that we support do not include it. */
function hasZstd(module: object): module is { readonly zstdDecompressSync: ZlibFunction } {
  return 'zstdDecompressSync' in module && typeof module.zstdDecompressSync === 'function'
}

function nodeZlib(structure: string, decompress: ZlibFunction): NativeDecoder {
  return {
    name: 'node:zlib',
    decompress(input, limit) {
      let bytes: Uint8Array
      try {
        // With the default chunk of 16 KiB, a block of 1 MiB comes in 64 pieces, at a third of the speed. When a chunk
        // is full, zlib allocates another; one more byte avoids this.
        bytes = decompress(input, { chunkSize: Math.max(limit + 1, 64), maxOutputLength: Math.max(limit, 1) })
      } catch (error) {
        throw fromZlibError(structure, error as NodeJS.ErrnoException, limit)
      }
      if (bytes.length > limit) throw tooLong(structure, limit)
      return plain(bytes)
    },
  }
}

function fromZlibError(structure: string, error: NodeJS.ErrnoException, limit: number): FormatError {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') return tooLong(structure, limit)
  const code =
    error.code === 'Z_BUF_ERROR' ? 'TRUNCATED' : /data check|checksum/.test(error.message) ? 'CHECKSUM' : 'MALFORMED'
  return new FormatError(code, error.message, { source: 'input', structure, offset: 0 }, { cause: error })
}

/** A Buffer as a plain Uint8Array. V8 compiles code that sees both types again, and slower. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
}

function tooLong(structure: string, limit: number): FormatError {
  return new FormatError('LIMIT', 'decompresses to more than the limit', {
    source: 'input',
    structure,
    offset: 0,
    found: `more than ${limit} bytes`,
  })
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
