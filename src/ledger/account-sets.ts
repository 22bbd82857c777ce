import { type OwnerSet, OwnerSets } from '../../parsers/bytes/owner-sets.ts'
import { apportion } from './apportion.ts'

/** Bytes that several accounts have in common. */
export interface SharedBytes {
  /** Account numbers, ascending. There are two or more. */
  readonly accounts: readonly number[]
  /** The part of these bytes that each account's own size includes. */
  readonly shares: readonly number[]
  readonly bytes: number
}

/**
 * Bytes by the set of accounts that owns them. We split a set once, when we know all of its bytes. So a file with a
 * million blocks and a thousand names in different accounts is not split a million times.
 */
export class AccountSets {
  readonly #entrySets: OwnerSets
  readonly #accountOf: ArrayLike<number>
  readonly #sets: OwnerSets
  /** The set of accounts for each set of entries, or for several of them. */
  readonly #known = new Map<OwnerSet | string, OwnerSet | undefined>()
  #bytes: Float64Array
  /** The entries that we may still look up to find their accounts; negative once there were too many. */
  #entriesLeft: number

  /** @param limit how many entries of larger sets we look up */
  constructor(entrySets: OwnerSets, accountOf: ArrayLike<number>, accountCount: number, limit: number) {
    this.#entrySets = entrySets
    this.#accountOf = accountOf
    this.#sets = new OwnerSets(accountCount)
    this.#bytes = new Float64Array(accountCount)
    this.#entriesLeft = limit
  }

  /** Whether some sets had too many entries to look up. */
  get isOverLimit(): boolean {
    return this.#entriesLeft < 0
  }

  /** The accounts of a set of entries; undefined once we have looked up too many. */
  of(entrySet: OwnerSet): OwnerSet | undefined {
    if (this.#entrySets.isSingle(entrySet)) return this.#accountOf[entrySet]!
    if (!this.#known.has(entrySet)) this.#known.set(entrySet, this.#lookUp([entrySet]))
    return this.#known.get(entrySet)
  }

  /** Like `of`, for several sets of entries together. */
  ofAll(entrySets: readonly OwnerSet[]): OwnerSet | undefined {
    if (entrySets.length === 1) return this.of(entrySets[0]!)
    if (entrySets.every((set) => this.#entrySets.isSingle(set))) {
      // With `map`, V8 would make an array of floating-point numbers, and then compile the callers again.
      const accounts = new Set<number>()
      for (const entry of entrySets) accounts.add(this.#accountOf[entry]!)
      return this.#sets.setOf([...accounts])
    }
    const key = entrySets.join(' ')
    if (!this.#known.has(key)) this.#known.set(key, this.#lookUp(entrySets))
    return this.#known.get(key)
  }

  #lookUp(entrySets: readonly OwnerSet[]): OwnerSet | undefined {
    const accounts = new Set<number>()
    for (const set of entrySets) {
      const entries = this.#entrySets.members(set)
      this.#entriesLeft -= entries.length
      if (this.isOverLimit) return undefined
      for (const entry of entries) accounts.add(this.#accountOf[entry]!)
    }
    return this.#sets.setOf([...accounts])
  }

  add(set: OwnerSet, bytes: number): void {
    if (set >= this.#bytes.length) {
      const longer = new Float64Array(Math.max(set + 1, 2 * this.#bytes.length))
      longer.set(this.#bytes)
      this.#bytes = longer
    }
    this.#bytes[set]! += bytes
  }

  /** Splits the bytes of each larger set evenly over its accounts, by largest remainder. */
  split(): { readonly own: Float64Array; readonly shared: readonly SharedBytes[] } {
    const { count, size } = this.#sets
    const own = this.#bytes.slice(0, count)
    const shared: SharedBytes[] = []
    for (let set = count; set < size; set += 1) {
      const bytes = this.#bytes[set] ?? 0
      if (bytes === 0) continue
      const accounts = this.#sets.members(set)
      const shares = apportion(bytes, new Array<number>(accounts.length).fill(1))
      for (const [index, account] of accounts.entries()) own[account]! += shares[index]!
      shared.push({ accounts, shares, bytes })
    }
    return { own, shared }
  }
}
