import { type InsideImage, imagesByAccounts } from '../inventory/inside.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { isPackage } from '../owners/names.ts'

/** An image in a file, at any depth, and what its bytes are for. */
export interface InsideRow extends InsideImage {
  /** How many owners have bytes in it. */
  readonly owners: number
  /** Those of the owners that are packages. */
  readonly packages: number
}

/** All images inside an image, in the order of their paths. */
export function insideRows({ attribution, inside }: Inventory): readonly InsideRow[] {
  const { accounts, images } = attribution
  const inReport = imagesByAccounts(
    images.filter(({ path }) => path !== '/'),
    accounts,
  )
  return [...(inside?.images ?? []), ...inReport].map(withOwners).sort((a, b) => (a.path < b.path ? -1 : 1))
}

function withOwners(image: InsideImage): InsideRow {
  const keys = [...ownerTotals(image.accounts).keys()]
  return { ...image, owners: keys.length, packages: keys.filter(isPackage).length }
}
