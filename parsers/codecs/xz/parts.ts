import { startCrc32 } from '../../checksums/crc32.ts'
import { type Crc64, startCrc64 } from '../../checksums/crc64.ts'
import type { RunningChecksum } from '../../checksums/running-checksum.ts'
import type { LzmaState } from '../lzma/lzma-state.ts'
import { createLzmaState } from '../lzma/state.ts'

/** The checksums of blocks. */
export interface Checksums {
  startCrc32(): RunningChecksum<number>
  startCrc64(): RunningChecksum<Crc64>
}

/** The inner parts of a decoder, in TypeScript or in WebAssembly. */
export interface XzParts {
  readonly lzma: LzmaState
  readonly checksums: Checksums
}

export const checksums: Checksums = { startCrc32, startCrc64 }

/** Parts in TypeScript. */
export function createXzParts(): XzParts {
  return { lzma: createLzmaState(), checksums }
}
