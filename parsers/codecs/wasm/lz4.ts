import { FormatError } from '../../bytes/errors.ts'
import type { DecodeLz4Block } from '../lz4/block.ts'
import { lz4 } from './compiled/lz4.ts'
import { type ModuleExports, moduleOf } from './instance.ts'

/** assembly/lz4.ts. All numbers are addresses. */
export interface Lz4Exports extends ModuleExports {
  decodeBlock(start: number, end: number, output: number, windowStart: number, limit: number): number
}

export const lz4Module = moduleOf<Lz4Exports>(lz4)

/** `decodeLz4Block` in WebAssembly. Input and output lie in its memory. It says less of what is wrong with a block. */
export function wasmLz4Block(exports: Lz4Exports): DecodeLz4Block {
  return (input, output, outputStart) => {
    const start = output.byteOffset
    const end = exports.decodeBlock(
      input.byteOffset,
      input.byteOffset + input.length,
      start + outputStart,
      start,
      start + output.length,
    )
    if (end !== 0) return end - start
    throw new FormatError('MALFORMED', 'is damaged', { source: 'input', structure: 'LZ4 block', offset: 0 })
  }
}
