import type { FormatError } from '../../parsers/bytes/errors.ts'
import type { Background, ExtentMap } from '../../parsers/bytes/extents.ts'
import { atLimit, type Limits } from '../../parsers/bytes/limits.ts'
import { RangeList } from '../../parsers/bytes/range-list.ts'
import { formatError } from '../../parsers/bytes/source.ts'
import type { Costs } from './costs.ts'

/** What bytes without an account are. */
export type RemainderKind = 'structure' | 'padding' | 'gap' | 'overlap' | 'unreadable'

/** Bytes [offset, offset + length) of a source. */
export interface Place {
  readonly offset: number
  readonly length: number
}

/** Bytes of a source that belong to the format rather than to an account. */
export interface Remainder {
  readonly kind: RemainderKind
  readonly name: string
  readonly own: number
  /** For a part beside the tree that has its own name among the regions, see `ExtentMap.addRegion`. */
  readonly ownRegion?: true
  /**
   * Where the bytes of a gap, an overlap or a part with its own region lie, ascending. Only the first places are
   * listed.
   */
  readonly places?: readonly Place[]
  /** How many further places are not listed. */
  readonly morePlaces?: number
}

/** The unit in which we tell zeros from data: the sector size of discs, and a divisor of squashfs's padding. */
const ZEROS_UNIT = 2048
/** The name of unclaimed bytes that have no other name. */
const UNCLAIMED = 'unclaimed bytes'
/** We list this many places for all gaps, and as many for all overlaps. Hostile images have millions. */
export const MAX_PLACES = 1000

/** Posts the unclaimed bytes: to the backgrounds, else zeros as padding and other bytes as a gap. */
export function postGaps(
  map: ExtentMap,
  gaps: readonly [number, number][],
  remainders: RemainderSums,
  limits: Limits,
): FormatError[] {
  const { source, backgrounds } = map
  const warnings: FormatError[] = []
  let examined = 0
  const examine = (start: number, end: number, name: string): void => {
    for (let at = start; at < end; ) {
      // We go up to the next sector border, then a megabyte at a time.
      const step = at % ZEROS_UNIT === 0 ? 1 << 20 : ZEROS_UNIT - (at % ZEROS_UNIT)
      const length = Math.min(step, end - at)
      examined += length
      if (examined > limits.unclaimed) {
        if (warnings.length === 0) {
          const place = { structure: 'unclaimed bytes', offset: at, ...atLimit(limits, 'unclaimed') }
          warnings.push(formatError('LIMIT', 'too many to examine; the rest is skipped', source, place))
        }
        remainders.addPlace('gap', `${name}, not looked at`, at, end - at)
        return
      }
      postUnits(source.read(at, length), at, name, remainders)
      at += length
    }
  }
  const parts = disjoint(backgrounds)
  let first = 0
  for (const [start, end] of gaps) {
    let at = start
    while (first < parts.length && parts[first]!.end <= start) first += 1
    for (let index = first; index < parts.length && parts[index]!.start < end; index += 1) {
      const part = parts[index]!
      const low = Math.max(start, part.start)
      const high = Math.min(end, part.end)
      if (at < low) examine(at, low, UNCLAIMED)
      if (part.kind === 'gap') examine(low, high, part.name)
      else if (part.ownRegion) remainders.addPlace(part.kind, part.name, low, high - low, true)
      else remainders.add(part.kind, part.name, low, high - low)
      at = high
    }
    if (at < end) examine(at, end, UNCLAIMED)
  }
  return warnings
}

/**
 * Backgrounds in ascending order, without overlap: an earlier one in the list takes the bytes that several have. We
 * collect a run of equal names first, because there may be many and a range list answers slowly between additions.
 */
function disjoint(backgrounds: readonly Background[]): Background[] {
  const taken = new RangeList()
  const parts: Background[] = []
  for (let index = 0; index < backgrounds.length; ) {
    const { kind, name, ownRegion } = backgrounds[index]!
    const same = new RangeList()
    for (; index < backgrounds.length; index += 1) {
      const next = backgrounds[index]!
      if (next.name !== name || next.kind !== kind || next.ownRegion !== ownRegion) break
      same.add(next.start, next.end - next.start)
    }
    for (const [from, to] of same.ranges()) {
      for (const [start, end] of taken.gapsWithin(from, to)) parts.push({ start, end, kind, name, ownRegion })
    }
    for (const [start, end] of same.ranges()) taken.add(start, end - start)
  }
  return parts.sort((a, b) => a.start - b.start)
}

