import { fill, inputIsRead, inputOffset, type StreamProgress } from '../stream-progress.ts'
import { inputEnds } from './failure.ts'

/** A position in the bits of a stream, of which the highest of each byte comes first. */
export interface BitReader {
  readonly stream: StreamProgress
  /** The bits that are left of the byte before the input position: the highest bit is the next one. */
  bits: number
  /** 0 to 7 between calls. */
  bitCount: number
}

/**
 * Takes the next `count` bits, 1 to 24, as an unsigned number.
 * @throws {FormatError} TRUNCATED, in `field` of `structure`, if the source ends before them
 */
export function takeBits(reader: BitReader, count: number, structure: string, field: string): number {
  const { stream } = reader
  for (; reader.bitCount < count; reader.bitCount += 8) {
    fill(stream, 1)
    if (inputIsRead(stream)) throw inputEnds(stream, structure, field)
    reader.bits |= stream.input[stream.inputPosition++]! << (24 - reader.bitCount)
  }
  const value = reader.bits >>> (32 - count)
  reader.bits <<= count
  reader.bitCount -= count
  return value
}

/** Takes the next 32 bits. */
export function takeWord(reader: BitReader, structure: string, field: string): number {
  return takeBits(reader, 16, structure, field) * 2 ** 16 + takeBits(reader, 16, structure, field)
}

/** Takes the next 48 bits. */
export function takeMagic(reader: BitReader, structure: string, field: string): number {
  return takeBits(reader, 24, structure, field) * 2 ** 24 + takeBits(reader, 24, structure, field)
}

/** Skips the bits to the end of a byte. */
export function skipPadding(reader: BitReader): void {
  reader.bits = 0
  reader.bitCount = 0
}

/** The offset in the source of the byte that has the next bit. */
export function bitOffset({ stream, bitCount }: BitReader): number {
  return inputOffset(stream) - ((bitCount + 7) >>> 3)
}
