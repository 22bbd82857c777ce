import type { ByteSource } from '../bytes/source.ts'

/** What a run of stored bytes is compressed with. `zlib` is what squashfs calls gzip (RFC 1950). */
export type CodecName = 'zlib' | 'lzma' | 'lzo' | 'xz' | 'lz4' | 'zstd'

/**
 * Decompresses all of `input` into the front of `output` and returns the number of bytes written, which may be
 * fewer than `output.length` (the last block of a file is short). Synchronous, keeps no state between calls that a
 * caller could see, allocates nothing per call that grows with the data.
 * @throws {FormatError} with `source` "input" and an offset counted from the start of `input`:
 *   MALFORMED, TRUNCATED (input ends early), CHECKSUM, UNSUPPORTED, or LIMIT when `output` is too small
 */
export type Decompress = (input: Uint8Array, output: Uint8Array) => number

/** A decompressor for each name. */
export type Decompressors = Readonly<Record<CodecName, Decompress>>

/** How much memory a `DecompressStream` may take. */
export interface StreamLimits {
  /**
   * Bytes of decompressed data that matches may reach back over: zstd's Window_Size, LZMA's dictionary size, or the size
   * of the content where the header has that and it is less. Memory is taken as output comes, about twice as much up to
   * 32 MiB and 32 MiB more above. Default: 128 MiB, which all levels of zstd and xz keep to, and what the `zstd` tool
   * keeps to as well. (Windows of zstd above 1 GiB are refused whatever stands here.)
   */
  readonly windowSize?: number
  /** Bytes read from the source at a time, more where a block is larger. Default: 256 KiB. */
  readonly readAhead?: number
}

/**
 * Decompresses a file that is compressed as a whole, piece by piece, in memory that does not grow with it. A piece is
 * valid until the next one is asked for: it is a view of the decoder's window, to be used or copied at once, and not
 * to be written to. Any number of these may run at the same time. The source stays open.
 *
 * Sizes and checksums that stand behind the data can only be verified when the pieces before them are out: what was
 * yielded is known to be right when the generator has ended without an error.
 * @throws {FormatError} while it runs, with the source's name and an offset in it: as `Decompress`, and LIMIT where a
 *   header asks for a window larger than `limits.windowSize`, before memory is taken for it
 */
export type DecompressStream = (
  source: ByteSource,
  limits?: StreamLimits,
) => Generator<Uint8Array<ArrayBuffer>, void, undefined>

/**
 * Decompresses a block to at most `limit` bytes, which are good until the next call.
 * @throws {FormatError} as `Decompress` does
 */
export type DecompressBlock = (codec: CodecName, input: Uint8Array, limit: number) => Uint8Array
