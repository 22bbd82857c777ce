import type { CodecName } from './codec.ts'
import { type Decoder, ownDecoders } from './own-decoders.ts'
import { decompressZlib } from './zlib.ts'

/** A decoder for every codec that runs everywhere, a browser included; zlib by pako. */
export const portableDecoders: Readonly<Record<CodecName, Decoder>> = {
  zlib: { name: 'pako', decompress: decompressZlib },
  ...ownDecoders,
}
