import type { CodecName, Decompress } from './codec.ts'
import { decompressLz4Block } from './lz4/block.ts'
import { decompressLzmaAlone } from './lzma/alone.ts'
import { decompressLzo1x } from './lzo/lzo1x.ts'
import { decompressXz } from './xz/stream.ts'
import { decompressZlib } from './zlib.ts'
import { decompressZstd } from './zstd/zstd.ts'

/** The decoder for a codec: its name and its function. */
export interface Decoder {
  readonly name: string
  readonly decompress: Decompress
}

/** Our own decoders, which run everywhere, including a browser. */
export const portableDecoders: Readonly<Record<CodecName, Decoder>> = {
  zlib: { name: 'isoscope', decompress: decompressZlib },
  lzma: { name: 'isoscope', decompress: decompressLzmaAlone },
  lzo: { name: 'isoscope', decompress: decompressLzo1x },
  xz: { name: 'isoscope', decompress: decompressXz },
  lz4: { name: 'isoscope', decompress: decompressLz4Block },
  zstd: { name: 'isoscope', decompress: decompressZstd },
}
