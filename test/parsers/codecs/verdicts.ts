import { difference } from '../../../fuzz/verdicts.js'
import { FormatError } from '../../../parsers/index.ts'
import type { Tested } from './every-decoder.ts'
import { decompressGuarded, sameBytes } from './guarded.ts'

/** Compares a decoder in WebAssembly with its twin in TypeScript. */
export class Verdicts {
  readonly #tested: Required<Tested>
  /** How many streams were compared. */
  compared = 0
  /** The differences that there were, all of which may be: "LIMIT, MALFORMED" where WebAssembly says the latter. */
  readonly differences = new Set<string>()

  constructor(tested: Required<Tested>) {
    this.#tested = tested
  }

  /** @throws {Error} if the verdicts differ as they may not, or the bytes do */
  compare(input: Uint8Array, room: number, what: string): void {
    const { name, seeds, decompress, twin } = this.#tested
    this.compared += 1
    const expected = decompressGuarded(twin, input, room)
    const found = decompressGuarded(decompress, input, room)
    const code = codeOf(expected)
    const other = codeOf(found)
    const differing = difference(seeds, code, other)
    if (differing !== undefined) throw new Error(`${name} of ${what}, room for ${room}: ${differing}`)
    if (code !== other) this.differences.add(`${code}, ${other}`)
    if (expected instanceof FormatError || found instanceof FormatError) return
    if (!sameBytes(expected, found)) throw new Error(`${name} of ${what}, room for ${room}: other bytes`)
  }
}

function codeOf(result: Uint8Array | FormatError): string {
  return result instanceof FormatError ? result.code : 'none'
}
