/** How many owners there are of each kind. An image without packages has no word for them. */
export function ownerCountsJson(
  owners: number,
  packages: number,
): { readonly storePathCount: number; readonly packageCount?: number } {
  return { storePathCount: owners - packages, ...(packages === 0 ? {} : { packageCount: packages }) }
}
