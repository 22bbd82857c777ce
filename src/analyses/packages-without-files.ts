import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { isPackage } from '../owners/names.ts'
import { isSelectionKey } from '../owners/package-key.ts'

/**
 * The keys of packages that only depend on others, in byte order. They have no bytes, but are installed. Without references we
 * know of none.
 */
export function packagesWithoutFiles({
  attribution,
  references,
}: Pick<Inventory, 'attribution' | 'references'>): readonly ByteString[] {
  const known = ownerTotals(attribution.accounts)
  const keys = references?.graph.keys ?? []
  return keys.filter((key) => isPackage(key) && !isSelectionKey(key) && !known.has(key))
}
