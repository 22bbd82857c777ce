import type { Tested } from './every-decoder.ts'
import { decompressAlone } from './guarded.ts'
import { verdictOf, verifyTwin } from './twin.ts'

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
    const { seeds, decompress, twin } = this.#tested
    this.compared += 1
    const expected = decompressAlone(twin, input, room)
    const found = decompressAlone(decompress, input, room)
    try {
      verifyTwin(seeds, expected, found)
    } catch (error) {
      throw new Error(`${what}, room for ${room}`, { cause: error })
    }
    const [code, other] = [verdictOf(expected), verdictOf(found)]
    if (code !== other) this.differences.add(`${code}, ${other}`)
  }
}
