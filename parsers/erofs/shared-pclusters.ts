import type { ExtentMap } from '../bytes/extents.ts'
import type { OwnerSet } from '../bytes/owner-sets.ts'

/** A pcluster: each of its owners uses the first so many bytes of what it decompresses to. */
interface Pcluster {
  readonly storedLength: number
  readonly lengths: Map<OwnerSet, number>
}

/** More owners of one pcluster than this share all of it evenly, because each has to be compared with the others. */
const MAX_COMPARED = 64

/**
 * The pclusters of an image whose writer looks for duplicates (feature dedupe). Several files may use one pcluster, each
 * from its start, and to a length of its own. Those that use the same bytes share them.
 */
export class SharedPclusters {
  /** By offset. */
  readonly #pclusters = new Map<number, Pcluster>()
  /** Pclusters with the offset of another one, but another length, which no writer makes. */
  readonly #odd: { readonly offset: number; readonly storedLength: number; readonly owner: OwnerSet }[] = []

  add(offset: number, storedLength: number, length: number, owner: OwnerSet): void {
    const known = this.#pclusters.get(offset)
    if (known === undefined) this.#pclusters.set(offset, { storedLength, lengths: new Map([[owner, length]]) })
    else if (known.storedLength !== storedLength) this.#odd.push({ offset, storedLength, owner })
    else known.lengths.set(owner, Math.max(length, known.lengths.get(owner) ?? 0))
  }

  /** Claims all of them: content of one owner, or a block with pieces. */
  claim(map: ExtentMap): void {
    for (const [offset, { storedLength, lengths }] of this.#pclusters) {
      const owners = [...lengths.keys()]
      if (owners.length === 1 || owners.length > MAX_COMPARED) {
        for (const owner of owners) map.claimContent(offset, storedLength, owner)
        continue
      }
      const block = map.claimBlock(offset, storedLength, 0, 'shared pclusters')
      let start = 0
      for (const end of [...new Set(lengths.values())].sort((a, b) => a - b)) {
        const sharers = owners.filter((owner) => lengths.get(owner)! >= end)
        const members = sharers.flatMap((owner) => map.owners.members(owner))
        map.addPiece(block, start, end - start, map.owners.setOf(members))
        start = end
      }
    }
    for (const { offset, storedLength, owner } of this.#odd) map.claimContent(offset, storedLength, owner)
  }
}
