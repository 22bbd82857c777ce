import { type ByteSource, bytesSource } from '../../../../parsers/bytes/source.ts'
import type { DecompressStream, StreamOptions } from '../../../../parsers/codecs/codec.ts'
import { FormatError } from '../../../../parsers/index.ts'

export interface Collected {
  readonly bytes: Buffer
  /** Bytes of the largest buffer that a piece was a view of. */
  readonly largestBuffer: number
  /** Where the stream ends. */
  readonly end: number
}

/** All pieces, copied when they come; throws what the stream throws. */
export function collect(decompress: DecompressStream, input: Uint8Array, options?: StreamOptions): Collected {
  const pieces: Buffer[] = []
  let largestBuffer = 0
  const stream = decompress(bytesSource(input, 'file'), options)
  for (;;) {
    const { done, value } = stream.next()
    if (done === true) return { bytes: Buffer.concat(pieces), largestBuffer, end: value }
    if (value.length === 0) throw new Error('yielded an empty piece')
    pieces.push(Buffer.from(value))
    largestBuffer = Math.max(largestBuffer, value.buffer.byteLength)
  }
}

/** The bytes, or the error that ends the stream, which must be about the file. */
export function streamed(
  decompress: DecompressStream,
  input: Uint8Array,
  options?: StreamOptions,
): Uint8Array | FormatError {
  try {
    return collect(decompress, input, options).bytes
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const { source, offset } = error.facts
    if (source !== 'file' || !(offset >= 0 && offset <= input.length)) {
      throw new Error(`is not about the file: ${error.message}`)
    }
    return error
  }
}

/** The code of the error that ends the stream, or "none". */
export function streamCode(decompress: DecompressStream, input: Uint8Array, options?: StreamOptions): string {
  const result = streamed(decompress, input, options)
  return result instanceof FormatError ? result.code : 'none'
}

/** A source that counts what is read of it, and never has more than it is asked for. */
export function countingSource(size: number, fill: (target: Uint8Array, offset: number) => void): ByteSource {
  return {
    name: 'file',
    size,
    origin: { kind: 'root' },
    read(offset, length) {
      const bytes = new Uint8Array(length)
      fill(bytes, offset)
      return bytes
    },
    readInto(target, offset) {
      fill(target, offset)
    },
    close() {},
  }
}
