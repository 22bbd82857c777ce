import type { Decompress } from '../../../parsers/codecs/codec.ts'
import { FormatError } from '../../../parsers/index.ts'
import { partsInWasm } from './every-decoder.ts'
import { verdictOf, verifyTwin } from './twin.ts'

const GUARD = 64
const GUARD_BYTE = 0xa5

/**
 * Decompresses inside larger buffers, and throws if a byte around the output or any byte of the input changed, or
 * if anything but a FormatError is thrown.
 * @returns what was written, or the error
 */
export function decompressAlone(decompress: Decompress, input: Uint8Array, room: number): Uint8Array | FormatError {
  const inputBuffer = new Uint8Array(GUARD + input.length + GUARD).fill(GUARD_BYTE)
  inputBuffer.set(input, GUARD)
  const outputBuffer = new Uint8Array(GUARD + room + GUARD).fill(GUARD_BYTE)
  const output = outputBuffer.subarray(GUARD, GUARD + room)
  let result: Uint8Array | FormatError
  try {
    const length = decompress(inputBuffer.subarray(GUARD, GUARD + input.length), output)
    if (!Number.isInteger(length) || length < 0 || length > room) throw new Error(`returned ${length} of ${room}`)
    result = output.subarray(0, length)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    if (error.facts.source !== 'input' || error.facts.offset < 0 || error.facts.offset > input.length) {
      throw new Error(`is not about the input: ${error.message}`)
    }
    result = error
  }
  for (const [name, buffer, length] of [
    ['output', outputBuffer, room],
    ['input', inputBuffer, input.length],
  ] as const) {
    const untouched = (byte: number) => byte === GUARD_BYTE
    if (!buffer.subarray(0, GUARD).every(untouched) || !buffer.subarray(GUARD + length).every(untouched)) {
      throw new Error(`wrote outside the ${name}`)
    }
  }
  if (!sameBytes(inputBuffer.subarray(GUARD, GUARD + input.length), input)) throw new Error('wrote into the input')
  return result
}

/**
 * As `decompressAlone`. What a decoder in TypeScript is given, its twin in WebAssembly is given too, and must agree: so
 * whatever the tests decode they decode with both.
 */
export function decompressGuarded(decompress: Decompress, input: Uint8Array, room: number): Uint8Array | FormatError {
  const result = decompressAlone(decompress, input, room)
  const wasm = partsInWasm.find(({ twin }) => twin === decompress)
  if (wasm !== undefined) verifyTwin(wasm.seeds, result, decompressAlone(wasm.decompress, input, room))
  return result
}

/** As `decompressGuarded`, where no error is expected. */
export function decompressed(decompress: Decompress, input: Uint8Array, room: number): Uint8Array {
  const result = decompressGuarded(decompress, input, room)
  if (result instanceof FormatError) throw result
  return result
}

/** The error code that an input ends with, or "none". */
export function codeOf(decompress: Decompress, input: Uint8Array, room: number): string {
  return verdictOf(decompressGuarded(decompress, input, room))
}

/** Whether two byte arrays are equal; much faster than `toEqual` for large ones. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}
