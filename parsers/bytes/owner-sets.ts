/** The number of a set of owners, in its `OwnerSets`. */
export type OwnerSet = number

/**
 * Sets of owners, each of which has one number however often it is met. Owners are numbered from 0 on. The set of one
 * owner has that owner's number, so that the many sets of one need no room; larger sets have the numbers behind them.
 */
export class OwnerSets {
  /** Owners there are: 0 .. count - 1. */
  readonly count: number
  readonly #numbers = new Map<string, OwnerSet>()
  readonly #larger: (readonly number[])[] = []

  constructor(count: number) {
    this.count = count
  }

  /** Sets there are by now: the numbers below it are in use. */
  get size(): number {
    return this.count + this.#larger.length
  }

  /** The set of these owners, in any order and however often each. @param owners one or more */
  setOf(owners: readonly number[]): OwnerSet {
    const members = isAscending(owners) ? owners : [...new Set(owners)].sort((a, b) => a - b)
    if (members.length === 1) return members[0]!
    const key = members.join(' ')
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const set = this.size
    this.#numbers.set(key, set)
    this.#larger.push(members)
    return set
  }

  /** The owners in a set, ascending. */
  members(set: OwnerSet): readonly number[] {
    return this.isSingle(set) ? [set] : this.#larger[set - this.count]!
  }

  /** Whether a set has one owner, which then has the same number. */
  isSingle(set: OwnerSet): boolean {
    return set < this.count
  }
}

function isAscending(numbers: readonly number[]): boolean {
  for (let index = 1; index < numbers.length; index += 1) if (numbers[index - 1]! >= numbers[index]!) return false
  return true
}
