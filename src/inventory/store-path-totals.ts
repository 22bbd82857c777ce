import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Account } from './attribution.ts'

/** The totals of a store path over all regions. */
export interface StorePathTotal {
  /** Bytes in the image file. */
  readonly own: number
  readonly ownByRegion: Readonly<Record<ByteString, number>>
  /** Content bytes before compression; both copies count for a store path in two regions. */
  readonly unpacked: number
  /** Number of regular files; a hard-linked file counts once. */
  readonly files: number
}

const known = new WeakMap<readonly Account[], ReadonlyMap<ByteString, StorePathTotal>>()

/** The totals of all store paths by base name, in the order of their first accounts. We compute them once. */
export function storePathTotals(accounts: readonly Account[]): ReadonlyMap<ByteString, StorePathTotal> {
  let totals = known.get(accounts)
  if (totals === undefined) {
    totals = sumByStorePath(accounts)
    known.set(accounts, totals)
  }
  return totals
}

function sumByStorePath(accounts: readonly Account[]): ReadonlyMap<ByteString, StorePathTotal> {
  const totals = new Map<
    ByteString,
    { own: number; ownByRegion: Record<ByteString, number>; unpacked: number; files: number }
  >()
  for (const { storePath, region, own, unpacked, files } of accounts) {
    if (storePath === undefined) continue
    let total = totals.get(storePath)
    if (total === undefined) {
      total = { own: 0, ownByRegion: {}, unpacked: 0, files: 0 }
      totals.set(storePath, total)
    }
    total.own += own
    total.ownByRegion[region] = (total.ownByRegion[region] ?? 0) + own
    total.unpacked += unpacked
    total.files += files
  }
  return totals
}
