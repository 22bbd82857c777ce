import type { ExtentMap } from '../../parsers/bytes/extents.ts'
import type { GroupAccounts } from './group-accounts.ts'
import type { SharerSets } from './sharer-sets.ts'
import type { WorkBudget } from './work-budget.ts'

/**
 * Bytes that groups have a share in, summed by who shares them and split at the end: a file with a million blocks and
 * a thousand names in different accounts is split once, not a million times.
 */
export class SharedContent {
  readonly #map: ExtentMap
  readonly #accountsOf: GroupAccounts
  readonly #accountOf: ArrayLike<number>
  readonly #sums = new Map<string, { readonly owners: readonly number[]; bytes: number }>()

  constructor(map: ExtentMap, accountsOf: GroupAccounts, accountOf: ArrayLike<number>) {
    this.#map = map
    this.#accountsOf = accountsOf
    this.#accountOf = accountOf
  }

  /** @param owners entries and groups, each once and in order */
  add(owners: readonly number[], bytes: number): void {
    const key = owners.join(' ')
    const sum = this.#sums.get(key)
    if (sum === undefined) this.#sums.set(key, { owners, bytes })
    else sum.bytes += bytes
  }

  /**
   * Hands the sums on to the accounts of their owners, and returns the bytes that have too many to be split.
   * @param names of groups, and owners, that are looked at
   */
  post(sharers: SharerSets, names: WorkBudget): number {
    let left = 0
    for (const { owners, bytes } of this.#sums.values()) {
      const accounts = new Set<number>()
      for (const owner of owners) {
        names.left -= this.#map.groupOf(owner)?.length ?? 1
        if (names.left < 0) break
        for (const account of this.#accountsOf(owner) ?? [this.#accountOf[owner]!]) accounts.add(account)
      }
      if (names.left < 0) left += bytes
      else sharers.add(sharers.numberOf([...accounts].sort((a, b) => a - b)), bytes)
    }
    return left
  }
}
