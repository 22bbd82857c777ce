// The memory of the modules. Each module has a memory of its own, so the areas of two modules may overlap.
//
//   0 to 8 KiB       constants that the compiler places (memory.data)
//   8 to 192 KiB     the module's tables, below
//   192 KiB on       the caller's: input and output, each with MARGIN bytes on both sides
//
// A decoder may read and write up to MARGIN bytes (wasm/instance.ts) past the ends of input and output. It never relies on
// what is there.

/** Where the caller's memory begins. */
export const CALLER: usize = 192 << 10

const TABLES: usize = 8 << 10

// zstd
/** Cells of 8 bytes: 512 for literals lengths, 512 for match lengths, 256 for offsets (RFC 8878 3.1.1.3.2.1). */
export const LITERALS_LENGTH_TABLE: usize = TABLES
export const MATCH_LENGTH_TABLE: usize = LITERALS_LENGTH_TABLE + 8 * 512
export const OFFSET_TABLE: usize = MATCH_LENGTH_TABLE + 8 * 512
/** The default tables: 64, 64 and 32 cells (RFC 8878 3.1.1.3.2.2). */
export const LITERALS_LENGTH_DEFAULT: usize = OFFSET_TABLE + 8 * 256
export const MATCH_LENGTH_DEFAULT: usize = LITERALS_LENGTH_DEFAULT + 8 * 64
export const OFFSET_DEFAULT: usize = MATCH_LENGTH_DEFAULT + 8 * 64
/** 64 cells of 8 bytes (RFC 8878 4.2.1.2). */
export const WEIGHT_TABLE: usize = OFFSET_DEFAULT + 8 * 32
/** 2048 cells of 2 bytes (RFC 8878 4.2.1). */
export const HUFFMAN_TABLE: usize = WEIGHT_TABLE + 8 * 64
/** One i16 for each symbol of a distribution, at most 53. */
export const PROBABILITIES: usize = HUFFMAN_TABLE + 2 * 2048
/** One u16 for each symbol. */
export const NEXT_NUMBERS: usize = PROBABILITIES + 2 * 64
/** One byte for each state of a table, at most 512. */
export const STATE_SYMBOLS: usize = NEXT_NUMBERS + 2 * 64
/** One byte for each literal, at most 256. */
export const WEIGHTS: usize = STATE_SYMBOLS + 512
/** One u32 for each weight, 0 to 11. */
export const WEIGHT_CELLS: usize = WEIGHTS + 256
/** The literals of a block, at most 128 KiB, and what wide copies read after them. */
export const LITERALS: usize = WEIGHT_CELLS + 64
/** The accumulators of XXH64, 4 words of 8 bytes, and the bytes after the last whole stripe. */
export const XXHASH64_LANES: usize = LITERALS + (128 << 10) + 64
export const XXHASH64_REST: usize = XXHASH64_LANES + 32

// DEFLATE
/** Cells of 4 bytes: 2^11, and further tables of up to 2^4 cells for at most half of the 288 codes. */
export const LITERAL_TABLE: usize = TABLES
/** Cells of 4 bytes: 2^9, and further tables of up to 2^6 cells for at most half of the 32 codes. */
export const DISTANCE_TABLE: usize = LITERAL_TABLE + 4 * (2048 + 144 * 16)
/** 2^7 cells of 4 bytes. */
export const LENGTH_TABLE: usize = DISTANCE_TABLE + 4 * (512 + 16 * 64)
/** One byte for each code: 288 literals and lengths, then 32 distances. */
export const CODE_LENGTHS: usize = LENGTH_TABLE + 4 * 128
/** One byte for each of the 19 codes of code lengths. */
export const LENGTH_LENGTHS: usize = CODE_LENGTHS + 320
/** One u32 for each length of a code, 0 to 15. */
export const LENGTH_COUNTS: usize = LENGTH_LENGTHS + 32
export const NEXT_CODES: usize = LENGTH_COUNTS + 4 * 16

// Checksums
/** 16 tables of 256 words of 4 bytes. */
export const CRC32_TABLES: usize = 64 << 10
/** 8 tables of 256 words of 8 bytes. */
export const CRC64_TABLES: usize = CRC32_TABLES + 16 * 4 * 256

// LZMA
/** Probabilities of 2 bytes, laid out as in lzma/probabilities.ts: about 25 KiB with lc + lp = 4. */
export const PROBABILITIES_OF_BITS: usize = TABLES
