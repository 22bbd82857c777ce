import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { closureSizes } from '../graph/closure-sizes.ts'
import { UNREACHABLE } from '../graph/dominator-tree.ts'
import { neighbours } from '../graph/reference-graph.ts'
import type { Account } from '../inventory/attribution.ts'
import type { ImageSummary } from '../inventory/image-summary.ts'
import { type OwnerTotal, ownerTotals } from '../inventory/owner-totals.ts'
import type { PaidTwice } from '../inventory/paid-twice.ts'
import type { EqualContents } from '../inventory/same-contents.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import type { Mention } from '../owners/mentions.ts'
import { fullName, hasPackages, isPackage, nounOf, splitKey } from '../owners/names.ts'
import type { ContentNames } from '../owners/owner.ts'
import type { References, ReferencesOrigin } from '../owners/references.ts'
import type { Root } from '../owners/roots.ts'
import { chosenCuts } from './cuts.ts'
import { duplicatePackages, strictDuplicates } from './duplicate-packages.ts'
import { identicalContents } from './duplicates.ts'
import { type GraphSizes, sizesOfInventory } from './graph-sizes.ts'
import { type HiddenSums, hiddenSums } from './hidden-by-layers.ts'
import { type InsideRow, insideRows } from './inside-rows.ts'
import { packagesWithoutFiles } from './packages-without-files.ts'
import { type UnownedClass, unownedClasses } from './unowned-classes.ts'

/** An owner, with its totals over all regions. */
export interface OwnerRow extends OwnerTotal {
  readonly key: ByteString
  /** Its full name: "/nix/store/hash-name", or the same in another store directory. */
  readonly path: string
  /** The name that people use: "name", without the hash. */
  readonly name: string
  readonly pname: string
  readonly version: string | null
}

/** The totals of one region of the image. */
export interface RegionRow {
  readonly name: ByteString
  readonly own: number
  readonly unpacked: number
  readonly owners: number
  /** Those of the owners that are packages. */
  readonly packages: number
}

/** What holds an owner in the image, and what it holds. */
export interface Holding {
  /** Bytes that go away if nothing refers to it any more. */
  readonly retained: number
  /** Bytes of everything that it reaches. */
  readonly closure: number
  /** Keys of its other referrers that a root reaches, in byte order. */
  readonly referrers: readonly ByteString[]
  /** Whether a root leads to it. */
  readonly reached: boolean
}

/** References to an owner that only they hold, by keys. */
export interface NamedCut {
  readonly from: readonly ByteString[]
  readonly to: ByteString
  /** The bytes that go away if all of them are removed. */
  readonly bytes: number
}

/** The results from the references between the owners. */
export interface ReportReferences {
  readonly origin: ReferencesOrigin
  readonly roots: readonly (Omit<Root, 'node'> & { readonly owner: ByteString })[]
  /** Whether we could read everything that may hold a reference. */
  readonly complete: boolean
  /** By key. */
  readonly holdings: ReadonlyMap<ByteString, Holding>
  /** The cuts in the configuration that free most, largest first, by keys. No cut is a part of another. */
  readonly bestCuts: readonly NamedCut[]
  /** The references that are there by chance, by keys; absent if we did not look for them. */
  readonly byChance?: readonly { readonly from: ByteString; readonly to: ByteString }[]
}

/** How many packages are there in several versions or builds, and what one of each would save. */
export interface ReportDuplicates {
  readonly packages: number
  /** Bytes; undefined without references. */
  readonly saved: number | undefined
}

/** The answer of `isoscope IMAGE`: accounts that add up to the file, and views of them. */
export interface Report {
  readonly image: ImageSummary
  readonly regions: readonly RegionRow[]
  readonly accounts: readonly Account[]
  /** What one owner is called, and several. */
  readonly noun: readonly [one: string, several: string]
  /** The directory before a key in a full name. */
  readonly directory: ByteString
  /** What owners whose names say nothing are by their contents; absent if none are known. */
  readonly contentNames?: ContentNames
  /** Largest first. */
  readonly owners: readonly OwnerRow[]
  /** Files that no package owns, by what they are, largest first. Empty for an image without packages. */
  readonly unowned: readonly UnownedClass[]
  /** What layers of a root file system hide; absent if they hide nothing. */
  readonly hiddenByLayers?: HiddenSums
  /** Undefined if there are no owners, or if the caller did not ask for references. */
  readonly references: ReportReferences | undefined
  /** The images inside, in the order of their paths. Empty if the caller did not ask for them. */
  readonly inside: readonly InsideRow[]
  /** Content that is in several images, most wasted bytes first. Empty if the caller did not ask for what is inside. */
  readonly paidTwice: readonly PaidTwice[]
  /** Whether we compared everything for `paidTwice`. */
  readonly comparedAll: boolean
  /** Equal contents of an image without owners, those that waste most first; absent if we did not look. */
  readonly equal?: EqualContents
  /** The packages in several versions or builds. */
  readonly duplicates: ReportDuplicates
  /** Mentions in compressed content that are no references; absent if we did not look. */
  readonly hidden?: readonly Mention[]
  readonly warnings: readonly FormatError[]
}

