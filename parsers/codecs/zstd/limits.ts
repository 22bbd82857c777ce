/** Neither a block nor what it decompresses to is larger (RFC 8878 3.1.1.2.4). */
export const BLOCK_SIZE_LIMIT: number = 128 * 1024

/**
 * Largest Window_Size read. A window costs no memory here, for the output is the window, but offsets stay 31-bit
 * numbers. The `zstd` tool refuses windows above 128 MiB unless told otherwise; its levels use 128 MiB at most.
 */
export const WINDOW_SIZE_LIMIT: number = 2 ** 30

/** How far the wide copies of `executeSequences` read and write past the end of what they copy, at most. */
export const WIDE_COPY = 16
