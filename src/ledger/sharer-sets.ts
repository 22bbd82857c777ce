import { apportion } from './apportion.ts'

/** Bytes that accounts have in common. */
export interface SharedBytes {
  /** Account numbers, ascending; two or more. */
  readonly accounts: readonly number[]
  /** What each of them has of it in its own size. */
  readonly shares: readonly number[]
  readonly bytes: number
}

/** Sums of bytes by who shares them, split when all are known: a sum is split once, however many blocks it is of. */
export class SharerSets {
  readonly #numbers = new Map<string, number>()
  readonly #sets: (readonly number[])[] = []
  readonly #bytes: number[] = []

  /** The number of a set of accounts. @param accounts each once and in order */
  numberOf(accounts: readonly number[]): number {
    const key = accounts.join(' ')
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#sets.length
    this.#numbers.set(key, number)
    this.#sets.push(accounts)
    this.#bytes.push(0)
    return number
  }

  add(number: number, bytes: number): void {
    this.#bytes[number]! += bytes
  }

  /** Splits each sum evenly over its accounts, by largest remainder, and returns what was split. */
  post(own: Float64Array): readonly SharedBytes[] {
    const shared: SharedBytes[] = []
    for (const [number, accounts] of this.#sets.entries()) {
      const bytes = this.#bytes[number]!
      const shares = apportion(bytes, new Array<number>(accounts.length).fill(1))
      for (const [index, account] of accounts.entries()) own[account]! += shares[index]!
      if (bytes > 0 && accounts.length > 1) shared.push({ accounts, shares, bytes })
    }
    return shared
  }
}
