import type { FormatError } from '../../parsers/bytes/errors.ts'
import type { ExtentMap } from '../../parsers/bytes/extents.ts'
import { atLimit, DEFAULT_LIMITS, type Limits } from '../../parsers/bytes/limits.ts'
import { type ByteSource, formatError } from '../../parsers/bytes/source.ts'
import { apportion } from './apportion.ts'
import { blockWeights, NOBODY } from './block-weights.ts'
import { groupAccounts } from './group-accounts.ts'
import { SharedContent } from './shared-content.ts'
import { type SharedBytes, SharerSets } from './sharer-sets.ts'
import type { WorkBudget } from './work-budget.ts'

/** What bytes are that no account owns. */
export type RemainderKind = 'structure' | 'padding' | 'gap' | 'overlap' | 'unreadable'

/** Bytes of a source that belong to the format rather than to an account. */
export interface Remainder {
  readonly kind: RemainderKind
  readonly name: string
  readonly own: number
}

/** Every byte of one source, posted once: the sum of `own` and of the remainders is the source's size. */
export interface SizeLedger {
  /** Bytes by account number. */
  readonly own: Float64Array
  /** Of `own`, what several accounts have in common and is split over them: who, and how much in all. */
  readonly shared: readonly SharedBytes[]
  readonly remainders: readonly Remainder[]
  /** Limits that kept bytes from being split or looked at. */
  readonly warnings: readonly FormatError[]
}

/** Sector size of discs, and a divisor of squashfs's padding: how finely zeros are told from data. */
const GRAIN = 2048

/**
 * Posts every byte of a source to exactly one account or remainder. Content shared by several accounts is split evenly,
 * a block with pieces of several entries by the unpacked bytes each has in it, both by largest remainder.
 * @param accountOf account number of each entry, 0 .. accountCount - 1
 */
export function settle(
  map: ExtentMap,
  accountOf: ArrayLike<number>,
  accountCount: number,
  limits: Limits = DEFAULT_LIMITS,
): SizeLedger {
  const { starts, ends, kinds, owners } = map.claims
  const own = new Float64Array(accountCount)
  const remainders = new RemainderSums()
  const accountsOf = groupAccounts(map, accountOf)
  const sharerSets = new SharerSets()
  /** Where the first bytes lie that are not split; those of groups lie anywhere. */
  let firstTangled = map.source.size
  const segments: WorkBudget = { left: limits.tangle }
  const blockNames: WorkBudget = { left: limits.tangle }
  const fileNames: WorkBudget = { left: limits.tangle }
  const weightsOf = blockWeights(map, accountOf, accountsOf, accountCount, sharerSets, blockNames)
  const shared = new SharedContent(map, accountsOf, accountOf)

  /** Posts a segment to what claims it. */
  const post = (length: number, claims: readonly number[]): void => {
    const first = claims[0]!
    if (claims.length === 1 && kinds[first] === 'content') {
      const account = accountOf[owners[first]!]
      if (account !== undefined) own[account]! += length
      else shared.add([owners[first]!], length)
      return
    }
    if (claims.every((claim) => kinds[claim] === 'content')) {
      if (claims.some((claim) => map.groupOf(owners[claim]!) !== undefined)) {
        shared.add(
          [...new Set(claims.map((claim) => owners[claim]!))].sort((a, b) => a - b),
          length,
        )
        return
      }
      const sharers = [...new Set(claims.map((claim) => accountOf[owners[claim]!]!))].sort((a, b) => a - b)
      if (sharers.length === 1) own[sharers[0]!]! += length
      else sharerSets.add(sharerSets.numberOf(sharers), length)
      return
    }
    const kind = kinds[first]
    const owner = owners[first]!
    if (!claims.every((claim) => kinds[claim] === kind && owners[claim] === owner)) {
      remainders.add('overlap', overlapName(map, claims), length)
    } else if (kind === 'structure') {
      remainders.add('structure', map.names[owner]!, length)
    } else {
      const weights = weightsOf(owner)
      const shares = apportion(length, weights.weights)
      for (const [index, account] of weights.accounts.entries()) {
        if (account >= accountCount) sharerSets.add(account - accountCount, shares[index]!)
        else if (account !== NOBODY) own[account]! += shares[index]!
        else remainders.add(map.blocks[owner]!.kind, map.names[map.blocks[owner]!.name]!, shares[index]!)
      }
    }
  }

  const order = sortClaims(starts, ends)
  const gaps: [number, number][] = []
  let position = 0
  for (let index = 0; index < order.length; ) {
    const claim = order[index]!
    const start = starts[claim]!
    if (start > position) gaps.push([position, start])
    // A cluster: claims that touch each other's bytes. Nearly always one claim, or the same extent several times.
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
    if (uniform) post(end - start, cluster)
    else {
      const tangled = cutCluster(cluster, starts, ends, post, segments)
      if (tangled < end) {
        remainders.add('overlap', 'tangled claims', end - tangled)
        firstTangled = Math.min(firstTangled, tangled)
      }
    }
    position = end
    index = after
  }
  const unsplit = shared.post(sharerSets, fileNames)
  if (unsplit > 0) remainders.add('overlap', 'tangled claims', unsplit)
  if (position < map.source.size) gaps.push([position, map.source.size])
  const warnings = postGaps(map, gaps, remainders, limits)
  if ([segments, blockNames, fileNames].some(({ left }) => left < 0)) {
    const detail = 'too much of it is claimed more than once; some of that is not split'
    const offset = firstTangled < map.source.size ? firstTangled : 0
    const place = { structure: 'claims on its bytes', offset, ...atLimit(limits, 'tangle') }
    warnings.push(formatError('LIMIT', detail, map.source, place))
  }

  const ledger = { own, shared: sharerSets.post(own), remainders: remainders.list(), warnings }
  assertBalanced(ledger, map.source)
  return ledger
}

