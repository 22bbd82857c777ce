import { type ByteSource, formatError } from '../bytes/source.ts'
import { FLAGS, type LocatedSuperblock, superblock } from './superblock.ts'

/** The filters of xz options, bit 0 first (squashfs-tools: xz_wrapper.c). */
const XZ_FILTERS = ['x86', 'powerpc', 'ia64', 'arm', 'armthumb', 'sparc', 'arm64', 'riscv']
const LZO_ALGORITHMS = ['lzo1x_1', 'lzo1x_1_11', 'lzo1x_1_12', 'lzo1x_1_15', 'lzo1x_999']

/**
 * The options of the compressor, if the image records them: an uncompressed metadata block directly after the
 * superblock.
 */
export interface CompressorOptions {
  /** Bytes, including the block's header. */
  readonly length: number
  /** In words, such as "level 19"; empty if we do not know options of this length. */
  readonly text: string
}

/** @throws {FormatError} TRUNCATED, or MALFORMED when the block is compressed, which the format does not allow */
export function readCompressorOptions(source: ByteSource, located: LocatedSuperblock): CompressorOptions | undefined {
  if ((located.block.flags & FLAGS.compressorOptions) === 0) return undefined
  const header = source.read(superblock.size, 2)
  const word = header[0]! | (header[1]! << 8)
  const length = word & 0x7fff
  if ((word & 0x8000) === 0) {
    throw formatError('MALFORMED', 'the options must not be compressed', source, {
      structure: 'compressor options',
      offset: superblock.size,
      field: 'header',
      found: word,
    })
  }
  const bytes = source.read(superblock.size + 2, length)
  return {
    length: length + 2,
    text: describe(located.compressor, new DataView(bytes.buffer, bytes.byteOffset, length)),
  }
}

function describe(compressor: string, options: DataView): string {
  const at = (offset: number): number => options.getUint32(offset, true)
  const { byteLength } = options
  switch (compressor) {
    case 'gzip':
      return byteLength === 8 ? `level ${at(0)}, window ${options.getUint16(4, true)}` : ''
    case 'zstd':
      return byteLength === 4 ? `level ${at(0)}` : ''
    case 'xz': {
      if (byteLength < 8) return ''
      const filters = XZ_FILTERS.filter((_, bit) => (at(4) & (1 << bit)) !== 0)
      return `dictionary ${at(0)}${filters.length === 0 ? '' : `, filters ${filters.join(' ')}`}`
    }
    case 'lz4':
      return byteLength >= 8 && (at(4) & 1) !== 0 ? 'high compression' : ''
    case 'lzo':
      return byteLength === 8 ? `${LZO_ALGORITHMS[at(0)] ?? 'unknown algorithm'}, level ${at(4)}` : ''
    default:
      return ''
  }
}
