import { formatError } from '../../bytes/source.ts'
import type { StreamMemory, StreamProgress } from '../stream-progress.ts'
import { growMemory, MARGIN, type ModuleExports } from './instance.ts'

/** The input's room grows by this much, because the output lies behind it and moves. In bytes. */
const INPUT_STEP = 2 ** 16

/** Buffers of a stream in the memory of an instance: the input, then the output, which grows without moving. */
export class WasmStreamMemory implements StreamMemory {
  readonly #exports: ModuleExports
  #inputRoom = 0
  #outputRoom = 0

  constructor(exports: ModuleExports) {
    this.#exports = exports
  }

  input(stream: StreamProgress, length: number, kept: Uint8Array): Uint8Array<ArrayBuffer> {
    const { byteOffset, length: keptLength } = kept
    if (length > this.#inputRoom) {
      this.#resize(stream, Math.ceil(length / INPUT_STEP) * INPUT_STEP, this.#outputRoom)
    }
    const start = this.#inputStart()
    // What is kept is empty or lies in the memory.
    if (keptLength > 0) this.#bytes().copyWithin(start, byteOffset, byteOffset + keptLength)
    return new Uint8Array(this.#exports.memory.buffer, start, length)
  }

  output(stream: StreamProgress, length: number, kept: Uint8Array): Uint8Array<ArrayBuffer> {
    const { byteOffset, length: keptLength } = kept
    if (keptLength > 0) this.#bytes().copyWithin(this.#outputStart(), byteOffset, byteOffset + keptLength)
    this.#resize(stream, this.#inputRoom, length)
    return stream.output
  }

  #inputStart(): number {
    return this.#exports.CALLER.value + MARGIN
  }

  #outputStart(): number {
    return this.#inputStart() + this.#inputRoom + 2 * MARGIN
  }

  #bytes(): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer)
  }

  /** Makes room, moves the output behind the input, and makes the arrays of the stream anew. */
  #resize(stream: StreamProgress, inputRoom: number, outputRoom: number): void {
    const { length } = stream.input
    const before = this.#outputStart()
    const outputLength = this.#outputRoom
    this.#inputRoom = inputRoom
    this.#outputRoom = outputRoom
    const start = this.#outputStart()
    const size = start + outputRoom + MARGIN
    if (!growMemory(this.#exports, size)) {
      throw formatError('LIMIT', 'needs more memory than there is', stream.source, {
        structure: 'window',
        offset: stream.inputStart,
        found: `${size} bytes`,
      })
    }
    if (start !== before) this.#bytes().copyWithin(start, before, before + outputLength)
    const { buffer } = this.#exports.memory
    stream.inputBuffer = new Uint8Array(buffer, this.#inputStart(), inputRoom)
    stream.input = new Uint8Array(buffer, this.#inputStart(), length)
    stream.inputView = new DataView(buffer, this.#inputStart(), length)
    stream.output = new Uint8Array(buffer, start, outputRoom)
    stream.outputView = new DataView(buffer, start, outputRoom)
  }
}
