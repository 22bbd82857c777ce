import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { isBesideTree } from '../inventory/attribution.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { packageIdOf, packageOf, splitKey } from '../owners/names.ts'
import { uniqueHashes } from '../owners/unique-hash.ts'
import type { ComparedContents } from './compare-contents.ts'
import { type CompressionChange, compressionChanges } from './compression-changes.ts'
import { type DiffRow, fileRows, orderedRows, regionRows, rowOf, type Sizes, sizesOf, sum } from './diff-row.ts'
import type { Grouping } from './grouping.ts'
import { holdingSquashfs } from './holding-image.ts'
import type { Endings, MatchClass } from './match-owners.ts'
import type { MetadataDiff } from './metadata-diff.ts'
import { firstMissing, routesOf } from './missing-reference.ts'
import { type NamesOfFile, namesOfFiles } from './names-of-files.ts'
import { diffOutside, type OutsideDiff } from './outside-diff.ts'
import { type Pairing, pairSides } from './pair-sides.ts'
import {
  type ComparedByCounts,
  comparedByCounts,
  isSameContent,
  type SettledMatch,
  settleMatches,
} from './settled-match.ts'

export type { DiffRow } from './diff-row.ts'
export type { NamedEdge } from './missing-reference.ts'
export type { ComparedByCounts } from './settled-match.ts'

export interface Diff {
  /** What the rows are of. */
  readonly by: Grouping
  /** The kind of the owners, as `Inventory.kind`. */
  readonly kind: string
  readonly old: Inventory['image']
  readonly new: Inventory['image']
  /** Bytes of the new file minus those of the old one. */
  readonly delta: number
  /** The directory before a key in the full names of each image's owners. */
  readonly directories: { readonly old: ByteString; readonly new: ByteString }
  /** Largest difference first, whatever its sign. */
  readonly rows: readonly DiffRow[]
  /** How many owners are matched in which way. */
  readonly counts: Readonly<Record<MatchClass, number>>
  /** How many owners count as equal (`same` or `moved`), by what we compared. */
  readonly comparedBy: ComparedByCounts
  /** What changed in entries without an owner; undefined if one side is a report saved without these entries. */
  readonly outside: OutsideDiff | undefined
  /** Changes of modes, owners, times and the like; undefined in the same case. */
  readonly metadata: MetadataDiff | undefined
  /** Parts of either image beside its tree that we compared only by size, such as a boot image that no file holds. */
  readonly bySizeAlone: readonly ByteString[]
  /** Parts that we read and found equal. */
  readonly byContent: readonly ByteString[]
  /** Squashfs images whose compression changed. */
  readonly compression: readonly CompressionChange[]
  /** If all names of one image have an ending that the other's lack, these endings. */
  readonly endings?: Endings
  /** Whether the two files are equal byte for byte; undefined if a saved report replaces one of them. */
  readonly identical?: boolean
  /** Whether we have contents to compare: a saved report has none. */
  readonly hasContents: boolean
  /** Whether we could read both images completely. */
  readonly complete: boolean
}

/** The groupings that need no sizes of single files. `diffByPaths` has the others. */
export type DiffBy = Exclude<Grouping, 'directory' | 'file'>

/** Whether a diff shows no difference between the two images. */
export function isEmptyDiff({ rows, counts, outside, metadata }: Diff): boolean {
  return (
    rows.length === 0 &&
    counts.same === Object.values(counts).reduce((sum, owners) => sum + owners, 0) &&
    (outside?.changes.length ?? 0) === 0 &&
    (metadata === undefined || (metadata.sums.length === 0 && metadata.privileges.length === 0))
  )
}

/**
 * Whether we compared everything completely that we call equal: by contents or registered NAR hashes, and by metadata.
 */
export function isSureDiff({ comparedBy, outside, metadata }: Diff): boolean {
  return comparedBy.namesAndSizes === 0 && outside?.comparedBy.namesAndSizes === 0 && metadata !== undefined
}

/**
 * Compares two images.
 * @param contents the results of comparing contents; undefined if we did not
 */
