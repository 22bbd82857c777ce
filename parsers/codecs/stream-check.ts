import type { ByteSource } from '../bytes/source.ts'
import { detectCompression, skipSkippableFrames } from './compression.ts'
import { F_ADLER32_C, F_ADLER32_D, F_CRC32_C, F_CRC32_D } from './lzop/flags.ts'
import type { StreamName } from './streams.ts'

/** How many bytes we need of the header of any format. */
const HEADER = 32

type CheckOf = (header: DataView) => string | undefined

/** The type of check in the stream flags (xz 1.2: 2.1.1.2). */
const XZ_CHECKS: Readonly<Record<number, string>> = { 1: 'CRC32', 4: 'CRC64', 10: 'SHA-256' }
/** The magic number of an LZ4 frame. A legacy frame has another one, and no checksum. */
const LZ4_FRAME = 0x184d2204

const CHECKS: Readonly<Record<StreamName, CheckOf>> = {
  // RFC 8878 3.1.1.1.1.5: Content_Checksum_flag.
  zstd: (header) => ((header.getUint8(4) & 0x04) !== 0 ? 'XXH64' : undefined),
  xz: (header) => XZ_CHECKS[header.getUint8(7) & 0x0f],
  lzma: () => undefined,
  lz4: lz4Check,
  // RFC 1952 2.3.1: CRC32.
  gzip: () => 'CRC-32',
  bzip2: () => 'CRC-32',
  lzop: lzopCheck,
}

/**
 * The checksum of the content that the first header of a compressed source announces: "XXH64". Our decoders verify it.
 * Undefined if it has none, or if we do not read the format.
 */
export function streamCheck(source: ByteSource): string | undefined {
  const compression = detectCompression(source)
  if (compression?.decompress === undefined) return undefined
  const start = skipSkippableFrames(source)
  const header = new Uint8Array(HEADER)
  const length = Math.min(HEADER, Math.max(source.size - start, 0))
  source.readInto(header, start, length)
  return CHECKS[compression.name as StreamName](new DataView(header.buffer))
}

/** "LZ4 Frame Format", FLG: Content checksum flag, else Block checksum flag. */
function lz4Check(header: DataView): string | undefined {
  if (header.getUint32(0, true) !== LZ4_FRAME) return undefined
  const flags = header.getUint8(4)
  if ((flags & 0x04) !== 0) return 'XXH32'
  return (flags & 0x10) !== 0 ? 'XXH32 of each block' : undefined
}

/** The flags follow the versions, the method and, from version 0.94 on, the level. */
function lzopCheck(header: DataView): string | undefined {
  const flags = header.getUint32(header.getUint16(9, false) >= 0x0940 ? 17 : 14, false)
  if ((flags & (F_ADLER32_D | F_ADLER32_C)) !== 0) return 'Adler-32 of each block'
  return (flags & (F_CRC32_D | F_CRC32_C)) !== 0 ? 'CRC-32 of each block' : undefined
}
