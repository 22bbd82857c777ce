// The flags of a header that decide what follows, by their names in lzop's sources. The others tell how a file was
// made, and where: from standard input, with a path, on which system, in which character set.

/** Each block has an Adler-32 of its content. */
export const F_ADLER32_D = 0x0001
/** Each compressed block has an Adler-32 of its stored bytes. */
export const F_ADLER32_C = 0x0002
/** An extra field follows the header. */
export const F_H_EXTRA_FIELD = 0x0040
/** The same as the first two, with CRC-32. */
export const F_CRC32_D = 0x0100
export const F_CRC32_C = 0x0200
/** The header names a filter. */
export const F_H_FILTER = 0x0800
/** The checksum of the header is a CRC-32 instead of an Adler-32. */
export const F_H_CRC32 = 0x1000
/** No version of lzop sets these. */
export const F_RESERVED = 0x000fc000