/**
 * @param offset of the bytes in their source
 * @param name for bytes that are not zeros
 */
function postUnits(bytes: Uint8Array, offset: number, name: string, remainders: RemainderSums): void {
  /** Where the current run of data began; -1 in zeros. */
  let data = -1
  for (let at = 0; at < bytes.length; at += ZEROS_UNIT) {
    const unit = bytes.subarray(at, at + ZEROS_UNIT)
    const zero = isZero(unit)
    if (zero) remainders.add('padding', 'padding', offset + at, unit.length)
    if (zero && data >= 0) remainders.addPlace('gap', name, offset + data, at - data)
    data = zero ? -1 : data < 0 ? at : data
  }
  if (data >= 0) remainders.addPlace('gap', name, offset + data, bytes.length - data)
}

function isZero(bytes: Uint8Array): boolean {
  // Padding can be megabytes, so we compare aligned words.
  const words = bytes.byteOffset % 4 === 0 ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : []
  for (let index = 0; index < words.length; index += 1) if (words[index] !== 0) return false
  for (let index = words.length * 4; index < bytes.length; index += 1) if (bytes[index] !== 0) return false
  return true
}

interface RemainderSum {
  readonly kind: RemainderKind
  readonly name: string
  readonly ownRegion: boolean
  own: number
  readonly places: { readonly offset: number; length: number }[]
  /** Where the last place ended, whether we listed it or not. */
  end: number
  more: number
}

/** Sums of remainders by kind and name, in the order of their first appearance. */
export class RemainderSums {
  readonly #sums = new Map<string, RemainderSum>()
  /** How many places of each kind we have listed so far. */
  readonly #listed = new Map<RemainderKind, number>()
  readonly #costs: Costs | undefined

  /** @param costs what the bytes cost; without it, one each */
  constructor(costs?: Costs) {
    this.#costs = costs
  }

  /** Adds what the bytes [offset, offset + length) cost. */
  add(kind: RemainderKind, name: string, offset: number, length: number): void {
    this.addBytes(kind, name, this.#costs === undefined ? length : this.#costs.of(offset, length))
  }

  addBytes(kind: RemainderKind, name: string, bytes: number): void {
    this.#sumOf(kind, name, false).own += bytes
  }

  /** Like `add`, for bytes whose places we list. Places of one name come in ascending order. */
  addPlace(kind: RemainderKind, name: string, offset: number, length: number, ownRegion = false): void {
    const sum = this.#sumOf(kind, name, ownRegion)
    if (this.#costs !== undefined) {
      // Their bytes do not exist uncompressed in the file, so they have no places.
      sum.own += this.#costs.of(offset, length)
      return
    }
    sum.own += length
    const last = sum.places.at(-1)
    const goesOn = sum.end === offset && last !== undefined
    sum.end = offset + length
    if (goesOn && sum.more === 0) last.length += length
    else if (!goesOn) {
      const listed = this.#listed.get(kind) ?? 0
      if (listed < MAX_PLACES) {
        sum.places.push({ offset, length })
        this.#listed.set(kind, listed + 1)
      } else sum.more += 1
    }
  }

  #sumOf(kind: RemainderKind, name: string, ownRegion: boolean): RemainderSum {
    const key = `${kind}/${ownRegion}/${name}`
    let sum = this.#sums.get(key)
    if (sum === undefined) {
      sum = { kind, name, ownRegion, own: 0, places: [], end: -1, more: 0 }
      this.#sums.set(key, sum)
    }
    return sum
  }

  list(): readonly Remainder[] {
    return [...this.#sums.values()]
      .filter(({ own }) => own > 0)
      .map(({ kind, name, ownRegion, own, places, more }) => ({
        kind,
        name,
        own,
        ...(ownRegion ? { ownRegion } : {}),
        ...(places.length === 0 ? {} : { places }),
        ...(more === 0 ? {} : { morePlaces: more }),
      }))
  }
}
