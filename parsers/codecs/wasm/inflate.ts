import { malformed } from '../deflate/failure.ts'
import type { InflateEnd } from '../deflate/inflate-state.ts'
import type { Inflater } from '../deflate/inflater.ts'
import { inflate } from './compiled/inflate.ts'
import { type ModuleExports, moduleOf } from './instance.ts'

/** assembly/inflate.ts. All numbers but checksums are addresses. */
export interface InflateExports extends ModuleExports {
  startInflate(): void
  inflate(input: number, inputEnd: number, output: number, outputEnd: number, windowStart: number): number
  inputPosition(): number
  outputPosition(): number
  adler32(checksum: number, start: number, end: number): number
  crc32(checksum: number, start: number, end: number): number
}

export const inflateModule = moduleOf<InflateExports>(inflate)

/** Indexed by what `inflate` returns; it returns 0 for damaged data. */
const ENDS: readonly (InflateEnd | undefined)[] = [
  undefined,
  'block ends',
  'stream ends',
  'input is read',
  'output is full',
]

/**
 * Decodes in WebAssembly. Input and output lie in its memory. It says less of what is wrong with the data.
 * @param structure the name of the data in errors
 */
export function wasmInflater(exports: InflateExports, structure: string): Inflater {
  let windowStart = 0
  return {
    start(outputStart) {
      windowStart = outputStart
      exports.startInflate()
    },
    inflate(progress) {
      const { input, output, inputPosition } = progress
      const status = exports.inflate(
        input.byteOffset + inputPosition,
        input.byteOffset + input.length,
        output.byteOffset + progress.outputPosition,
        output.byteOffset + output.length,
        output.byteOffset + windowStart,
      )
      const end = ENDS[status]
      if (end === undefined) throw malformed(structure, inputPosition, 'is damaged')
      progress.inputPosition = exports.inputPosition() - input.byteOffset
      progress.outputPosition = exports.outputPosition() - output.byteOffset
      return end
    },
    adler32: (bytes, start, end) => exports.adler32(1, bytes.byteOffset + start, bytes.byteOffset + end) >>> 0,
    startCrc32() {
      let value = 0
      return {
        update(bytes, start, end) {
          value = exports.crc32(value, bytes.byteOffset + start, bytes.byteOffset + end)
        },
        digest: () => value >>> 0,
      }
    },
  }
}
