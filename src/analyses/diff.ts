import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { StoreFiles } from '../scan/survey.ts'
import type { Inventory } from '../scan/take-inventory.ts'
import { packageName } from '../store/package-name.ts'
import { type Steps, shortestSteps } from '../store/shortest-steps.ts'
import { neighbours, numberOfPath, type StoreGraph } from '../store/store-graph.ts'
import { parseStorePathName, STORE_DIRECTORY } from '../store/store-path.ts'
import { type Endings, type Match, type MatchClass, matchStorePaths } from './match-store-paths.ts'
import { type NamesOfFile, namesOfFiles } from './names-of-files.ts'

/** One of two images that are compared. */
export interface DiffSide {
  readonly inventory: Inventory
  readonly files: StoreFiles
}

/** A reference by base names. */
export interface NamedEdge {
  readonly from: ByteString
  readonly to: ByteString
}

/** Part of the difference between two images. All rows together have all of it, to the byte. */
export interface DiffRow {
  /** `same` of what is in both: a region, or all paths whose content is the same and takes other bytes. */
  readonly class: MatchClass
  readonly kind: 'storePath' | 'packing' | 'region' | 'file' | 'package'
  /** Of a store path or package the name without version; the path of a region or file. */
  readonly name: ByteString
  /** Of a file that is hard-linked on either side: its other paths on both. */
  readonly otherNames?: readonly ByteString[]
  /** Own bytes on each side; 0 where it is not there. */
  readonly before: number
  readonly after: number
  readonly delta: number
  readonly unpackedDelta: number
  /** Base names of a store path. */
  readonly oldPath?: ByteString
  readonly newPath?: ByteString
  /** What has no counterpart on the other side, in the order of the names. */
  readonly oldVersions: readonly string[]
  readonly newVersions: readonly string[]
  /** Of a path that is new: the first reference on a shortest route to it that the old image has not. */
  readonly through?: NamedEdge
  /** Of one that is gone: the first reference on a shortest route to it that the new image has not. */
  readonly lost?: NamedEdge
  /** Store paths it stands for. */
  readonly paths: number
}

export interface Diff {
  readonly old: Inventory['image']
  readonly new: Inventory['image']
  /** Bytes of the new file less those of the old one. */
  readonly delta: number
  /** Where the store paths of each are said to be. */
  readonly storeDirectories: { readonly old: ByteString; readonly new: ByteString }
  /** The largest difference first, whichever its sign. */
  readonly rows: readonly DiffRow[]
  /** Store paths by how they are matched. */
  readonly counts: Readonly<Record<MatchClass, number>>
  /** Where all names of one have an ending that those of the other do not have. */
  readonly endings?: Endings
  /** Whether the files are the same byte for byte: asked where nothing else differs, and there are files to ask. */
  readonly identical?: boolean
  /** Whether both images could be read in full. */
  readonly complete: boolean
}

/** What a diff is broken down by. */
export type DiffBy = 'path' | 'package' | 'region'

/** Compares two images. */
export function diff(before: DiffSide, after: DiffSide, by: DiffBy): Diff {
  const names = namesOfFiles(before.inventory.attribution.accounts, after.inventory.attribution.accounts)
  const old = sizesBy(before.inventory, names)
  const now = sizesBy(after.inventory, names)
  const { matches, endings } = matchStorePaths(matchSide(before, old), matchSide(after, now))
  const counts: Record<MatchClass, number> = { same: 0, moved: 0, rebuilt: 0, changed: 0, new: 0, gone: 0 }
  for (const match of matches) counts[match.class] += 1
  const rows =
    by === 'region'
      ? regionRows(old.regions, now.regions)
      : [
          ...(by === 'package' ? packageRows(matches, old, now) : pathRows(matches, before, after, old, now)),
          ...regionRows(old.otherRegions, now.otherRegions),
          ...fileRows(old.files, now.files, names),
        ]
  return {
    old: before.inventory.image,
    new: after.inventory.image,
    delta: after.inventory.image.size - before.inventory.image.size,
    storeDirectories: { old: storeDirectoryOf(before), new: storeDirectoryOf(after) },
    rows: rows
      .filter(({ class: kind, delta, unpackedDelta }) => delta !== 0 || unpackedDelta !== 0 || kind !== 'same')
      .sort((a, b) => Math.abs(b.delta) - Math.abs(a.delta) || compare(a.name, b.name) || compare(a.class, b.class)),
    counts,
    ...(endings === undefined ? {} : { endings }),
    complete: [before, after].every(
      ({ inventory }) => inventory.image.complete && (inventory.references?.incomplete.length ?? 0) === 0,
    ),
  }
}