export function diff(
  before: Inventory,
  after: Inventory,
  by: DiffBy,
  pairing: Pairing = pairSides(before, after),
  contents?: ComparedContents,
): Diff {
  const names = namesOfFiles(before.attribution.accounts, after.attribution.accounts)
  const old = sizesBy(before, names)
  const now = sizesBy(after, names)
  const { endings, outside } = pairing
  const { matches, metadata } = settleMatches(before, after, pairing, contents)
  const counts: Record<MatchClass, number> = { same: 0, moved: 0, rebuilt: 0, changed: 0, new: 0, gone: 0 }
  for (const match of matches) counts[match.class] += 1
  const compression = compressionChanges(before, after)
  const besideTree = partsBesideTree(before, after)
  const rows =
    by === 'region'
      ? regionRows(old.regions, now.regions)
      : [
          ...(by === 'package'
            ? packageRows(matches, old, now)
            : withHashes(pathRows(matches, before, after, old, now))),
          ...packingRows(matches, by, { inventory: before, sizes: old }, { inventory: after, sizes: now }, compression),
          ...regionRows(old.otherRegions, now.otherRegions, new Set([...old.storeRegions, ...now.storeRegions])),
          ...fileRows(old.files, now.files, names),
        ]
  return {
    by,
    kind: after.image.owners > 0 ? after.kind : before.kind,
    old: before.image,
    new: after.image,
    delta: after.image.size - before.image.size,
    directories: { old: before.directory, new: after.directory },
    rows: orderedRows(rows, contents),
    counts,
    comparedBy: comparedByCounts(matches),
    outside: outside === undefined ? undefined : diffOutside(outside, ({ path }) => contents?.outside.get(path)),
    metadata,
    compression,
    bySizeAlone: besideTree.filter((name) => contents?.parts.has(name) !== true),
    byContent: besideTree.filter((name) => contents?.parts.get(name) === true),
    ...(endings === undefined ? {} : { endings }),
    hasContents: !before.isSaved && !after.isSaved,
    complete:
      (contents?.problems.length ?? 0) === 0 &&
      [before, after].every(({ image, references }) => image.complete && (references?.incomplete.length ?? 0) === 0),
  }
}

function partsBesideTree(...sides: readonly Inventory[]): ByteString[] {
  const names = sides.flatMap(({ attribution }) =>
    attribution.accounts.flatMap((account) => (isBesideTree(account) ? account.name : [])),
  )
  return [...new Set(names)]
}

/** The bytes of an image, by the units of a diff's rows. */
interface SizesBy {
  readonly owners: ReadonlyMap<ByteString, Sizes>
  /** All bytes, by region. */
  readonly regions: ReadonlyMap<ByteString, Sizes>
  /** Bytes without an owner, by region, without the files that have rows of their own. */
  readonly otherRegions: ReadonlyMap<ByteString, Sizes>
  /** Regions that contain owners. */
  readonly storeRegions: ReadonlySet<ByteString>
  /** For an image without owners: files by path. */
  readonly files: ReadonlyMap<ByteString, Sizes>
}

function sizesBy({ attribution: { accounts } }: Inventory, names: ReadonlyMap<ByteString, NamesOfFile>): SizesBy {
  const totals = ownerTotals(accounts)
  const sizes = {
    owners: totals,
    regions: new Map<ByteString, Sizes>(),
    otherRegions: new Map<ByteString, Sizes>(),
    storeRegions: new Set<ByteString>(),
    files: new Map<ByteString, Sizes>(),
  }
  const hasStore = totals.size > 0
  const add = (map: Map<ByteString, Sizes>, key: ByteString, { own, unpacked }: Sizes): void => {
    const known = map.get(key)
    map.set(key, { own: (known?.own ?? 0) + own, unpacked: (known?.unpacked ?? 0) + unpacked })
  }
  for (const account of accounts) {
    const { kind, name, region, owner } = account
    add(sizes.regions, region, account)
    if (owner !== undefined) sizes.storeRegions.add(region)
    else if (kind === 'file' && !hasStore) add(sizes.files, names.get(name)?.name ?? name, account)
    else add(sizes.otherRegions, region, account)
  }
  return sizes
}

function contentOf({ contentNames }: Inventory, key: ByteString): Pick<DiffRow, 'content'> {
  const content = contentNames?.get(key)
  return content === undefined ? {} : { content }
}

