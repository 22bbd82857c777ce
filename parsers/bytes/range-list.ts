import { lastAtOrBefore } from './last-at-or-before.ts'

/** Half-open byte ranges. Callers add them in any order; queries see them sorted and merged. */
export class RangeList {
  #starts: number[] = []
  #ends: number[] = []
  /** The number of ranges at the front that are sorted and merged. Those after them are in the order of `add`. */
  #merged = 0

  add(start: number, length: number): void {
    if (length <= 0) return
    const last = this.#starts.length - 1
    // Neighbouring ranges mostly arrive in order. Joining them here keeps the lists short.
    if (last >= 0 && start >= this.#starts[last]! && start <= this.#ends[last]!) {
      this.#ends[last] = Math.max(this.#ends[last]!, start + length)
      return
    }
    if (this.#merged === last + 1 && (last < 0 || start > this.#ends[last]!)) this.#merged += 1
    this.#starts.push(start)
    this.#ends.push(start + length)
  }

  /** All ranges as [start, end), ascending; no two touch. */
  *ranges(): Generator<readonly [number, number]> {
    this.#merge()
    for (let index = 0; index < this.#starts.length; index += 1) yield [this.#starts[index]!, this.#ends[index]!]
  }

  /** Whether every byte of [start, start + length) is in the list. */
  covers(start: number, length: number): boolean {
    this.#merge()
    const index = this.#last(start)
    return index >= 0 && start + length <= this.#ends[index]!
  }

  /** Whether any byte of [start, start + length) is in the list. */
  touches(start: number, length: number): boolean {
    if (length <= 0) return false
    this.#merge()
    const index = this.#last(start + length - 1)
    return index >= 0 && this.#ends[index]! > start
  }

  /** The parts of [start, end) that are in no range, ascending. */
  *gapsWithin(start: number, end: number): Generator<readonly [number, number]> {
    this.#merge()
    let at = start
    for (let index = Math.max(this.#last(start), 0); index < this.#starts.length && at < end; index += 1) {
      const [from, to] = [this.#starts[index]!, this.#ends[index]!]
      if (from >= end) break
      if (from > at) yield [at, from]
      at = Math.max(at, to)
    }
    if (at < end) yield [at, end]
  }

  /** Where the first range at or after `position` starts; `otherwise` if there is none. */
  nextStart(position: number, otherwise: number): number {
    this.#merge()
    return this.#starts[this.#last(position - 1) + 1] ?? otherwise
  }

  /** The parts of [0, size) that are in no range, ascending. */
  *gaps(size: number): Generator<readonly [number, number]> {
    let at = 0
    for (const [start, end] of this.ranges()) {
      if (start >= size) break
      if (start > at) yield [at, start]
      at = end
    }
    if (at < size) yield [at, size]
  }

  /** Index of the last range that starts at or before `position`; -1 if there is none. */
  #last(position: number): number {
    return lastAtOrBefore(this.#starts, position)
  }

  /** Sorts the ranges added since the last merge, and merges them with the others. */
  #merge(): void {
    if (this.#merged === this.#starts.length) return
    // We sort starts and ends separately: a range of the union ends where as many ranges have ended as have started.
    const added = new Float64Array(this.#starts.slice(this.#merged)).sort()
    const addedEnds = new Float64Array(this.#ends.slice(this.#merged)).sort()
    const starts: number[] = []
    const ends: number[] = []
    const append = (start: number, end: number): void => {
      const last = starts.length - 1
      if (last >= 0 && start <= ends[last]!) ends[last] = Math.max(ends[last]!, end)
      else {
        starts.push(start)
        ends.push(end)
      }
    }
    let front = 0
    let start = added[0]!
    for (let index = 0; index < added.length; index += 1) {
      const next = added[index + 1]
      if (next !== undefined && next <= addedEnds[index]!) continue
      for (; front < this.#merged && this.#starts[front]! <= start; front += 1) {
        append(this.#starts[front]!, this.#ends[front]!)
      }
      append(start, addedEnds[index]!)
      start = next ?? 0
    }
    for (; front < this.#merged; front += 1) append(this.#starts[front]!, this.#ends[front]!)
    this.#starts = starts
    this.#ends = ends
    this.#merged = starts.length
  }
}
