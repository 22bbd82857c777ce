import type { ExtentMap } from '../../parsers/bytes/extents.ts'
import type { GroupAccounts } from './group-accounts.ts'
import type { SharerSets } from './sharer-sets.ts'
import type { WorkBudget } from './work-budget.ts'

/** Stands for an account where bytes of a block are nobody's. */
export const NOBODY = -1

/**
 * Whose a block's bytes are: `weights[i]` unpacked bytes belong to `accounts[i]`; account NOBODY has the rest, and from
 * `accountCount` on it is the number of a set of sharers that is meant.
 */
export interface BlockWeights {
  readonly accounts: readonly number[]
  readonly weights: readonly number[]
}

/**
 * A look-up of each shared block's weights, by the pieces it was claimed with.
 * @param names of groups that are looked at; pieces with more names than are left remain nobody's
 */
export function blockWeights(
  map: ExtentMap,
  accountOf: ArrayLike<number>,
  accountsOf: GroupAccounts,
  accountCount: number,
  sharerSets: SharerSets,
  names: WorkBudget,
): (block: number) => BlockWeights {
  const { blocks, starts, lengths, owners } = map.pieces
  const first = countingSort(blocks, map.blocks.length)
  // By account number, and all 0 between two blocks: a Map for each block takes three times as long.
  let weightOf = new Float64Array(accountCount)
  /** The accounts that share pieces [from, to), which have one start and length: hard links, or files of the same tail. */
  const sharersOf = (pieces: Uint32Array, from: number, to: number): Set<number> => {
    const sharers = new Set<number>()
    for (let index = from; index < to; index += 1) {
      const owner = owners[pieces[index]!]!
      const group = map.groupOf(owner)
      names.left -= group?.length ?? 0
      if (group === undefined) sharers.add(accountOf[owner]!)
      else if (names.left >= 0) for (const account of accountsOf(owner)!) sharers.add(account)
    }
    return sharers
  }
  return (block) => {
    const pieces = inOrder(first.order.subarray(first.from[block]!, first.from[block + 1]!), starts)
    const accounts: number[] = []
    const give = (account: number, weight: number): void => {
      if (account >= weightOf.length) weightOf = grown(weightOf, account + 1)
      if (weightOf[account] === 0) accounts.push(account)
      weightOf[account]! += weight
    }
    let covered = 0
    for (let index = 0; index < pieces.length; ) {
      const piece = pieces[index]!
      const start = starts[piece]!
      const length = lengths[piece]!
      const from = index
      do index += 1
      while (index < pieces.length && starts[pieces[index]!] === start && lengths[pieces[index]!] === length)
      // Pieces that overlap in part, which no writer makes, count only for what is new.
      const fresh = start + length - Math.max(start, covered)
      if (fresh <= 0) continue
      covered = start + length
      const account = index === from + 1 ? accountOf[owners[piece]!] : undefined
      if (account !== undefined) give(account, fresh)
      else {
        const sharers = sharersOf(pieces, from, index)
        const [only] = sharers
        if (sharers.size === 1) give(only!, fresh)
        else if (sharers.size > 1) give(accountCount + sharerSets.numberOf([...sharers].sort((a, b) => a - b)), fresh)
      }
    }
    accounts.sort((a, b) => a - b)
    const weights = accounts.map((account) => weightOf[account]!)
    let owned = 0
    for (const account of accounts) {
      owned += weightOf[account]!
      weightOf[account] = 0
    }
    const nobody = Math.max(map.blocks[block]!.unpacked, covered) - owned
    if (nobody > 0 || accounts.length === 0) {
      accounts.unshift(NOBODY)
      weights.unshift(Math.max(nobody, 1))
    }
    return { accounts, weights }
  }
}

function grown(numbers: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(Math.max(length, 2 * numbers.length))
  longer.set(numbers)
  return longer
}

/** Piece numbers in order of their starts: numbers sort several times faster than with a function to compare them. */
function inOrder(pieces: Uint32Array, starts: Uint32Array): Uint32Array {
  let sorted = true
  for (let index = 1; sorted && index < pieces.length; index += 1) {
    sorted = starts[pieces[index - 1]!]! <= starts[pieces[index]!]!
  }
  if (sorted) return pieces
  // Starts lie within a block of at most 1 MiB, so start and number together stay exact: 20 and 32 bits.
  const keys = new Float64Array(pieces.length)
  for (let index = 0; index < pieces.length; index += 1)
    keys[index] = starts[pieces[index]!]! * 2 ** 32 + pieces[index]!
  keys.sort()
  const order = new Uint32Array(pieces.length)
  for (let index = 0; index < keys.length; index += 1) order[index] = keys[index]! % 2 ** 32
  return order
}

/** Piece numbers ordered by block: block b's are order[from[b] .. from[b + 1]). */
function countingSort(blocks: Uint32Array, count: number): { from: Uint32Array; order: Uint32Array } {
  const from = new Uint32Array(count + 1)
  for (let index = 0; index < blocks.length; index += 1) from[blocks[index]! + 1]! += 1
  for (let block = 0; block < count; block += 1) from[block + 1]! += from[block]!
  const next = from.slice()
  const order = new Uint32Array(blocks.length)
  for (let index = 0; index < blocks.length; index += 1) {
    const block = blocks[index]!
    order[next[block]!] = index
    next[block]! += 1
  }
  return { from, order }
}
