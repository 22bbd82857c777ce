import { FormatError } from '../../bytes/errors.ts'
import type { Decompress } from '../codec.ts'
import { growMemory, isTrap, MARGIN, type Module, type ModuleExports } from './instance.ts'

/** Input and output together; the largest block of a format we read has 1 MiB. Larger ones take the TypeScript way. */
const LARGEST = 64 * 2 ** 20
/** Input and output begin at multiples of this many bytes. */
const ALIGNMENT = 64
/** The input's room grows by this much, so that the output seldom moves. In bytes. */
const INPUT_STEP = 2 ** 16

/** Decodes blocks in WebAssembly, one after the other. */
export interface BlockDecoder {
  /**
   * Memory for the stored bytes of the next block, valid until the next call for another block.
   * @param limit the most bytes that the block may become
   * @returns undefined where WebAssembly does not run, or for too large a block
   */
  input(length: number, limit: number): Uint8Array | undefined
  /**
   * The stored bytes of a block where `decompress` reads them. It copies them if they lie elsewhere, also in the
   * decoder's memory: there they would be gone, because the memory grows and the output takes its place.
   * @returns undefined as `input` does, and the bytes stay as they are
   */
  place(bytes: Uint8Array, limit: number): Uint8Array | undefined
  /**
   * Decompresses a block to at most `limit` bytes, valid until the next call.
   * @param input what `input` or `place` returned for this limit
   * @throws {FormatError} if the block is damaged or we cannot decode it here; the decoder in TypeScript says which
   */
  decompress(input: Uint8Array, limit: number): Uint8Array
}

/**
 * Makes a block decoder of a module.
 * @param decompressOf makes a decompressor for input and output that lie in the memory of the instance
 */
export function createBlockDecoder<Exports extends ModuleExports>(
  module: Module<Exports>,
  decompressOf: (exports: Exports) => Decompress,
): BlockDecoder {
  return new InstanceDecoder(module, decompressOf)
}

/** It has one instance, and uses its memory for one block after the other. */
class InstanceDecoder<Exports extends ModuleExports> implements BlockDecoder {
  readonly #module: Module<Exports>
  readonly #decompressOf: (exports: Exports) => Decompress
  #instance: { readonly exports: Exports; readonly decompress: Decompress } | undefined
  #inputRoom = 0

  constructor(module: Module<Exports>, decompressOf: (exports: Exports) => Decompress) {
    this.#module = module
    this.#decompressOf = decompressOf
  }

  input(length: number, limit: number): Uint8Array | undefined {
    if (length + limit > LARGEST) return undefined
    const exports = this.#start()?.exports
    if (exports === undefined) return undefined
    while (this.#inputRoom < length) this.#inputRoom += INPUT_STEP
    const start = exports.CALLER.value + MARGIN
    if (!growMemory(exports, this.#outputStart(exports) + limit + MARGIN)) return undefined
    return new Uint8Array(exports.memory.buffer, start, length)
  }

  place(bytes: Uint8Array, limit: number): Uint8Array | undefined {
    if (this.#isReady(bytes, limit)) return bytes
    const isOwn = bytes.buffer === this.#instance?.exports.memory.buffer
    const copy = isOwn && bytes.length + limit <= LARGEST ? bytes.slice() : bytes
    const own = this.input(bytes.length, limit)
    own?.set(copy)
    return own
  }

  decompress(input: Uint8Array, limit: number): Uint8Array {
    const instance = this.#instance
    if (instance === undefined || !this.#isReady(input, limit)) throw new Error('the block is not in its place')
    const { exports, decompress } = instance
    const output = new Uint8Array(exports.memory.buffer, this.#outputStart(exports), limit)
    try {
      return output.subarray(0, decompress(input, output))
    } catch (error) {
      if (!isTrap(error)) throw error
      this.#instance = undefined
      const place = { source: 'input', structure: 'block', offset: 0 }
      throw new FormatError('MALFORMED', 'ends in a trap', place, { cause: error })
    }
  }

  #start(): { readonly exports: Exports; readonly decompress: Decompress } | undefined {
    if (this.#instance === undefined) {
      const exports = this.#module.instantiate()
      if (exports !== undefined) this.#instance = { exports, decompress: this.#decompressOf(exports) }
    }
    return this.#instance
  }

  /** Whether bytes lie where `input` puts them, with room for the output. */
  #isReady({ buffer, byteOffset, length }: Uint8Array, limit: number): boolean {
    const exports = this.#instance?.exports
    return (
      buffer === exports?.memory.buffer &&
      byteOffset === exports.CALLER.value + MARGIN &&
      length <= this.#inputRoom &&
      this.#outputStart(exports) + limit + MARGIN <= buffer.byteLength
    )
  }

  #outputStart(exports: Exports): number {
    const inputEnd = exports.CALLER.value + MARGIN + this.#inputRoom
    return Math.ceil((inputEnd + 2 * MARGIN) / ALIGNMENT) * ALIGNMENT
  }
}
