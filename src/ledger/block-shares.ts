import type { ExtentMap } from '../../parsers/bytes/extents.ts'
import { grown } from '../../parsers/bytes/grown.ts'
import type { OwnerSet } from '../../parsers/bytes/owner-sets.ts'
import type { AccountSets } from './account-sets.ts'

/** Who owns the unpacked bytes of a block. */
export interface BlockShares {
  /** Sets of accounts, ascending. */
  readonly sets: readonly OwnerSet[]
  /** The bytes without an owner, then those of each set. */
  readonly weights: readonly number[]
}

/**
 * Looks up the shares of each shared block, from the pieces that claimed it.
 * @param accountOf the account of each entry
 */
export function blockShares(
  map: ExtentMap,
  accountOf: ArrayLike<number>,
  accountSets: AccountSets,
): (block: number) => BlockShares {
  const { blocks, starts, lengths, owners } = map.pieces
  const entryCount = map.owners.count
  const byBlock = countingSort(blocks, map.blocks.length)
  const setOf = (pieces: Uint32Array, from: number, to: number): OwnerSet | undefined =>
    accountSets.ofAll(Array.from(pieces.subarray(from, to), (piece) => owners[piece]!))
  // Weights by set number, all 0 between two blocks. A Map for each block takes three times as long.
  let weightOf = new Float64Array(entryCount)
  return (block) => {
    const pieces = inOrder(byBlock.order.subarray(byBlock.from[block]!, byBlock.from[block + 1]!), starts)
    const sets: OwnerSet[] = []
    let covered = 0
    for (let index = 0; index < pieces.length; ) {
      const piece = pieces[index]!
      const start = starts[piece]!
      const length = lengths[piece]!
      const from = index
      do index += 1
      while (index < pieces.length && starts[pieces[index]!] === start && lengths[pieces[index]!] === length)
      // No writer makes pieces that overlap in part. If they do, a piece counts only for its new bytes.
      const fresh = start + length - Math.max(start, covered)
      if (fresh <= 0) continue
      covered = start + length
      // Nearly every piece belongs to one entry, whose set of accounts is its account.
      const owner = owners[piece]!
      const set = index === from + 1 && owner < entryCount ? accountOf[owner] : setOf(pieces, from, index)
      if (set === undefined) continue
      if (set >= weightOf.length) weightOf = grown(weightOf, new Float64Array(Math.max(set + 1, 2 * weightOf.length)))
      if (weightOf[set] === 0) sets.push(set)
      weightOf[set]! += fresh
    }
    sets.sort((a, b) => a - b)
    const weights = [0]
    let owned = 0
    for (const set of sets) {
      weights.push(weightOf[set]!)
      owned += weightOf[set]!
      weightOf[set] = 0
    }
    const unowned = Math.max(map.blocks[block]!.unpacked, covered) - owned
    weights[0] = sets.length === 0 ? Math.max(unowned, 1) : unowned
    return { sets, weights }
  }
}

/** Piece numbers in order of their starts. Sorting numbers is several times faster than sorting with a comparison. */
function inOrder(pieces: Uint32Array, starts: Uint32Array): Uint32Array {
  let sorted = true
  for (let index = 1; sorted && index < pieces.length; index += 1) {
    sorted = starts[pieces[index - 1]!]! <= starts[pieces[index]!]!
  }
  if (sorted) return pieces
  // In a block of 2 MiB, a start (21 bits) and a piece number (32 bits) fit exactly in one number. A pcluster of EROFS
  // has up to 12 MiB.
  if (pieces.some((piece) => starts[piece]! >= 2 ** 21)) {
    return pieces.slice().sort((a, b) => starts[a]! - starts[b]! || a - b)
  }
  const keys = new Float64Array(pieces.length)
  for (let index = 0; index < pieces.length; index += 1)
    keys[index] = starts[pieces[index]!]! * 2 ** 32 + pieces[index]!
  keys.sort()
  const order = new Uint32Array(pieces.length)
  for (let index = 0; index < keys.length; index += 1) order[index] = keys[index]! % 2 ** 32
  return order
}

/** Piece numbers grouped by block: those of block b are order[from[b] .. from[b + 1]). */
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