/** How many cuts we report. */
const MAX_CUTS = 5

export function report(inventory: Inventory): Report {
  const { image, kind, directory, attribution, references, roots, inside, twice, equal, hidden } = inventory
  const sizes = references === undefined ? undefined : sizesOfInventory(inventory, references)
  const found = duplicatePackages(inventory, sizes)
  const hiddenByLayers = hiddenSums(attribution.accounts)
  return {
    image,
    noun: nounOf(kind),
    directory,
    regions: regionRows(attribution.accounts),
    accounts: attribution.accounts,
    ...(inventory.contentNames === undefined ? {} : { contentNames: inventory.contentNames }),
    owners: [...ownerRows(attribution.accounts, directory), ...rowsWithoutFiles(inventory)],
    unowned: hasPackages(kind) ? unownedClasses(attribution.accounts) : [],
    ...(hiddenByLayers === undefined ? {} : { hiddenByLayers }),
    references: references === undefined ? undefined : reportReferences(sizes!, references, roots),
    inside: inside === undefined ? [] : insideRows(inventory),
    paidTwice: twice?.copies ?? [],
    comparedAll: twice?.complete ?? true,
    ...(equal === undefined
      ? {}
      : { equal: { ...equal, identical: identicalContents(equal.identical, twice?.copies) } }),
    duplicates: { packages: strictDuplicates(found).length, saved: found.saved },
    ...(hidden === undefined ? {} : { hidden: hidden.mentions }),
    warnings: [
      ...attribution.warnings,
      ...(inside?.warnings ?? []),
      ...(twice?.warnings ?? []),
      ...(equal?.warnings ?? []),
      ...(references?.warnings ?? []),
      ...(hidden?.warnings ?? []),
    ],
  }
}

function reportReferences(sizes: GraphSizes, references: References, roots: readonly Root[]): ReportReferences {
  const { origin, incomplete, byChance } = references
  const { graph, own, retained, tree } = sizes
  const closure = closureSizes(graph, own)
  const isReached = (path: number): boolean => tree.parent[path] !== UNREACHABLE
  const keyOf = (path: number): ByteString => graph.keys[path]!
  const holdings = graph.keys.map((key, path): [ByteString, Holding] => [
    key,
    {
      retained: retained[path]!,
      closure: closure[path]!,
      referrers: [...neighbours(graph.referrers, path)]
        .filter((other) => other !== path && isReached(other))
        .map(keyOf),
      reached: isReached(path),
    },
  ])
  return {
    origin,
    complete: incomplete.length === 0,
    roots: roots.map(({ node, ...root }) => ({ ...root, owner: keyOf(node) })),
    holdings: new Map(holdings),
    bestCuts: chosenCuts(sizes)
      .slice(0, MAX_CUTS)
      .map(({ from, to, bytes }) => ({ from: from.map(keyOf), to: keyOf(to), bytes })),
    ...(byChance === undefined
      ? {}
      : { byChance: byChance.map(({ from, to }) => ({ from: keyOf(from), to: keyOf(to) })) }),
  }
}

function ownerRows(accounts: readonly Account[], directory: ByteString): OwnerRow[] {
  return Array.from(ownerTotals(accounts), ([key, total]) => {
    const { name, pname, version } = splitKey(key)
    return { key, path: fullName(directory, key), name, pname, version: version ?? null, ...total }
  }).sort((a, b) => b.own - a.own || (a.path < b.path ? -1 : 1))
}

function rowsWithoutFiles(inventory: Inventory): readonly OwnerRow[] {
  return packagesWithoutFiles(inventory).map((key) => {
    const { name, pname, version } = splitKey(key)
    return { key, path: key, name, pname, version: version ?? null, own: 0, ownByRegion: {}, unpacked: 0, files: 0 }
  })
}

function regionRows(accounts: readonly Account[]): RegionRow[] {
  const rows = new Map<
    ByteString,
    { name: ByteString; own: number; unpacked: number; owners: number; packages: number }
  >()
  for (const { kind, region, own, unpacked, owner } of accounts) {
    let row = rows.get(region)
    if (row === undefined) {
      row = { name: region, own: 0, unpacked: 0, owners: 0, packages: 0 }
      rows.set(region, row)
    }
    row.own += own
    row.unpacked += unpacked
    if (kind === 'owner') row.owners += 1
    if (owner !== undefined && isPackage(owner)) row.packages += 1
  }
  return [...rows.values()].sort((a, b) => b.own - a.own)
}
