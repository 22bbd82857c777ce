/** The number of a set of owners in its `OwnerSets`. */
export type OwnerSet = number

/**
 * Numbers sets of owners: the same set always gets the same number. Owners have the numbers from 0 on. A set of one
 * owner has that owner's number, so these many sets take no memory. Larger sets have the numbers after the owners.
 */
export class OwnerSets {
  /** The number of owners, which are 0 .. count - 1. */
  readonly count: number
  readonly #numbers = new Map<string, OwnerSet>()
  readonly #larger: (readonly number[])[] = []

  constructor(count: number) {
    this.count = count
  }

  /** The number of sets so far; all smaller numbers are in use. */
  get size(): number {
    return this.count + this.#larger.length
  }

  /**
   * The set of these owners, in any order and with any repetition.
   * @param owners one or more
   */
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

  /** Whether a set has one owner, whose number is then the number of the set. */
  isSingle(set: OwnerSet): boolean {
    return set < this.count
  }
}

function isAscending(numbers: readonly number[]): boolean {
  for (let index = 1; index < numbers.length; index += 1) if (numbers[index - 1]! >= numbers[index]!) return false
  return true
}