/** Rows of owners with the same name and versions, with the beginnings of their hashes. */
function withHashes(rows: readonly DiffRow[]): readonly DiffRow[] {
  const groups = new Map<string, ByteString[]>()
  const nameIn = ({ name, oldVersions, newVersions }: DiffRow): string =>
    [name, ...oldVersions, '', ...newVersions].join('\0')
  const keyOf = ({ newPath, oldPath }: DiffRow): ByteString => (newPath ?? oldPath)!
  for (const row of rows) {
    const known = groups.get(nameIn(row))
    if (known === undefined) groups.set(nameIn(row), [keyOf(row)])
    else known.push(keyOf(row))
  }
  const hashes = new Map([...groups].map(([name, keys]) => [name, uniqueHashes(keys)]))
  return rows.map((row) => {
    const hash = hashes.get(nameIn(row))!(keyOf(row))
    return hash === '' ? row : { ...row, hash }
  })
}

/** A row for each owner that changed. */
function pathRows(
  matches: readonly SettledMatch[],
  before: Inventory,
  after: Inventory,
  old: SizesBy,
  now: SizesBy,
): readonly DiffRow[] {
  const routesBefore = routesOf(before)
  const routesAfter = routesOf(after)
  const oldOf = new Map(
    matches.flatMap((match): [ByteString, ByteString][] =>
      match.before !== undefined && match.after !== undefined ? [[match.after, match.before]] : [],
    ),
  )
  const nowOf = new Map([...oldOf].map(([after_, before_]) => [before_, after_]))
  const rows: DiffRow[] = []
  for (const match of matches) {
    if (isSameContent(match)) continue
    const { class: kind, before: oldPath, after: newPath, contentsDiffer, metadata } = match
    const { pname, version: newVersion } = splitKey((newPath ?? oldPath)!)
    const oldVersion = oldPath === undefined ? undefined : splitKey(oldPath).version
    const edge =
      kind === 'new'
        ? firstMissing(routesAfter, newPath!, oldOf, routesBefore)
        : kind === 'gone'
          ? firstMissing(routesBefore, oldPath!, nowOf, routesAfter)
          : undefined
    rows.push(
      rowOf(
        {
          class: kind,
          kind: 'owner',
          name: pname,
          ...contentOf(newPath === undefined ? before : after, (newPath ?? oldPath)!),
          ...(oldPath === undefined ? {} : { oldPath, oldVersions: oldVersion === undefined ? [] : [oldVersion] }),
          ...(newPath === undefined ? {} : { newPath, newVersions: newVersion === undefined ? [] : [newVersion] }),
          ...(edge === undefined ? {} : kind === 'new' ? { through: edge } : { lost: edge }),
          ...(contentsDiffer === undefined ? {} : { contentsDiffer }),
          ...(metadata === undefined ? {} : { metadata }),
          paths: 1,
        },
        sizesOf(old.owners, oldPath),
        sizesOf(now.owners, newPath),
      ),
    )
  }
  return rows
}

/** An image of a comparison, and its bytes. */
interface PackedSide {
  readonly inventory: Inventory
  readonly sizes: SizesBy
}

/**
 * The rows for everything that did not change but takes other bytes: one for what is in each squashfs whose compression
 * changed, and one for the rest. By package, they cover packages without any change.
 */
function packingRows(
  matches: readonly SettledMatch[],
  by: 'path' | 'package',
  old: PackedSide,
  now: PackedSide,
  compression: readonly CompressionChange[],
): readonly DiffRow[] {
  const same =
    by === 'path'
      ? matches.filter(isSameContent)
      : [...packages(matches)].filter(([id, group]) => isUnchanged(id, group)).flatMap(([, group]) => group)
  /** A row for the bytes of some owners; only those count that have any. */
  const row = (before: OwnerBytes, after: OwnerBytes, more: Pick<DiffRow, 'compression'>): DiffRow => {
    const some = same.filter((match) => has(before, match.before) || has(after, match.after))
    return rowOf(
      {
        class: 'same',
        kind: 'packing',
        name: 'packing',
        paths: some.length,
        comparedBy: comparedByCounts(some),
        ...more,
      },
      sum(some.map((match) => sizesOf(before, match.before))),
      sum(some.map((match) => sizesOf(after, match.after))),
    )
  }
  if (compression.length === 0) return [row(old.sizes.owners, now.sizes.owners, {})]
  const isOld = new Set(compression.map(({ oldPath }) => oldPath))
  const isNew = new Set(compression.map(({ path }) => path))
  return [
    ...compression.map((change) =>
      row(
        ownersIn(old.inventory, (squashfs) => squashfs === change.oldPath),
        ownersIn(now.inventory, (squashfs) => squashfs === change.path),
        { compression: change },
      ),
    ),
    row(
      ownersIn(old.inventory, (squashfs) => !isOld.has(squashfs)),
      ownersIn(now.inventory, (squashfs) => !isNew.has(squashfs)),
      {},
    ),
  ]
}