function storeDirectoryOf({ inventory: { references } }: DiffSide): ByteString {
  return references?.storeDirectory ?? STORE_DIRECTORY
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

interface Sizes {
  readonly own: number
  readonly unpacked: number
}

/** The bytes of an image by what a diff has rows for. */
interface SizesBy {
  readonly storePaths: ReadonlyMap<ByteString, Sizes>
  /** All bytes by region. */
  readonly regions: ReadonlyMap<ByteString, Sizes>
  /** Those outside store paths, but for what is told file by file. */
  readonly otherRegions: ReadonlyMap<ByteString, Sizes>
  /** Files by path, of an image without store paths. */
  readonly files: ReadonlyMap<ByteString, Sizes>
}

function sizesBy({ attribution: { accounts } }: Inventory, names: ReadonlyMap<ByteString, NamesOfFile>): SizesBy {
  const sizes = {
    storePaths: new Map<ByteString, Sizes>(),
    regions: new Map<ByteString, Sizes>(),
    otherRegions: new Map<ByteString, Sizes>(),
    files: new Map<ByteString, Sizes>(),
  }
  const hasStore = accounts.some(({ storePath }) => storePath !== undefined)
  const add = (map: Map<ByteString, Sizes>, key: ByteString, { own, unpacked }: Sizes): void => {
    const known = map.get(key)
    map.set(key, { own: (known?.own ?? 0) + own, unpacked: (known?.unpacked ?? 0) + unpacked })
  }
  for (const account of accounts) {
    const { kind, name, region, storePath } = account
    add(sizes.regions, region, account)
    if (storePath !== undefined) add(sizes.storePaths, storePath, account)
    else if (kind === 'file' && !hasStore) add(sizes.files, names.get(name)?.name ?? name, account)
    else add(sizes.otherRegions, region, account)
  }
  return sizes
}

function matchSide({ inventory: { references }, files }: DiffSide, { storePaths }: SizesBy) {
  const graph = references?.graph
  const isLeaf = (_: ByteString, path: number): boolean => neighbours(graph!.references, path).length === 0
  return {
    storePaths: [...storePaths.keys()],
    files,
    narHashes: references?.narHashes ?? new Map(),
    leaves: new Set(graph?.paths.filter(isLeaf)),
  }
}

const NOTHING: Sizes = { own: 0, unpacked: 0 }

function sizesOf(sizes: ReadonlyMap<ByteString, Sizes>, key: ByteString | undefined): Sizes {
  return (key === undefined ? undefined : sizes.get(key)) ?? NOTHING
}

function rowOf(rest: Pick<DiffRow, 'class' | 'kind' | 'name'> & Partial<DiffRow>, old: Sizes, now: Sizes): DiffRow {
  return {
    before: old.own,
    after: now.own,
    delta: now.own - old.own,
    unpackedDelta: now.unpacked - old.unpacked,
    oldVersions: [],
    newVersions: [],
    paths: 0,
    ...rest,
  }
}

function sum(all: readonly Sizes[]): Sizes {
  return {
    own: all.reduce((total, { own }) => total + own, 0),
    unpacked: all.reduce((total, { unpacked }) => total + unpacked, 0),
  }
}

/** Whether a match is of content that did not change. */
function isSameContent({ class: kind }: Match): boolean {
  return kind === 'same' || kind === 'moved'
}

/** A row for each store path that changed, and one for all that did not and takes other bytes. */
function pathRows(
  matches: readonly Match[],
  before: DiffSide,
  after: DiffSide,
  old: SizesBy,
  now: SizesBy,
): readonly DiffRow[] {
  const routesBefore = routesOf(before.inventory)
  const routesAfter = routesOf(after.inventory)
  const oldOf = new Map(
    matches.flatMap((match): [ByteString, ByteString][] =>
      match.before !== undefined && match.after !== undefined ? [[match.after, match.before]] : [],
    ),
  )
  const nowOf = new Map([...oldOf].map(([after_, before_]) => [before_, after_]))
  const rows: DiffRow[] = []
  for (const match of matches) {
    if (isSameContent(match)) continue
    const { class: kind, before: oldPath, after: newPath } = match
    const { pname, version: newVersion } = parseStorePathName((newPath ?? oldPath)!)!
    const oldVersion = oldPath === undefined ? undefined : parseStorePathName(oldPath)!.version
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
          kind: 'storePath',
          name: pname,
          ...(oldPath === undefined ? {} : { oldPath, oldVersions: oldVersion === undefined ? [] : [oldVersion] }),
          ...(newPath === undefined ? {} : { newPath, newVersions: newVersion === undefined ? [] : [newVersion] }),
          ...(edge === undefined ? {} : kind === 'new' ? { through: edge } : { lost: edge }),
          paths: 1,
        },
        sizesOf(old.storePaths, oldPath),
        sizesOf(now.storePaths, newPath),
      ),
    )
  }
  return [...rows, packingRow(matches.filter(isSameContent), old, now)]
}

