import { FormatError } from '../../bytes/errors.ts'
import type { Decompress } from '../codec.ts'
import { lzo } from './compiled/lzo.ts'
import { type ModuleExports, moduleOf } from './instance.ts'

/** assembly/lzo.ts. All numbers are addresses. */
export interface LzoExports extends ModuleExports {
  decodeStream(start: number, end: number, output: number, limit: number): number
}

export const lzoModule = moduleOf<LzoExports>(lzo)

/** `decompressLzo1x` in WebAssembly. Input and output lie in its memory. It says less of what is wrong. */
export function wasmLzo1x(exports: LzoExports): Decompress {
  return (input, output) => {
    const start = output.byteOffset
    const end = exports.decodeStream(input.byteOffset, input.byteOffset + input.length, start, start + output.length)
    if (end !== 0) return end - start
    throw new FormatError('MALFORMED', 'is damaged', { source: 'input', structure: 'LZO1X stream', offset: 0 })
  }
}
