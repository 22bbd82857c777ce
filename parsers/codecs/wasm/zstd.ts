import type { CompressedBlocks } from '../zstd/compressed-blocks.ts'
import { malformed } from '../zstd/malformed.ts'
import { zstd } from './compiled/zstd.ts'
import { type ModuleExports, moduleOf } from './instance.ts'

/** assembly/zstd.ts. All numbers but sizes are addresses. */
export interface ZstdExports extends ModuleExports {
  startFrame(): void
  decodeBlock(start: number, end: number, output: number, frameStart: number, limit: number, maximum: number): number
  startXxhash64(): void
  updateXxhash64(start: number, end: number): void
  digestXxhash64(): number
}

export const zstdModule = moduleOf<ZstdExports>(zstd)

/** Decodes in WebAssembly. Input and output lie in its memory. It says less of what is wrong with a block. */
export function wasmCompressedBlocks(exports: ZstdExports): CompressedBlocks {
  const checksum = {
    update(bytes: Uint8Array, start: number, end: number): void {
      exports.updateXxhash64(bytes.byteOffset + start, bytes.byteOffset + end)
    },
    digest: () => exports.digestXxhash64() >>> 0,
  }
  return {
    startFrame() {
      exports.startFrame()
    },
    decode(progress, start, end, frameStart, blockMaximumSize) {
      const { input, output, outputPosition } = progress
      const outputEnd = exports.decodeBlock(
        input.byteOffset + start,
        input.byteOffset + end,
        output.byteOffset + outputPosition,
        output.byteOffset + frameStart,
        output.byteOffset + output.length,
        blockMaximumSize,
      )
      if (outputEnd === 0) throw malformed('Compressed_Block', start, 'is damaged')
      progress.outputPosition = outputEnd - output.byteOffset
    },
    startChecksum() {
      exports.startXxhash64()
      return checksum
    },
  }
}