function packingRow(matches: readonly Match[], old: SizesBy, now: SizesBy): DiffRow {
  return rowOf(
    { class: 'same', kind: 'packing', name: 'packing', paths: matches.length },
    sum(matches.map(({ before }) => sizesOf(old.storePaths, before))),
    sum(matches.map(({ after }) => sizesOf(now.storePaths, after))),
  )
}

/** A row for each package of which a path changed, with the versions that only one side has. */
function packageRows(matches: readonly Match[], old: SizesBy, now: SizesBy): readonly DiffRow[] {
  const groups = new Map<string, Match[]>()
  for (const match of matches) {
    for (const name of new Set(
      [match.before, match.after].flatMap((base) => (base === undefined ? [] : packageName(base).name)),
    )) {
      const known = groups.get(name)
      if (known === undefined) groups.set(name, [match])
      else known.push(match)
    }
  }
  const rows: DiffRow[] = []
  const unchanged: Match[] = []
  for (const [name, group] of groups) {
    const mine = (base: ByteString | undefined): base is ByteString =>
      base !== undefined && packageName(base).name === name
    const olds = group.flatMap(({ before }) => (mine(before) ? [before] : []))
    const news = group.flatMap(({ after }) => (mine(after) ? [after] : []))
    if (group.every((match) => isSameContent(match) && mine(match.before) && mine(match.after))) {
      unchanged.push(...group)
      continue
    }
    const versionsOf = (paths: readonly ByteString[]): Set<string> =>
      new Set(paths.map((base) => packageName(base).version))
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
          name,
          oldVersions: versionsGone,
          newVersions: versionsNew,
          paths: Math.max(olds.length, news.length),
        },
        sum(olds.map((base) => sizesOf(old.storePaths, base))),
        sum(news.map((base) => sizesOf(now.storePaths, base))),
      ),
    )
  }
  return [...rows, packingRow(unchanged, old, now)]
}

function regionRows(old: ReadonlyMap<ByteString, Sizes>, now: ReadonlyMap<ByteString, Sizes>): readonly DiffRow[] {
  return onEachSide(old, now, 'region')
}

function fileRows(
  old: ReadonlyMap<ByteString, Sizes>,
  now: ReadonlyMap<ByteString, Sizes>,
  names: ReadonlyMap<ByteString, NamesOfFile>,
): readonly DiffRow[] {
  return onEachSide(old, now, 'file').map((row) => {
    const otherNames = names.get(row.name)?.otherNames
    return otherNames === undefined ? row : { ...row, otherNames }
  })
}

function onEachSide(
  old: ReadonlyMap<ByteString, Sizes>,
  now: ReadonlyMap<ByteString, Sizes>,
  kind: 'region' | 'file',
): readonly DiffRow[] {
  return [...new Set([...old.keys(), ...now.keys()])].map((name) => {
    const present = !old.has(name) ? 'new' : !now.has(name) ? 'gone' : kind === 'file' ? 'changed' : 'same'
    const [before, after] = [sizesOf(old, name), sizesOf(now, name)]
    const isUnchanged = before.own === after.own && before.unpacked === after.unpacked
    return rowOf({ class: present === 'changed' && isUnchanged ? 'same' : present, kind, name }, before, after)
  })
}

/** An image's references, and the shortest routes to its store paths. */
interface Routes {
  readonly graph: StoreGraph
  readonly steps: Steps
}

function routesOf({ references, roots }: Inventory): Routes | undefined {
  if (references === undefined) return undefined
  const { graph } = references
  const begins = roots.map(({ path }) => path)
  return { graph, steps: shortestSteps(graph.references, begins) }
}

/** The first reference on the shortest route to a path that the other image has not between the counterparts. */
function firstMissing(
  routes: Routes | undefined,
  base: ByteString,
  counterpartOf: ReadonlyMap<ByteString, ByteString>,
  other: Routes | undefined,
): NamedEdge | undefined {
  if (routes === undefined || other === undefined) return undefined
  const { graph, steps } = routes
  const nameOf = (path: number): ByteString => graph.paths[path]!
  let missing: NamedEdge | undefined
  for (let path = numberOfPath(graph, base); path >= 0 && steps.before[path]! >= 0; path = steps.before[path]!) {
    const edge = { from: nameOf(steps.before[path]!), to: nameOf(path) }
    const [from, to] = [edge.from, edge.to].map((name) => numberOfPath(other.graph, counterpartOf.get(name) ?? ''))
    if (from! < 0 || to! < 0 || !neighbours(other.graph.references, from!).includes(to!)) missing = edge
  }
  return missing
}
