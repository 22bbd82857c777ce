import { createRequire } from 'node:module'
import type { ZlibOptions } from 'node:zlib'
import { FormatError } from '../../parsers/bytes/errors.ts'
import type { CodecName, Decompress, Decompressors } from '../../parsers/codecs/codec.ts'
import { type Decoder, portableDecoders } from '../../parsers/codecs/portable.ts'
import { zlib } from './load-zlib.ts'

type ZlibFunction = (input: Uint8Array, options: ZlibOptions) => Uint8Array

/** The decoder for each codec on this machine: a native one where there is one and it is faster, ours elsewhere. */
export const decoders: Readonly<Record<CodecName, Decoder>> = {
  ...portableDecoders,
  zlib: { name: 'node:zlib', decompress: fromZlib('zlib stream', () => zlib().inflateSync) },
  ...zstdOfNode(),
  lz4: lz4OfNode(),
}

/** The functions of `decoders`. */
export const decompressors: Decompressors = Object.fromEntries(
  Object.entries(decoders).map(([codec, decoder]) => [codec, decoder.decompress]),
) as Record<CodecName, Decompress>

/** Node has zstd from 22.15 and 23.8 on. */
function zstdOfNode(): { zstd?: Decoder } {
  if (process.versions['zstd'] === undefined) return {}
  const zstdDecompressSync = (): ZlibFunction =>
    (zlib() as unknown as { zstdDecompressSync: ZlibFunction }).zstdDecompressSync
  return { zstd: { name: 'node:zlib', decompress: fromZlib('zstd frame', zstdDecompressSync) } }
}

function fromZlib(structure: string, load: () => ZlibFunction): Decompress {
  let decompress: ZlibFunction | undefined
  return (input, output) => {
    decompress ??= load()
    try {
      // With the default chunk of 16 KiB a block of 1 MiB comes in 64 pieces, at a third of the speed.
      const chunkSize = Math.max(output.length, 64)
      const bytes = decompress(input, { chunkSize, maxOutputLength: Math.max(output.length, 1) })
      if (bytes.length > output.length) throw tooLong(structure, output)
      output.set(bytes)
      return bytes.length
    } catch (error) {
      if (error instanceof FormatError) throw error
      throw fromZlibError(structure, error as NodeJS.ErrnoException, output)
    }
  }
}

function fromZlibError(structure: string, error: NodeJS.ErrnoException, output: Uint8Array): FormatError {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') return tooLong(structure, output)
  const code =
    error.code === 'Z_BUF_ERROR' ? 'TRUNCATED' : /data check|checksum/.test(error.message) ? 'CHECKSUM' : 'MALFORMED'
  return new FormatError(code, error.message, { source: 'input', structure, offset: 0 }, { cause: error })
}

/** lz4-napi's prebuilt binary, loaded when it is first needed; where there is none for a platform, ours. */
function lz4OfNode(): Decoder {
  let chosen: Decoder | undefined
  const choose = (): Decoder => {
    if (chosen !== undefined) return chosen
    try {
      const native = createRequire(import.meta.url)('lz4-napi') as { uncompressSync(input: Buffer): Buffer }
      chosen = { name: 'lz4-napi', decompress: fromLz4(native.uncompressSync) }
    } catch {
      chosen = portableDecoders.lz4
    }
    return chosen
  }
  return {
    get name(): string {
      return choose().name
    },
    decompress: (input, output) => choose().decompress(input, output),
  }
}

function fromLz4(uncompressSync: (input: Buffer) => Buffer): Decompress {
  return (input, output) => {
    // It takes a raw block behind a 32-bit size, which may be more than what comes out.
    const framed = Buffer.allocUnsafe(4 + input.length)
    framed.writeUInt32LE(output.length)
    framed.set(input, 4)
    try {
      const bytes = uncompressSync(framed)
      output.set(bytes)
      return bytes.length
    } catch (error) {
      throw new FormatError('MALFORMED', (error as Error).message, {
        source: 'input',
        structure: 'lz4 block',
        offset: 0,
      })
    }
  }
}

function tooLong(structure: string, output: Uint8Array): FormatError {
  return new FormatError('LIMIT', 'it decompresses to more than there is room for', {
    source: 'input',
    structure,
    offset: 0,
    found: `more than ${output.length} bytes`,
  })
}
