import type { Decompress } from '../../../parsers/codecs/codec.ts'
import { FormatError } from '../../../parsers/index.ts'

const GUARD = 64
const GUARD_BYTE = 0xa5

/**
 * Decompresses inside larger buffers, and throws if a byte around the output or any byte of the input changed, or
 * if anything but a FormatError is thrown.
 * @returns what was written, or the error
 */
export function decompressGuarded(decompress: Decompress, input: Uint8Array, room: number): Uint8Array | FormatError {
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
  if (!inputBuffer.subarray(GUARD, GUARD + input.length).every((byte, index) => byte === input[index])) {
    throw new Error('wrote into the input')
  }
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
  const result = decompressGuarded(decompress, input, room)
  return result instanceof FormatError ? result.code : 'none'
}

/** Whether two byte arrays are equal; much faster than `toEqual` for large ones. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}
