import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import type { OpenImage } from '../image/open-image.ts'
import { type Account, attribute } from '../store/attribution.ts'
import { type ImageSummary, imageSummary } from '../store/image-summary.ts'
import { parseStorePathName } from '../store/store-path.ts'

/** A store path, with what it takes in all regions together. */
export interface StorePathRow {
  /** "/nix/store/hash-name". */
  readonly path: string
  /** "name", without the hash. */
  readonly name: string
  readonly pname: string
  readonly version: string | null
  /** Bytes of the image file. */
  readonly own: number
  readonly ownByRegion: Readonly<Record<ByteString, number>>
  /** Content bytes before compression; of a path in two regions, of both copies. */
  readonly unpacked: number
  readonly files: number
}

/** What one region of the image takes. */
export interface RegionRow {
  readonly name: ByteString
  readonly own: number
  readonly unpacked: number
  readonly storePaths: number
}

/** The answer of `isoscope IMAGE`: accounts that add up to the file, and views of them. */
export interface Report {
  readonly image: ImageSummary
  readonly regions: readonly RegionRow[]
  readonly accounts: readonly Account[]
  /** Largest first. */
  readonly storePaths: readonly StorePathRow[]
  readonly warnings: readonly FormatError[]
}

export function report(open: OpenImage): Report {
  const attribution = attribute(open)
  const storePaths = storePathRows(attribution.accounts)
  return {
    image: imageSummary(open, attribution),
    regions: regionRows(attribution.accounts),
    accounts: attribution.accounts,
    storePaths,
    warnings: attribution.warnings,
  }
}

function storePathRows(accounts: readonly Account[]): StorePathRow[] {
  const rows = new Map<
    ByteString,
    { own: number; ownByRegion: Record<string, number>; unpacked: number; files: number }
  >()
  for (const { storePath, region, own, unpacked, files } of accounts) {
    if (storePath === undefined) continue
    let row = rows.get(storePath)
    if (row === undefined) {
      row = { own: 0, ownByRegion: {}, unpacked: 0, files: 0 }
      rows.set(storePath, row)
    }
    row.own += own
    row.ownByRegion[region] = (row.ownByRegion[region] ?? 0) + own
    row.unpacked += unpacked
    row.files += files
  }
  return [...rows.entries()]
    .map(([base, row]) => {
      const { name, pname, version } = parseStorePathName(base)!
      return { path: `/nix/store/${base}`, name, pname, version: version ?? null, ...row }
    })
    .sort((a, b) => b.own - a.own || (a.path < b.path ? -1 : 1))
}

function regionRows(accounts: readonly Account[]): RegionRow[] {
  const rows = new Map<ByteString, { name: ByteString; own: number; unpacked: number; storePaths: number }>()
  for (const { kind, region, own, unpacked } of accounts) {
    let row = rows.get(region)
    if (row === undefined) {
      row = { name: region, own: 0, unpacked: 0, storePaths: 0 }
      rows.set(region, row)
    }
    row.own += own
    row.unpacked += unpacked
    if (kind === 'storePath') row.storePaths += 1
  }
  return [...rows.values()].sort((a, b) => b.own - a.own)
}
