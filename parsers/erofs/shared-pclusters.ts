import type { ExtentMap } from '../bytes/extents.ts'
import type { OwnerSet } from '../bytes/owner-sets.ts'

/** A pcluster: each of its owners uses the first so many bytes of what it decompresses to. */
interface Pcluster {
  readonly storedLength: number
  readonly lengths: Map<OwnerSet, number>
  /** What it decompresses to, if the packed inode has it; else 0. */
  unpacked: number
  /** Fragments in it. */
  readonly fragments: { readonly start: number; readonly length: number; readonly owner: OwnerSet }[]
}

/** The name of the part of a block that no entry owns, and its kind. */
export interface Rest {
  readonly name: string
  readonly kind: 'structure' | 'unreadable'
}

/** More owners of one pcluster than this share all of it evenly, because each has to be compared with the others. */
const MAX_COMPARED = 64

/**
 * The compressed pclusters that several files may use: those of the packed inode, which hold fragments, and, if the
 * writer looks for duplicates (feature dedupe), all others. A file uses a pcluster of the latter kind from its start, to
 * a length of its own. Files that use the same bytes share them.
 */
export class SharedPclusters {
  /** By offset. */
  readonly #pclusters = new Map<number, Pcluster>()
  /** Pclusters with the offset of another one, but another length, which no writer makes. */
  readonly #odd: { readonly offset: number; readonly storedLength: number; readonly owner: OwnerSet }[] = []

  /** A file uses the first `length` bytes of a pcluster. */
  add(offset: number, storedLength: number, length: number, owner: OwnerSet): void {
    const pcluster = this.#pclusterAt(offset, storedLength)
    if (pcluster === undefined) this.#odd.push({ offset, storedLength, owner })
    else pcluster.lengths.set(owner, Math.max(length, pcluster.lengths.get(owner) ?? 0))
  }

  /** The packed inode has a pcluster. It may have one several times. */
  addPacked(offset: number, storedLength: number, unpacked: number): void {
    const pcluster = this.#pclusterAt(offset, storedLength)
    if (pcluster !== undefined) pcluster.unpacked = Math.max(pcluster.unpacked, unpacked)
  }

  /** A file has a fragment in a pcluster of the packed inode. */
  addFragment(offset: number, start: number, length: number, owner: OwnerSet): void {
    this.#pclusters.get(offset)?.fragments.push({ start, length, owner })
  }

  /** Claims all of them: content of one owner, or a block with pieces. */
  claim(map: ExtentMap, rest: Rest): void {
    for (const [offset, { storedLength, lengths, unpacked, fragments }] of this.#pclusters) {
      const owners = [...lengths.keys()]
      if (unpacked === 0 && (owners.length === 1 || owners.length > MAX_COMPARED)) {
        for (const owner of owners) map.claimContent(offset, storedLength, owner)
        continue
      }
      const block = map.claimBlock(offset, storedLength, unpacked, rest.name, rest.kind)
      for (const { start, length, owner } of fragments) map.addPiece(block, start, length, owner)
      let start = 0
      for (const end of [...new Set(lengths.values())].sort((a, b) => a - b).slice(0, MAX_COMPARED)) {
        const sharers = owners.filter((owner) => lengths.get(owner)! >= end)
        const members = sharers.flatMap((owner) => map.owners.members(owner))
        map.addPiece(block, start, end - start, map.owners.setOf(members))
        start = end
      }
    }
    for (const { offset, storedLength, owner } of this.#odd) map.claimContent(offset, storedLength, owner)
  }

  /** The pcluster at an offset; undefined if it has another length. */
  #pclusterAt(offset: number, storedLength: number): Pcluster | undefined {
    const known = this.#pclusters.get(offset)
    if (known !== undefined) return known.storedLength === storedLength ? known : undefined
    const pcluster = { storedLength, lengths: new Map<OwnerSet, number>(), unpacked: 0, fragments: [] }
    this.#pclusters.set(offset, pcluster)
    return pcluster
  }
}
