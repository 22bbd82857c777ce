import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import type { Account } from './attribution.ts'

/** The totals of an owner over all regions. */
export interface OwnerTotal {
  /** Bytes in the image file. */
  readonly own: number
  readonly ownByRegion: Readonly<Record<ByteString, number>>
  /** Content bytes before compression; both copies count for an owner in two regions. */
  readonly unpacked: number
  /** Number of regular files; a hard-linked file counts once. */
  readonly files: number
}

/** The totals of all owners by key, in the order of their first accounts. We compute them once. */
export const ownerTotals: (accounts: readonly Account[]) => ReadonlyMap<ByteString, OwnerTotal> = oncePer(sumByOwner)

function sumByOwner(accounts: readonly Account[]): ReadonlyMap<ByteString, OwnerTotal> {
  const totals = new Map<
    ByteString,
    { own: number; ownByRegion: Record<ByteString, number>; unpacked: number; files: number }
  >()
  for (const { owner, region, own, unpacked, files } of accounts) {
    if (owner === undefined) continue
    let total = totals.get(owner)
    if (total === undefined) {
      total = { own: 0, ownByRegion: {}, unpacked: 0, files: 0 }
      totals.set(owner, total)
    }
    total.own += own
    total.ownByRegion[region] = (total.ownByRegion[region] ?? 0) + own
    total.unpacked += unpacked
    total.files += files
  }
  return totals
}
