import type { Inventory } from '../inventory/take-inventory.ts'
import { optionsIn } from './advise/option-of.ts'
import type { Diff } from './diff.ts'

/** A diff that names, for each store path that came in, the NixOS option that takes it out again, if we know one. */
export function withOptions(diff: Diff, after: Inventory): Diff {
  if (!diff.rows.some((row) => row.class === 'new' && row.newPath !== undefined)) return diff
  const optionOf = optionsIn(after)
  const rows = diff.rows.map((row) => {
    const option = row.class === 'new' && row.newPath !== undefined ? optionOf(row.newPath) : undefined
    return option === undefined ? row : { ...row, option }
  })
  return { ...diff, rows }
}
