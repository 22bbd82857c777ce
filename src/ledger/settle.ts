import type { FormatError } from '../../parsers/bytes/errors.ts'
import type { ExtentMap } from '../../parsers/bytes/extents.ts'
import { atLimit, DEFAULT_LIMITS, type Limits } from '../../parsers/bytes/limits.ts'
import { type ByteSource, formatError } from '../../parsers/bytes/source.ts'
import { AccountSets, type SharedBytes } from './account-sets.ts'
import { apportion } from './apportion.ts'
import { blockShares } from './block-shares.ts'
import type { Costs } from './costs.ts'
import { postGaps, type Remainder, RemainderSums } from './remainders.ts'

/**
 * Every byte of one source, posted once: `own` and the remainders add up to the size of the source. A source that comes
 * out of compressed blocks is posted by what its bytes cost (`costs.ts`). `charge` makes bytes of these numbers.
 */
export interface SizeLedger {
  /** Bytes, or costs, by account number. */
  readonly own: Float64Array
  /** The part of `own` that several accounts share: which accounts, and how many bytes in all. */
  readonly shared: readonly SharedBytes[]
  readonly remainders: readonly Remainder[]
  /** Limits that kept us from splitting or looking at bytes. */
  readonly warnings: readonly FormatError[]
}

/**
 * Posts every byte of a source to exactly one account or remainder. Accounts that share content split it evenly.
 * Entries with pieces in one block split it by their unpacked bytes. Both use largest remainder.
 * @param accountOf account number of each entry, 0 .. accountCount - 1
 * @param costs what the bytes of the source cost; without it, one each
 */
export function settle(
  map: ExtentMap,
  accountOf: ArrayLike<number>,
  accountCount: number,
  limits: Limits = DEFAULT_LIMITS,
  costs?: Costs,
): SizeLedger {
  const accountSets = new AccountSets(map.owners, accountOf, accountCount, limits.tangle)
  const remainders = new RemainderSums(costs)
  const { gaps, tangled } = postClaims(map, accountOf, accountSets, remainders, limits, costs)
  const warnings = postGaps(map, gaps, remainders, limits)
  if (tangled !== undefined || accountSets.isOverLimit) {
    const detail = 'too many claims overlap; some of the shared bytes are not split'
    const place = { structure: 'claims on its bytes', offset: tangled ?? 0, ...atLimit(limits, 'tangle') }
    warnings.push(formatError('LIMIT', detail, map.source, place))
  }
  if (costs !== undefined) remainders.addBytes('structure', COMPRESSION_HEADERS, costs.beside)
  const ledger = { ...accountSets.split(), remainders: remainders.list(), warnings }
  assertBalanced(ledger, map.source, costs)
  return ledger
}

/** The name of stored bytes that decompress to nothing: headers, trailers and checksums of compressed blocks. */
const COMPRESSION_HEADERS = 'compression headers'
/** The name of bytes with too many claims to split. */
const TANGLED = 'tangled claims'

/**
 * Posts the claimed bytes.
 * @returns the unclaimed ranges, and the first offset at which there were too many claims to split, if any
 */
function postClaims(
  map: ExtentMap,
  accountOf: ArrayLike<number>,
  accountSets: AccountSets,
  remainders: RemainderSums,
  limits: Limits,
  costs: Costs | undefined,
): { readonly gaps: readonly [number, number][]; readonly tangled: number | undefined } {
  const { starts, ends } = map.claims
  const post = segmentPoster(map, accountOf, accountSets, remainders, costs)
  const segments = { left: limits.tangle }
  const order = sortClaims(starts, ends)
  const gaps: [number, number][] = []
  let tangled: number | undefined
  let position = 0
  for (let index = 0; index < order.length; ) {
    const claim = order[index]!
    const start = starts[claim]!
    if (start > position) gaps.push([position, start])
    // A cluster: claims that overlap. It nearly always is one claim, or one extent several times.
    let end = ends[claim]!
    let uniform = true
    let after = index + 1
    while (after < order.length && starts[order[after]!]! < end) {
      const next = order[after]!
      if (starts[next] !== start || ends[next] !== end) uniform = false
      if (ends[next]! > end) end = ends[next]!
      after += 1
    }
    const cluster = after === index + 1 ? [claim] : Array.from(order.subarray(index, after))
    if (uniform) post(start, end - start, cluster)
    else {
      const done = cutCluster(cluster, starts, ends, post, segments)
      if (done < end) {
        remainders.addPlace('overlap', TANGLED, done, end - done)
        tangled ??= done
      }
    }
    position = end
    index = after
  }
  if (position < map.source.size) gaps.push([position, map.source.size])
  return { gaps, tangled }
}

