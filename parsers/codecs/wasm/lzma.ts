import type { LzmaState, SymbolDecoder, SymbolsEnd } from '../lzma/lzma-state.ts'
import { createLzmaState } from '../lzma/state.ts'
import type { XzParts } from '../xz/parts.ts'
import { lzma } from './compiled/lzma.ts'
import { type ModuleExports, moduleOf } from './instance.ts'

interface Variable {
  value: number
}

/** assembly/lzma.ts. Positions, limits, starts and ends are addresses. */
export interface LzmaExports extends ModuleExports {
  readonly range: Variable
  readonly code: Variable
  readonly state: Variable
  readonly rep0: Variable
  readonly rep1: Variable
  readonly rep2: Variable
  readonly rep3: Variable
  readonly inputPosition: Variable
  readonly outputPosition: Variable
  setProperties(lc: number, lp: number, pb: number): void
  resetProbabilities(literalBits: number): void
  decodeSymbols(inputLimit: number, outputEnd: number, dictionaryStart: number): number
  crc32(checksum: number, start: number, end: number): number
  crc64(checksum: bigint, start: number, end: number): bigint
}

export const lzmaModule = moduleOf<LzmaExports>(lzma)

/** Indexed by what `decodeSymbols` returns. */
const ENDS: readonly SymbolsEnd[] = ['paused', 'end marker', 'output full', 'wrong distance']
/** lc + lp for which the module has room. */
const LITERAL_BITS_LIMIT = 4

/** Decodes symbols in WebAssembly. Input and output lie in its memory, with room after the input to read past it. */
export function wasmLzmaState(exports: LzmaExports): LzmaState {
  const symbols: SymbolDecoder = {
    literalBitsLimit: LITERAL_BITS_LIMIT,
    readsPastInput: true,
    reset({ literalContextBits, literalPositionBits, positionBits }) {
      exports.setProperties(literalContextBits, literalPositionBits, positionBits)
      exports.resetProbabilities(literalContextBits + literalPositionBits)
    },
    run(lzma, input, inputLimit, output, outputEnd) {
      exports.range.value = lzma.range
      exports.code.value = lzma.code
      exports.state.value = lzma.state
      exports.rep0.value = lzma.rep0
      exports.rep1.value = lzma.rep1
      exports.rep2.value = lzma.rep2
      exports.rep3.value = lzma.rep3
      exports.inputPosition.value = input.byteOffset + lzma.inputPosition
      exports.outputPosition.value = output.byteOffset + lzma.outputPosition
      const end = exports.decodeSymbols(
        input.byteOffset + inputLimit,
        output.byteOffset + outputEnd,
        output.byteOffset + lzma.dictionaryStart,
      )
      lzma.range = exports.range.value
      lzma.code = exports.code.value
      lzma.state = exports.state.value
      lzma.rep0 = exports.rep0.value
      lzma.rep1 = exports.rep1.value
      lzma.rep2 = exports.rep2.value
      lzma.rep3 = exports.rep3.value
      lzma.inputPosition = exports.inputPosition.value - input.byteOffset
      lzma.outputPosition = exports.outputPosition.value - output.byteOffset
      return ENDS[end]!
    },
  }
  return createLzmaState(symbols)
}

/** The inner parts of an xz decoder in WebAssembly. */
export function wasmXzParts(exports: LzmaExports): XzParts {
  return {
    lzma: wasmLzmaState(exports),
    checksums: {
      startCrc32() {
        let value = 0
        return {
          update(bytes, start, end) {
            value = exports.crc32(value, bytes.byteOffset + start, bytes.byteOffset + end)
          },
          digest: () => value >>> 0,
        }
      },
      startCrc64() {
        let value = 0n
        return {
          update(bytes, start, end) {
            value = exports.crc64(value, bytes.byteOffset + start, bytes.byteOffset + end)
          },
          digest: () => ({ high: Number((value >> 32n) & 0xffffffffn), low: Number(value & 0xffffffffn) }),
        }
      },
    },
  }
}
