import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { InsideImage } from '../inventory/inside.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'

/** An image in a file, at any depth, and what its bytes are for. */
export interface InsideRow extends InsideImage {
  /** How many owners have bytes in it. */
  readonly owners: number
}

/** All images inside an image, in the order of their paths. */
export function insideRows({ attribution, inside }: Inventory): readonly InsideRow[] {
  const { accounts } = attribution
  const rows = (inside?.images ?? []).map(withOwners)
  for (const { path, otherNames, format, facts, size } of attribution.images) {
    if (path === '/') continue
    const mine = accounts.filter(({ region }) => isIn(path, region))
    const own = mine.reduce((sum, account) => sum + account.own, 0)
    const names = otherNames === undefined ? {} : { otherNames }
    rows.push(withOwners({ path, ...names, format, facts, size, own, accounts: mine }))
  }
  return rows.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Whether a region is the image at a path, or an image inside that. */
function isIn(path: ByteString, region: ByteString): boolean {
  return region === path || region.startsWith(`${path}/`)
}

function withOwners(image: InsideImage): InsideRow {
  return { ...image, owners: ownerTotals(image.accounts).size }
}