/** Posts a segment, [start, start + length), to all of its claims. */
type PostSegment = (start: number, length: number, claims: readonly number[]) => void

function segmentPoster(
  map: ExtentMap,
  accountOf: ArrayLike<number>,
  accountSets: AccountSets,
  remainders: RemainderSums,
  costs: Costs | undefined,
): PostSegment {
  const { kinds, owners } = map.claims
  const sharesOf = blockShares(map, accountOf, accountSets)
  const postBlock = (block: number, bytes: number): void => {
    const { sets, weights } = sharesOf(block)
    const shares = apportion(bytes, weights)
    const { kind, name } = map.blocks[block]!
    if (weights[0]! > 0) remainders.addBytes(kind, map.names[name]!, shares[0]!)
    for (let index = 0; index < sets.length; index += 1) accountSets.add(sets[index]!, shares[index + 1]!)
  }
  return (start, length, claims) => {
    const first = claims[0]!
    const kind = kinds[first]
    const owner = owners[first]!
    const bytes = costs === undefined ? length : costs.of(start, length)
    if (claims.every((claim) => kinds[claim] === 'content')) {
      const set =
        claims.length === 1
          ? accountSets.of(owner)
          : accountSets.ofAll([...new Set(claims.map((claim) => owners[claim]!))].sort((a, b) => a - b))
      if (set === undefined) remainders.addBytes('overlap', TANGLED, bytes)
      else accountSets.add(set, bytes)
    } else if (!claims.every((claim) => kinds[claim] === kind && owners[claim] === owner)) {
      remainders.addPlace('overlap', overlapName(map, claims), start, length)
    } else if (kind === 'structure') remainders.addBytes('structure', map.names[owner]!, bytes)
    else postBlock(owner, bytes)
  }
}

/** Claim numbers in order of start, then end. */
function sortClaims(starts: readonly number[], ends: readonly number[]): Uint32Array {
  const order = new Uint32Array(starts.length).map((_, index) => index)
  return order.sort((a, b) => starts[a]! - starts[b]! || ends[a]! - ends[b]! || a - b)
}

/**
 * Cuts partly overlapping claims at every border and posts each segment. It returns the offset that it reached.
 * @param work how many (claim, segment) pairs we may still look at
 */
function cutCluster(
  cluster: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
  post: (start: number, length: number, claims: readonly number[]) => void,
  work: { left: number },
): number {
  const borders = [...new Set(cluster.flatMap((claim) => [starts[claim]!, ends[claim]!]))].sort((a, b) => a - b)
  let active: number[] = []
  let next = 0
  for (let index = 0; index + 1 < borders.length; index += 1) {
    const border = borders[index]!
    active = active.filter((claim) => ends[claim]! > border)
    while (next < cluster.length && starts[cluster[next]!] === border) {
      active.push(cluster[next]!)
      next += 1
    }
    work.left -= active.length
    if (work.left < 0) return border
    post(border, borders[index + 1]! - border, active)
  }
  return borders[borders.length - 1]!
}

function overlapName(map: ExtentMap, claims: readonly number[]): string {
  const { kinds, owners } = map.claims
  const names = claims.slice(0, 100).map((claim) => {
    const owner = owners[claim]!
    if (kinds[claim] === 'content') return 'file content'
    return map.names[kinds[claim] === 'structure' ? owner : map.blocks[owner]!.name]!
  })
  return [...new Set(names)].sort().slice(0, 3).join(' over ')
}

/** The promise of this tool: it counts every byte once. A ledger that breaks it is our bug, so we never show it. */
function assertBalanced(ledger: SizeLedger, source: ByteSource, costs: Costs | undefined): void {
  const expected = costs === undefined ? source.size : costs.of(0, source.size) + costs.beside
  let sum = 0
  for (const bytes of ledger.own) sum += bytes
  for (const remainder of ledger.remainders) sum += remainder.own
  if (sum !== expected) {
    throw new Error(`the accounts of ${source.name} add up to ${sum}, not to ${expected}; this is a bug`)
  }
}
