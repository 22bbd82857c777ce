import type { FormatError } from '../../parsers/bytes/errors.ts'
import type { Background, ExtentMap } from '../../parsers/bytes/extents.ts'
import { atLimit, type Limits } from '../../parsers/bytes/limits.ts'
import { RangeList } from '../../parsers/bytes/range-list.ts'
import { formatError } from '../../parsers/bytes/source.ts'

/** What bytes are that no account owns. */
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
  /** Of a part beside the tree that has a name of its own among the regions, see `ExtentMap.addRegion`. */
  readonly ownRegion?: true
  /** Of a gap, an overlap, or a part with a name of its own: where its bytes lie, ascending; the first of them. */
  readonly places?: readonly Place[]
  /** How many places there are that `places` has no room for. */
  readonly morePlaces?: number
}

/** Sector size of discs, and a divisor of squashfs's padding: how finely zeros are told from data. */
const GRAIN = 2048
/** What is called so that nothing claims and nothing else has a name for. */
const UNCLAIMED = 'unclaimed bytes'
/** Places listed of all gaps, and as many of all overlaps: people look at a handful, and hostile images have millions. */
export const MAX_PLACES = 1000

/** Posts what nothing claims: to the backgrounds, else as padding where it is zeros and as a gap where it is not. */
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
      // Up to the next sector border, then whole megabytes of zeros at a time.
      const step = at % GRAIN === 0 ? 1 << 20 : GRAIN - (at % GRAIN)
      const length = Math.min(step, end - at)
      examined += length
      if (examined > limits.unclaimed) {
        if (warnings.length === 0) {
          const place = { structure: 'unclaimed bytes', offset: at, ...atLimit(limits, 'unclaimed') }
          warnings.push(formatError('LIMIT', 'from here on they are not looked at', source, place))
        }
        remainders.addPlace('gap', `${name}, not looked at`, at, end - at)
        return
      }
      postGrains(source.read(at, length), at, name, remainders)
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
      else remainders.add(part.kind, part.name, high - low)
      at = high
    }
    if (at < end) examine(at, end, UNCLAIMED)
  }
  return warnings
}

/**
 * Backgrounds in ascending order, none over another: each without what those before it in the list have. Those of one name
 * that follow each other are taken together, for there may be many, and a range list is slow to ask between additions.
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
 * @param name of what is not zeros
 */
function postGrains(bytes: Uint8Array, offset: number, name: string, remainders: RemainderSums): void {
  let zeros = 0
  /** Where data began that goes on; -1 in zeros. */
  let data = -1
  for (let at = 0; at < bytes.length; at += GRAIN) {
    const grain = bytes.subarray(at, at + GRAIN)
    const zero = isZero(grain)
    if (zero) zeros += grain.length
    if (zero && data >= 0) remainders.addPlace('gap', name, offset + data, at - data)
    data = zero ? -1 : data < 0 ? at : data
  }
  if (data >= 0) remainders.addPlace('gap', name, offset + data, bytes.length - data)
  remainders.add('padding', 'padding', zeros)
}

function isZero(bytes: Uint8Array): boolean {
  // By words where they are aligned: padding can be megabytes.
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
  /** Where the last place ended, listed or not. */
  end: number
  more: number
}

/** Remainders summed by kind and name, in the order of their first appearance. */
export class RemainderSums {
  readonly #sums = new Map<string, RemainderSum>()
  /** Places listed so far of each kind. */
  readonly #listed = new Map<RemainderKind, number>()

  add(kind: RemainderKind, name: string, bytes: number): void {
    this.#sumOf(kind, name, false).own += bytes
  }

  /** As `add`, for bytes whose place is to be told; of one name they come in ascending order. */
  addPlace(kind: RemainderKind, name: string, offset: number, length: number, ownRegion = false): void {
    const sum = this.#sumOf(kind, name, ownRegion)
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