type OwnerBytes = SizesBy['owners']

function has(sizes: OwnerBytes, key: ByteString | undefined): boolean {
  return key !== undefined && sizes.has(key)
}

/** The bytes of owners in some squashfs images. What is in no squashfs inside the image is in "/". */
function ownersIn(inventory: Inventory, isWanted: (squashfs: ByteString) => boolean): OwnerBytes {
  const squashfsOf = holdingSquashfs(inventory)
  const owners = new Map<ByteString, Sizes>()
  for (const { owner, region, own, unpacked } of inventory.attribution.accounts) {
    if (owner === undefined || !isWanted(squashfsOf(region) ?? '/')) continue
    const known = sizesOf(owners, owner)
    owners.set(owner, { own: known.own + own, unpacked: known.unpacked + unpacked })
  }
  return owners
}

/** Matches by the packages that they belong to. */
function packages(matches: readonly SettledMatch[]): ReadonlyMap<string, readonly SettledMatch[]> {
  const groups = new Map<string, SettledMatch[]>()
  for (const match of matches) {
    for (const name of new Set(
      [match.before, match.after].flatMap((key) => (key === undefined ? [] : packageIdOf(key))),
    )) {
      const known = groups.get(name)
      if (known === undefined) groups.set(name, [match])
      else known.push(match)
    }
  }
  return groups
}

/** Whether an owner exists and belongs to a package. */
function isOf(id: string, key: ByteString | undefined): key is ByteString {
  return key !== undefined && packageIdOf(key) === id
}

function isUnchanged(id: string, group: readonly SettledMatch[]): boolean {
  return group.every((match) => isSameContent(match) && isOf(id, match.before) && isOf(id, match.after))
}

/** A row for each package with a changed path, with the versions that only one side has. */
function packageRows(matches: readonly SettledMatch[], old: SizesBy, now: SizesBy): readonly DiffRow[] {
  const rows: DiffRow[] = []
  for (const [id, group] of packages(matches)) {
    if (isUnchanged(id, group)) continue
    const olds = group.flatMap(({ before }) => (isOf(id, before) ? [before] : []))
    const news = group.flatMap(({ after }) => (isOf(id, after) ? [after] : []))
    const contentsDiffer = group.reduce((files, match) => files + (match.contentsDiffer ?? 0), 0)
    const versionsOf = (paths: readonly ByteString[]): Set<string> =>
      new Set(paths.map((key) => packageOf(key).version))
    const [oldVersions, newVersions] = [versionsOf(olds), versionsOf(news)]
    const onlyIn = (some: ReadonlySet<string>, other: ReadonlySet<string>): string[] =>
      [...some].filter((version) => !other.has(version)).sort()
    const [versionsGone, versionsNew] = [onlyIn(oldVersions, newVersions), onlyIn(newVersions, oldVersions)]
    const inBoth = versionsGone.length + versionsNew.length > 0 ? 'changed' : 'rebuilt'
    rows.push(
      rowOf(
        {
          class: olds.length === 0 ? 'new' : news.length === 0 ? 'gone' : inBoth,
          kind: 'package',
          name: packageOf((news[0] ?? olds[0])!).name,
          oldVersions: versionsGone,
          newVersions: versionsNew,
          paths: Math.max(olds.length, news.length),
          ...(contentsDiffer === 0 ? {} : { contentsDiffer }),
        },
        sum(olds.map((key) => sizesOf(old.owners, key))),
        sum(news.map((key) => sizesOf(now.owners, key))),
      ),
    )
  }
  return rows
}
