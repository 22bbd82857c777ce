/** The largest block, compressed and decompressed (RFC 8878 3.1.1.2.4). */
export const BLOCK_SIZE_LIMIT: number = 128 * 1024

/**
 * The largest Window_Size that we read. A window costs no memory here, because the output is the window, but offsets
 * must stay 31-bit numbers. By default the `zstd` tool refuses windows above 128 MiB, and its levels use no more.
 */
export const WINDOW_SIZE_LIMIT: number = 2 ** 30
