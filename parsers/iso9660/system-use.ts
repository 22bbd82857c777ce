import { atLimit, type LimitName } from '../bytes/limits.ts'
import { RangeList } from '../bytes/range-list.ts'
import { u32le } from './directory-record.ts'
import { blockOffset, type Volume } from './volume.ts'

/** Bytes that we keep of the last read, because the areas of neighbouring records share blocks. */
const WINDOW = 16 * 2048

/** The two characters of a signature word as one number, big-endian. */
export function signature(text: string): number {
  return (text.charCodeAt(0) << 8) | text.charCodeAt(1)
}
const CE = signature('CE')
const ST = signature('ST')
const SL = signature('SL')

/** Receives the signature word of a system use entry, and its place [at, at + length) in `bytes`. */
export type VisitEntry = (word: number, bytes: Uint8Array, at: number, length: number) => void

/**
 * Bytes of continuation areas that we may still read. Areas of different records do not overlap, and we read none more
 * than twice. So an honest image never needs more than twice its size.
 */
export interface ContinuationBudget {
  left: number
}

/** Reads the entries of system use fields (SUSP 4, 5) and follows their continuation areas. */
export class SystemUseReader {
  /** All bytes of continuation areas. */
  readonly continuationAreas: RangeList = new RangeList()
  readonly #volume: Volume
  readonly #budget: ContinuationBudget
  #window: Uint8Array = new Uint8Array(0)
  #windowOffset = 0

  constructor(volume: Volume, budget: ContinuationBudget = { left: 2 * volume.source.size }) {
    this.#volume = volume
    this.#budget = budget
  }

  /**
   * Calls `visit` for each entry in [start, end) of `bytes` and in its continuation areas, in order.
   * @param offset the offset of the directory record in the source, for messages
   */
  read(bytes: Uint8Array, start: number, end: number, offset: number, visit: VisitEntry): void {
    let continuation = this.#readArea(bytes, start, end, offset, visit)
    if (continuation === undefined) return
    const seen: Continuation[] = []
    let total = 0
    while (continuation !== undefined) {
      const { offset: areaOffset, length }: Continuation = continuation
      total += length
      this.#budget.left -= length
      const problem = this.#continuationProblem(continuation, seen, total)
      if (problem !== undefined) {
        this.#volume.warnings.lose(problem[0], problem[1], {
          structure: 'CE entry (SUSP 5.1) of a directory record',
          offset,
          found: `[${areaOffset}, ${areaOffset + length})`,
          ...(problem[2] === undefined ? {} : atLimit(this.#volume.limits, problem[2])),
        })
        return
      }
      seen.push(continuation)
      this.continuationAreas.add(areaOffset, length)
      const at = this.#load(areaOffset, length)
      continuation = this.#readArea(this.#window, at, at + length, offset, visit)
    }
  }

  #continuationProblem(
    area: Continuation,
    seen: readonly Continuation[],
    total: number,
  ): ['MALFORMED' | 'TRUNCATED' | 'LIMIT', string, LimitName?] | undefined {
    const { limits } = this.#volume
    const end = area.offset + area.length
    if (end > this.#volume.source.size) return ['TRUNCATED', 'the continuation area lies beyond the end of the image']
    if (seen.some((other) => area.offset < other.offset + other.length && other.offset < end)) {
      return ['MALFORMED', 'the continuation areas form a loop; it is not followed']
    }
    if (seen.length >= limits['ce-hops']) {
      return ['LIMIT', `more than ${limits['ce-hops']} continuation areas; the rest is ignored`, 'ce-hops']
    }
    if (total > limits['ce-bytes']) {
      return ['LIMIT', `more than ${limits['ce-bytes']} bytes of continuation areas; the rest is ignored`, 'ce-bytes']
    }
    if (this.#budget.left < 0) return ['LIMIT', 'all continuation areas together are larger than the image']
    return undefined
  }

  /** Reads the entries of one area (SUSP 4.1), and returns where they continue. */
  #readArea(
    bytes: Uint8Array,
    start: number,
    end: number,
    offset: number,
    visit: VisitEntry,
  ): Continuation | undefined {
    let continuation: Continuation | undefined
    // An entry has at least four bytes (SUSP 4.1). Anything shorter, such as zeros, is padding.
    for (let at = start; at + 4 <= end; ) {
      const word = (bytes[at]! << 8) | bytes[at + 1]!
      const length = word === SL ? this.#symlinkLength(bytes, at, end, offset) : bytes[at + 2]!
      if (length < 4 || at + length > end || word === ST) break
      if (word === CE && length >= 28) {
        const area = {
          offset: blockOffset(this.#volume, u32le(bytes, at + 4)) + u32le(bytes, at + 12),
          length: u32le(bytes, at + 20),
        }
        if (continuation !== undefined) {
          this.#volume.warnings.add('MALFORMED', 'a second CE entry in one area is ignored', {
            structure: 'system use field of a directory record',
            offset,
          })
        } else if (area.length > 0) continuation = area
      } else visit(word, bytes, at, length)
      at += length
    }
    return continuation
  }

  /**
   * genisoimage 1.1.11 writes SL entries longer than 255 bytes, with the length modulo 256. Components fill an entry
   * exactly (RRIP 4.1.3). So if one crosses the end of the entry, the components show where it really ends.
   */
  #symlinkLength(bytes: Uint8Array, at: number, end: number, offset: number): number {
    const length = bytes[at + 2]!
    const stated = at + length
    let component = at + 5
    while (component < stated && component + 2 <= end) component += 2 + bytes[component + 1]!
    if (component <= stated) return length
    while (component + 2 <= end && (component - stated) % 256 !== 0) component += 2 + bytes[component + 1]!
    if (component > end || (component - stated) % 256 !== 0) return length
    this.#volume.warnings.add(
      'MALFORMED',
      'the length of a symbolic link is too small by a multiple of 256; the target is read whole',
      {
        structure: 'SL entry (RRIP 4.1.3) of a directory record',
        offset,
        found: length,
        expected: component - at,
      },
    )
    return component - at
  }

  /** Loads [offset, offset + length) into the window, and returns its place there. */
  #load(offset: number, length: number): number {
    if (offset < this.#windowOffset || offset + length > this.#windowOffset + this.#window.length) {
      const { source } = this.#volume
      this.#windowOffset = offset - (offset % 2048)
      const wanted = Math.max(WINDOW, offset + length - this.#windowOffset)
      this.#window = source.read(this.#windowOffset, Math.min(wanted, source.size - this.#windowOffset))
    }
    return offset - this.#windowOffset
  }
}

interface Continuation {
  readonly offset: number
  readonly length: number
}
