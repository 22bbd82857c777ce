import type { ExtentMap } from '../../parsers/bytes/extents.ts'
import type { OwnerSet } from '../../parsers/bytes/owner-sets.ts'
import type { AccountSets } from './account-sets.ts'

/** Who owns the unpacked bytes of a block. */
export interface BlockShares {
  /** Sets of accounts, ascending. */
  readonly sets: readonly OwnerSet[]
  /** The bytes without an owner, then those of each set. */
  readonly weights: readonly number[]
}

/** Looks up the shares of each shared block, from the pieces that claimed it. */
export function blockShares(map: ExtentMap, accountSets: AccountSets): (block: number) => BlockShares {
  const groupsOf = pieceGroups(map, accountSets)
  // Weights by set number, all 0 between two blocks. A Map for each block takes three times as long.
  let weightOf = new Float64Array(map.owners.count)
  return (block) => {
    const groups = groupsOf(block)
    const sets: OwnerSet[] = []
    let owned = 0
    for (let index = 0; index < groups.sets.length; index += 1) {
      const set = groups.sets[index]!
      if (set >= weightOf.length) weightOf = grown(weightOf, set + 1)
      if (weightOf[set] === 0) sets.push(set)
      weightOf[set]! += groups.bytes[index]!
      owned += groups.bytes[index]!
    }
    sets.sort((a, b) => a - b)
    const unowned = Math.max(map.blocks[block]!.unpacked, groups.end) - owned
    const weights = [sets.length === 0 ? Math.max(unowned, 1) : unowned]
    for (const set of sets) {
      weights.push(weightOf[set]!)
      weightOf[set] = 0
    }
    return { sets, weights }
  }
}

/** The pieces of a block, those of the same bytes together. */
interface PieceGroups {
  /** The set of accounts of each group, and its bytes that no earlier group has. */
  readonly sets: readonly OwnerSet[]
  readonly bytes: readonly number[]
  /** The end of the last piece. */
  readonly end: number
}

function pieceGroups(map: ExtentMap, accountSets: AccountSets): (block: number) => PieceGroups {
  const { blocks, starts, lengths, owners } = map.pieces
  const byBlock = countingSort(blocks, map.blocks.length)
  return (block) => {
    const pieces = inOrder(byBlock.order.subarray(byBlock.from[block]!, byBlock.from[block + 1]!), starts)
    const sets: OwnerSet[] = []
    const bytes: number[] = []
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
      const set =
        index === from + 1
          ? accountSets.of(owners[piece]!)
          : accountSets.ofAll(Array.from(pieces.subarray(from, index), (at) => owners[at]!))
      if (set === undefined) continue
      sets.push(set)
      bytes.push(fresh)
    }
    return { sets, bytes, end: covered }
  }
}

function grown(numbers: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(Math.max(length, 2 * numbers.length))
  longer.set(numbers)
  return longer
}
/** Piece numbers in order of their starts. Sorting numbers is several times faster than sorting with a comparison. */
function inOrder(pieces: Uint32Array, starts: Uint32Array): Uint32Array {
  let sorted = true
  for (let index = 1; sorted && index < pieces.length; index += 1) {
    sorted = starts[pieces[index - 1]!]! <= starts[pieces[index]!]!
  }
  if (sorted) return pieces
  // A block has at most 1 MiB, so a start (20 bits) and a piece number (32 bits) fit exactly in one number.
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
