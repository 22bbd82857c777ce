import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import type { OpenImage } from '../image/open-image.ts'
import { childrenOf } from '../image/resolve-path.ts'
import { type Account, type Attribution, attribute } from '../store/attribution.ts'
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

/** What the image's headers say of it. */
export interface ImageSummary {
  readonly name: string
  readonly size: number
  readonly format: 'iso9660' | 'squashfs'
  readonly volumeId: string | null
  /** NixOS's label, from /version.txt. */
  readonly label: string | null
  /** The squashfs images whose bytes are told apart. */
  readonly squashfs: readonly {
    readonly path: ByteString
    readonly compressor: string
    readonly compressorOptions: string | null
    readonly blockSize: number
  }[]
  readonly storePaths: number
  /** Whether all of the image could be read. */
  readonly complete: boolean
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

/** The longest version.txt worth showing. */
const MAX_LABEL = 256

export function report(open: OpenImage): Report {
  const attribution = attribute(open)
  const storePaths = storePathRows(attribution.accounts)
  return {
    image: summary(open, attribution, storePaths.length),
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

function summary(open: OpenImage, attribution: Attribution, storePaths: number): ImageSummary {
  const { image, file } = open
  const volumeId = image.facts['volumeId']
  return {
    name: file.name,
    size: file.size,
    format: image.format,
    volumeId: typeof volumeId === 'string' && volumeId !== '' ? volumeId : null,
    label: image.format === 'iso9660' ? readLabel(open) : null,
    squashfs: attribution.images
      .filter((region) => region.image.format === 'squashfs')
      .map(({ path, image: { facts } }) => ({
        path,
        compressor: String(facts['compressor']),
        compressorOptions: facts['compressorOptions'] === undefined ? null : String(facts['compressorOptions']),
        blockSize: Number(facts['blockSize']),
      })),
    storePaths,
    complete: attribution.complete,
  }
}

/** The content of /version.txt, which NixOS writes into its ISOs. */
function readLabel(open: OpenImage): string | null {
  const { image, reader } = open
  const root = image.tree.entries[0]!
  const entry = childrenOf(image, root).find((child) => child.name === 'version.txt' && child.type === 'file')
  if (entry === undefined || entry.size > MAX_LABEL) return null
  try {
    const text = [...reader.chunks(entry)].map((chunk) => new TextDecoder().decode(chunk)).join('')
    return text.trim() === '' ? null : text.trim()
  } catch {
    // A damaged label is no reason to withhold the sizes, and the damage shows in them.
    return null
  }
}
