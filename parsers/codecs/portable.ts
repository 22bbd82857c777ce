import type { Decompressors } from './codec.ts'
import { decompressLz4Block } from './lz4/block.ts'
import { decompressLzmaAlone } from './lzma/alone.ts'
import { decompressLzo1x } from './lzo/lzo1x.ts'
import { decompressXz } from './xz/stream.ts'
import { decompressZlib } from './zlib.ts'
import { decompressZstd } from './zstd/zstd.ts'

/** Our own decoders, which run everywhere, including a browser. */
export const portableDecoders: Decompressors = {
  zlib: decompressZlib,
  lzma: decompressLzmaAlone,
  lzo: decompressLzo1x,
  xz: decompressXz,
  lz4: decompressLz4Block,
  zstd: decompressZstd,
}
