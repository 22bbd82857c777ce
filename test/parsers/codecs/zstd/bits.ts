/** Bits as a decoder reads them, one after the other: [value, how many]. */
export type Reads = (readonly [value: number, count: number])[]

/** A stream that is read from its first bit on, padded with 0. */
export function forwardStream(reads: Reads): number[] {
  const bytes: number[] = []
  let length = 0
  for (const [value, count] of reads) {
    for (let bit = 0; bit < count; bit += 1) {
      if (length % 8 === 0) bytes.push(0)
      bytes[length >>> 3]! |= (Math.floor(value / 2 ** bit) % 2) << (length & 7)
      length += 1
    }
  }
  return bytes
}

/** A stream that is read from its last bit on: the reads in reverse, then a 1 that marks the end. */
export function backwardStream(reads: Reads): number[] {
  return forwardStream([...[...reads].reverse(), [1, 1]])
}
