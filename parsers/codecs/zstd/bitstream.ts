import { malformed } from './malformed.ts'

// A bitstream is read from its last bit to its first (RFC 8878 4.1 and 4.2.2). `bitsLeft` says how many bits the decoder
// has not read yet. It falls below 0 if the decoder reads more bits than the stream has.

/**
 * The number of bits in the stream [start, end). They lie below its end mark, the highest set bit of the last byte.
 * @param lack what the structure does in errors, if there is no end mark
 */
export function countBits(view: DataView, start: number, end: number, structure: string, lack: string): number {
  const lastByte = start < end ? view.getUint8(end - 1) : 0
  if (lastByte === 0) throw malformed(structure, end, lack)
  return 8 * (end - 1 - start) + 31 - Math.clz32(lastByte)
}

/**
 * A word that begins, at its highest bit, with the next 25 bits or more. After the first bit of the stream come those of
 * the bytes before it. The view must have four such bytes, and one more for every eight bits below 0.
 */
export function nextWord(view: DataView, start: number, bitsLeft: number): number {
  return view.getInt32(start - 4 + ((bitsLeft + 7) >> 3), true) << (-bitsLeft & 7)
}

/** The next `count` bits, at most 25. */
export function nextBits(view: DataView, start: number, bitsLeft: number, count: number): number {
  // Two shifts, because a shift by 32 shifts by 0.
  return (nextWord(view, start, bitsLeft) >>> 1) >>> (31 - count)
}
