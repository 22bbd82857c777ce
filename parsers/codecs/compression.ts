import { type ByteSource, formatError } from '../bytes/source.ts'
import type { DecompressStream, StreamOptions } from './codec.ts'
import { startsLikeLzmaAlone } from './lzma/detect-alone.ts'
import { portableStreams, type StreamName } from './streams.ts'

/** How a file is compressed as a whole. */
export interface Compression {
  /** The name of the tool, in lower case: "zstd", "xz", "lzip". */
  readonly name: string
  /** Undefined for a format that we recognise but do not read. */
  readonly decompress: DecompressStream | undefined
}

interface Signature extends Compression {
  readonly bytes: readonly number[]
}

const SKIPPABLE_MAGIC = [0x2a, 0x4d, 0x18]
/** Skippable frames to pass over. Writers put one before the frame that identifies the format; pzstd writes one. */
const SKIPPABLE_FRAME_LIMIT = 16

const supported = (name: StreamName): Compression => ({ name, decompress: portableStreams[name] })
const zstd = supported('zstd')
const xz = supported('xz')
const lz4 = supported('lz4')
const gzip = supported('gzip')
const bzip2 = supported('bzip2')
const lzop = supported('lzop')
const lzma = supported('lzma')
const unsupported = (name: string): Compression => ({ name, decompress: undefined })

// biome-ignore format: one signature a line
const SIGNATURES: readonly Signature[] = [
  { ...zstd, bytes: [0x28, 0xb5, 0x2f, 0xfd] }, // RFC 8878 3.1.1
  { ...xz, bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0] }, // xz 1.2: 2.1.1.1
  { ...lz4, bytes: [0x04, 0x22, 0x4d, 0x18] }, // "LZ4 Frame Format", Magic Number
  { ...lz4, bytes: [0x02, 0x21, 0x4c, 0x18] }, // "LZ4 Frame Format", Legacy frame
  { ...gzip, bytes: [0x1f, 0x8b] }, // RFC 1952 2.3.1
  { ...bzip2, bytes: [0x42, 0x5a, 0x68] }, // "bzip2 Format Specification", HeaderMagic and Version
  { ...lzop, bytes: [0x89, 0x4c, 0x5a, 0x4f, 0, 0x0d, 0x0a, 0x1a, 0x0a] },
  { ...unsupported('lzip'), bytes: [0x4c, 0x5a, 0x49, 0x50] },
  { ...unsupported('lrzip'), bytes: [0x4c, 0x52, 0x5a, 0x49] },
  { ...unsupported('compress'), bytes: [0x1f, 0x9d] },
  { ...unsupported('pack'), bytes: [0x1f, 0x1e] },
]

/**
 * Detects from its first bytes how a source is compressed as a whole; undefined if they match no format. An .lzma file
 * has no magic number. We test its header last, which only one in some million other files matches.
 */
export function detectCompression(source: ByteSource): Compression | undefined {
  // zstd and LZ4 both have skippable frames, with the same magic numbers.
  const start = skipSkippableFrames(source)
  const found = SIGNATURES.find(({ bytes }) => hasBytes(source, start, bytes))
  if (found !== undefined) return { name: found.name, decompress: found.decompress }
  if (start > 0) return zstd
  return startsLikeLzmaAlone(source) ? lzma : undefined
}

/**
 * Decompresses a source that is compressed as a whole. It detects the format from the first bytes: zstd, xz, lzma, lz4
 * (including legacy), gzip, bzip2 or lzop. As with `DecompressStream`, a piece is valid until the caller asks for the
 * next one.
 * @throws {FormatError} the errors of `DecompressStream`; at once, UNSUPPORTED for a format that we do not read or know
 */
export function decompressStream(
  source: ByteSource,
  options?: StreamOptions,
): Generator<Uint8Array<ArrayBuffer>, number, undefined> {
  const compression = detectCompression(source)
  if (compression?.decompress === undefined) {
    const is = compression === undefined ? 'is not compressed' : `is compressed with ${compression.name}, not`
    throw formatError('UNSUPPORTED', `${is} with zstd, xz, lzma, lz4, gzip, bzip2 or lzop`, source, {
      structure: 'first bytes',
      offset: 0,
    })
  }
  return compression.decompress(source, options)
}

/** Where the first frame that is not skippable begins, or where the search stops; 0 if it skips none. */
export function skipSkippableFrames(source: ByteSource): number {
  let position = 0
  for (let count = 0; count < SKIPPABLE_FRAME_LIMIT && position + 8 <= source.size; count++) {
    const header = source.read(position, 8)
    const isSkippable = header[0]! >>> 4 === 5 && SKIPPABLE_MAGIC.every((byte, index) => header[1 + index] === byte)
    if (!isSkippable) return position
    position += 8 + new DataView(header.buffer, header.byteOffset).getUint32(4, true)
  }
  return position
}

function hasBytes(source: ByteSource, offset: number, bytes: readonly number[]): boolean {
  if (offset + bytes.length > source.size) return false
  const found = source.read(offset, bytes.length)
  return bytes.every((byte, index) => found[index] === byte)
}
