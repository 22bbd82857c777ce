import type { ByteSource } from '../bytes/source.ts'

/** How a run of stored bytes is compressed. `zlib` (RFC 1950) is the codec that squashfs calls gzip. */
export type CodecName = 'zlib' | 'lzma' | 'lzo' | 'xz' | 'lz4' | 'zstd'

/**
 * Decompresses all of `input` into the front of `output`, and returns the number of bytes written. That may be less
 * than `output.length`, because the last block of a file is short. It is synchronous, keeps no state that a caller can
 * see between calls, and makes no allocation that grows with the data.
 * @throws {FormatError} with `source` "input" and an offset from the start of `input`:
 * MALFORMED, TRUNCATED (input ends early), CHECKSUM, UNSUPPORTED, or LIMIT when `output` is too small
 */
export type Decompress = (input: Uint8Array, output: Uint8Array) => number

/** A decompressor for each name. */
export type Decompressors = Readonly<Record<CodecName, Decompress>>

/** How a `DecompressStream` works. */
export interface StreamOptions {
  /**
   * How many bytes back matches may reach: zstd's Window_Size or LZMA's dictionary size. If the header has a smaller
   * content size, that counts instead. The decoder allocates memory as output comes: about twice this size up to 32
   * MiB, and 32 MiB more than it above. Default: 128 MiB, which covers all levels of zstd and xz, and which is also the
   * limit of the `zstd` tool. (We refuse zstd windows above 1 GiB with any setting.)
   */
  readonly windowSize?: number
  /** Bytes to read from the source at a time; more if a block is larger. Default: 256 KiB. */
  readonly readAhead?: number
  /**
   * Whether bytes that begin no further part of the stream (a frame, a member) end it. By default they are an error.
   * An initrd has other archives after a compressed one.
   */
  readonly stopsAtEnd?: boolean
  /**
   * Receives the sizes of each block in order: a zstd, DEFLATE or LZ4 block, an LZMA2 chunk. The decoder may not know
   * where the next block begins until it has read it. Headers, trailers and padding count as blocks of their own, which
   * decompress to nothing. All sizes together are those of the stream and of its content. In bytes.
   */
  readonly block?: (stored: number, unpacked: number) => void
}

/**
 * Decompresses a file that is compressed as a whole, piece by piece, in memory that does not grow with the file. A
 * piece is a view of the decoder's window and stays valid until the caller asks for the next one. The caller must use
 * or copy it at once, and must not write to it. Any number of these generators may run at the same time. The source
 * stays open.
 *
 * Sizes and checksums follow the data, so the decoder can verify them only after it has yielded the pieces before them.
 * The output is known to be right when the generator ends without an error. It returns the offset of the end of the
 * stream, which is the end of the source unless it `stopsAtEnd`.
 * @throws {FormatError} while it runs, with the source's name and an offset in it: the errors of `Decompress`, and
 * LIMIT if a header asks for a window larger than `windowSize`, before it allocates memory for the window
 */
export type DecompressStream = (
  source: ByteSource,
  options?: StreamOptions,
) => Generator<Uint8Array<ArrayBuffer>, number, undefined>

/** Decompresses blocks that a caller looks at one after the other. */
export interface BlockDecompressor {
  /**
   * Memory for the stored bytes of the next block, valid until the next call. Bytes that lie there need not be copied.
   * @param limit the most bytes that the block may become
   */
  input(codec: CodecName, length: number, limit: number): Uint8Array
  /**
   * Decompresses a block to at most `limit` bytes, which are valid until the next call.
   * @throws {FormatError} as `Decompress` does
   */
  decompress(codec: CodecName, input: Uint8Array, limit: number): Uint8Array
}