/** Claim numbers in order of start, then end. */
function sortClaims(starts: readonly number[], ends: readonly number[]): Uint32Array {
  const order = Uint32Array.from(starts.keys())
  return order.sort((a, b) => starts[a]! - starts[b]! || ends[a]! - ends[b]! || a - b)
}

/**
 * Cuts claims that overlap in part at every border and posts each segment; returns how far it came.
 * @param work (claim, segment) pairs
 */
function cutCluster(
  cluster: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
  post: (length: number, claims: readonly number[]) => void,
  work: WorkBudget,
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
    post(borders[index + 1]! - border, active)
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

/** Posts what nothing claims: to the backgrounds, else as padding where it is zeros and as a gap where it is not. */
function postGaps(
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
        remainders.add('gap', `${name}, not looked at`, end - at)
        return
      }
      postGrains(source.read(at, length), name, remainders)
      at += length
    }
  }
  const withoutBackground = (start: number, end: number, from: number): void => {
    for (let index = from; index < backgrounds.length; index += 1) {
      const background = backgrounds[index]!
      const low = Math.max(start, background.start)
      const high = Math.min(end, background.end)
      if (low >= high) continue
      if (background.kind === 'gap') examine(low, high, background.name)
      else remainders.add(background.kind, background.name, high - low)
      if (start < low) withoutBackground(start, low, index + 1)
      if (high < end) withoutBackground(high, end, index + 1)
      return
    }
    examine(start, end, 'unclaimed bytes')
  }
  for (const [start, end] of gaps) withoutBackground(start, end, 0)
  return warnings
}

function postGrains(bytes: Uint8Array, name: string, remainders: RemainderSums): void {
  let zeros = 0
  for (let at = 0; at < bytes.length; at += GRAIN) {
    const grain = bytes.subarray(at, at + GRAIN)
    if (isZero(grain)) zeros += grain.length
  }
  remainders.add('padding', 'padding', zeros)
  remainders.add('gap', name, bytes.length - zeros)
}

function isZero(bytes: Uint8Array): boolean {
  // By words where they are aligned: padding can be megabytes.
  const words = bytes.byteOffset % 4 === 0 ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : []
  for (let index = 0; index < words.length; index += 1) if (words[index] !== 0) return false
  for (let index = words.length * 4; index < bytes.length; index += 1) if (bytes[index] !== 0) return false
  return true
}

/** Remainders summed by kind and name, in the order of their first appearance. */
class RemainderSums {
  readonly #sums = new Map<string, { kind: RemainderKind; name: string; own: number }>()

  add(kind: RemainderKind, name: string, bytes: number): void {
    const key = `${kind}/${name}`
    const sum = this.#sums.get(key)
    if (sum === undefined) this.#sums.set(key, { kind, name, own: bytes })
    else sum.own += bytes
  }

  list(): readonly Remainder[] {
    return [...this.#sums.values()].filter((remainder) => remainder.own > 0)
  }
}

/** The promise of this tool: every byte once. A ledger that breaks it is a mistake of ours, never shown as a result. */
function assertBalanced(ledger: SizeLedger, source: ByteSource): void {
  let sum = 0
  for (const bytes of ledger.own) sum += bytes
  for (const remainder of ledger.remainders) sum += remainder.own
  if (sum !== source.size) {
    throw new Error(`the accounts of ${source.name} add up to ${sum} bytes, and it has ${source.size}; this is a bug`)
  }
}
