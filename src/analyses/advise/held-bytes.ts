import { ownerTotals } from '../../inventory/owner-totals.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import type { GraphSizes } from '../graph-sizes.ts'

/**
 * The bytes of each store path that references hold, and those that a boot loader's copy of it takes: an ISO has kernel
 * and initrd in /boot under the names of their store paths, and no reference puts them there.
 */
export interface HeldBytes {
  /** The part of `GraphSizes.exclusive` that references hold. */
  readonly held: Float64Array
  readonly inBoot: Float64Array
}

/** Splits the bytes of store paths: a path in an image inside and elsewhere is held in the image. */
export function heldBytes(
  { attribution: { accounts, images } }: Pick<Inventory, 'attribution'>,
  { graph, exclusive }: Pick<GraphSizes, 'graph' | 'exclusive'>,
): HeldBytes {
  const regions = new Set(images.map(({ path }) => path))
  const totals = ownerTotals(accounts)
  const held = exclusive.slice()
  const inBoot = new Float64Array(held.length)
  for (const [node, key] of graph.keys.entries()) {
    const parts = Object.entries(totals.get(key)?.ownByRegion ?? {})
    if (!parts.some(([region]) => regions.has(region))) continue
    const outside = parts.reduce((sum, [region, bytes]) => (regions.has(region) ? sum : sum + bytes), 0)
    inBoot[node] = outside
    held[node] = Math.max(held[node]! - outside, 0)
  }
  return { held, inBoot }
}
