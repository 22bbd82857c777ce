/** Bits as a decoder reads them, one after the other: [value, how many]. */
export type Reads = (readonly [value: number, count: number])[]

/** A stream that is read from its first bit on, padded with 0. */
export function forwardStream(reads: Reads): number[] {
  const bits = reads.flatMap(([value, count]) =>
    Array.from({ length: count }, (_, bit) => Math.floor(value / 2 ** bit) % 2),
  )
  const bytes: number[] = Array(Math.ceil(bits.length / 8)).fill(0)
  bits.forEach((bit, index) => {
    bytes[index >>> 3]! |= bit << (index & 7)
  })
  return bytes
}

/** A stream that is read from its last bit on: the reads in reverse, then a 1 that marks the end. */
export function backwardStream(reads: Reads): number[] {
  return forwardStream([...[...reads].reverse(), [1, 1]])
}
