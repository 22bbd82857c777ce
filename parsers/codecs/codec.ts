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
