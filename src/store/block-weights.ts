import type { ExtentMap } from '../../parsers/bytes/extents.ts'

/** Whose a block's bytes are: `weights[i]` unpacked bytes belong to `accounts[i]`; account -1 is nobody's. */
export interface BlockWeights {
  readonly accounts: readonly number[]
  readonly weights: readonly number[]
}

/** A look-up of each shared block's weights, by the pieces it was claimed with. */
export function blockWeights(map: ExtentMap, accountOf: ArrayLike<number>): (block: number) => BlockWeights {
  const { blocks, starts, lengths, entries } = map.pieces
  const first = countingSort(blocks, map.blocks.length)
  return (block) => {
    const pieces = first.order.subarray(first.from[block]!, first.from[block + 1]!)
    pieces.sort(
      (a, b) =>
        starts[a]! - starts[b]! || lengths[a]! - lengths[b]! || accountOf[entries[a]!]! - accountOf[entries[b]!]!,
    )
    const weights = new Map<number, number>()
    let covered = 0
    for (let index = 0; index < pieces.length; ) {
      const piece = pieces[index]!
      const start = starts[piece]!
      const length = lengths[piece]!
      // The same piece several times: hard links, or files with the same tail. Its owners share it.
      const sharers: number[] = []
      while (index < pieces.length && starts[pieces[index]!] === start && lengths[pieces[index]!] === length) {
        const account = accountOf[entries[pieces[index]!]!]!
        if (sharers[sharers.length - 1] !== account) sharers.push(account)
        index += 1
      }
      // Pieces that overlap in part, which no writer makes, count only for what is new.
      const fresh = start + length - Math.max(start, covered)
      if (fresh > 0) {
        for (const account of sharers) weights.set(account, (weights.get(account) ?? 0) + fresh / sharers.length)
        covered = start + length
      }
    }
    let owned = 0
    for (const weight of weights.values()) owned += weight
    const nobody = Math.max(map.blocks[block]!.unpacked, covered) - owned
    // Thirds of bytes do not add up in binary; less than half a byte is nobody's byte.
    if (nobody > 0.5 || weights.size === 0) weights.set(-1, Math.max(nobody, 1))
    const sorted = [...weights.entries()].sort(([a], [b]) => a - b)
    return { accounts: sorted.map(([account]) => account), weights: sorted.map(([, weight]) => weight) }
  }
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
