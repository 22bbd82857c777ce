import type { RangeList } from '../bytes/range-list.ts'
import type { ByteSource } from '../bytes/source.ts'
import { SECTOR } from './volume-descriptor.ts'

/** The most stretches of data that we list for one range. There are one or two. */
const STRETCHES_LIMIT = 64

/**
 * Sectors of [start, end) that are neither `owned` nor zeros. It joins neighbours, and returns the first 64 stretches.
 */
export function nonZeroSectors(source: ByteSource, owned: RangeList, start: number, end: number): [number, number][] {
  const found: [number, number][] = []
  for (const [from, to] of owned.gapsWithin(start, end)) {
    for (let at = from; at < to; ) {
      const next = Math.min((Math.floor(at / SECTOR) + 1) * SECTOR, to)
      if (source.read(at, next - at).some((byte) => byte !== 0)) {
        const last = found.at(-1)
        if (last?.[1] === at) last[1] = next
        else if (found.length === STRETCHES_LIMIT) return found
        else found.push([at, next])
      }
      at = next
    }
  }
  return found
}
