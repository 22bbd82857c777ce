import type { ExtentMap } from '../../parsers/bytes/extents.ts'

/** The accounts of an owner that is a group, each once and in order; undefined for an owner that is an entry. */
export type GroupAccounts = (owner: number) => readonly number[] | undefined

/** A look-up of the accounts of each group of a map, worked out once. */
export function groupAccounts(map: ExtentMap, accountOf: ArrayLike<number>): GroupAccounts {
  const known = new Map<number, readonly number[]>()
  return (owner) => {
    const entries = map.groupOf(owner)
    if (entries === undefined) return undefined
    let accounts = known.get(owner)
    if (accounts === undefined) {
      accounts = [...new Set(entries.map((entry) => accountOf[entry]!))].sort((a, b) => a - b)
      known.set(owner, accounts)
    }
    return accounts
  }
}
