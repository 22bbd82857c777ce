import type { Filter } from '../filter.ts'

/**
 * Undoes the Delta filter (xz 1.2: 5.3.3). The encoder replaced each byte by its difference from the byte `distance`
 * before it, and the first ones by their difference from 0.
 * @param distance 1 to 256
 */
export function deltaFilter(distance: number): Filter {
  return () => {
    /** The last `distance` bytes of the block, in order. */
    const before = new Uint8Array(distance)
    return (bytes, start, end) => {
      const length = end - start
      // position - start is below distance here; in the second loop position - distance is at least start.
      for (let position = start; position < Math.min(end, start + distance); position++) {
        bytes[position]! += before[position - start]!
      }
      for (let position = start + distance; position < end; position++) bytes[position]! += bytes[position - distance]!
      if (length < distance) before.copyWithin(0, length)
      const kept = Math.min(length, distance)
      before.set(bytes.subarray(end - kept, end), distance - kept)
      return end
    }
  }
}
