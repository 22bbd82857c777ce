import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { closureSizes } from '../graph/closure-sizes.ts'
import { bestCuts } from '../graph/cuts.ts'
import { UNREACHABLE } from '../graph/dominator-tree.ts'
import { neighbours } from '../graph/reference-graph.ts'
import type { Account, Attribution } from '../inventory/attribution.ts'
import type { ImageSummary } from '../inventory/image-summary.ts'
import { type StorePathTotal, storePathTotals } from '../inventory/store-path-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import type { Root } from '../owners/nix/roots.ts'
import { parseStorePathName, STORE_DIRECTORY } from '../owners/nix/store-path.ts'
import type { StoreReferences } from '../owners/nix/store-references.ts'
import { storeSizes } from './store-sizes.ts'

/** A store path, with its totals over all regions. */
export interface StorePathRow extends StorePathTotal {
  /** "/nix/store/hash-name", or the same in another store directory. */
  readonly path: string
  /** "name", without the hash. */
  readonly name: string
  readonly pname: string
  readonly version: string | null
}

/** The totals of one region of the image. */
export interface RegionRow {
  readonly name: ByteString
  readonly own: number
  readonly unpacked: number
  readonly storePaths: number
}

/** What holds a store path in the image, and what it holds. */
export interface Holding {
  /** Bytes that go away if nothing refers to it any more. */
  readonly retained: number
  /** Bytes of everything that it reaches. */
  readonly closure: number
  /** Base names of its other referrers that a root reaches, in byte order. */
  readonly referrers: readonly ByteString[]
  /** Whether a root leads to it. */
  readonly reached: boolean
}

/** The results from the references between the store paths. */
export interface ReportReferences {
  readonly origin: 'registration' | 'scan'
  readonly roots: readonly (Omit<Root, 'path'> & { readonly path: ByteString })[]
  /** Whether we could read everything that may hold a reference. */
  readonly complete: boolean
  /** By base name. */
  readonly holdings: ReadonlyMap<ByteString, Holding>
  /** The single references whose removal frees most, largest first, by base names. */
  readonly bestCuts: readonly { readonly from: ByteString; readonly to: ByteString; readonly bytes: number }[]
}

/** The answer of `isoscope IMAGE`: accounts that add up to the file, and views of them. */
export interface Report {
  readonly image: ImageSummary
  readonly regions: readonly RegionRow[]
  readonly accounts: readonly Account[]
  /** The store directory of the paths. */
  readonly storeDirectory: ByteString
  /** Largest first. */
  readonly storePaths: readonly StorePathRow[]
  /** Undefined if there are no store paths, or if the caller did not ask for references. */
  readonly references: ReportReferences | undefined
  readonly warnings: readonly FormatError[]
}

/** How many cuts we report. */
const MAX_CUTS = 5

export function report({ image, attribution, references, roots }: Inventory): Report {
  const storeDirectory = references?.storeDirectory ?? STORE_DIRECTORY
  return {
    image,
    storeDirectory,
    regions: regionRows(attribution.accounts),
    accounts: attribution.accounts,
    storePaths: storePathRows(attribution.accounts, storeDirectory),
    references: references === undefined ? undefined : reportReferences(attribution, references, roots),
    warnings: [...attribution.warnings, ...(references?.warnings ?? [])],
  }
}

function reportReferences(
  attribution: Attribution,
  { graph, origin, incomplete }: StoreReferences,
  roots: readonly Root[],
): ReportReferences {
  const { own, retained, tree } = storeSizes(attribution, graph, roots)
  const closure = closureSizes(graph, own)
  const isReached = (path: number): boolean => tree.parent[path] !== UNREACHABLE
  const nameOf = (path: number): ByteString => graph.keys[path]!
  const holdings = graph.keys.map((base, path): [ByteString, Holding] => [
    base,
    {
      retained: retained[path]!,
      closure: closure[path]!,
      referrers: [...neighbours(graph.referrers, path)]
        .filter((other) => other !== path && isReached(other))
        .map(nameOf),
      reached: isReached(path),
    },
  ])
  return {
    origin,
    complete: incomplete.length === 0,
    roots: roots.map((root) => ({ ...root, path: nameOf(root.path) })),
    holdings: new Map(holdings),
    bestCuts: bestCuts(graph, tree, retained, MAX_CUTS).map(({ from, to, bytes }) => ({
      from: nameOf(from),
      to: nameOf(to),
      bytes,
    })),
  }
}

function storePathRows(accounts: readonly Account[], storeDirectory: ByteString): StorePathRow[] {
  return Array.from(storePathTotals(accounts), ([base, total]) => {
    const { name, pname, version } = parseStorePathName(base)!
    return { path: `${storeDirectory}/${base}`, name, pname, version: version ?? null, ...total }
  }).sort((a, b) => b.own - a.own || (a.path < b.path ? -1 : 1))
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
