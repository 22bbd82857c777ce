import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import type { ComparedContents } from './compare-contents.ts'
import type { Diff } from './diff.ts'
import { type DiffRow, orderedRows, regionRows, rowOf, type Sizes, sum } from './diff-row.ts'
import {
  DIRECTORIES,
  type DirectoryRow,
  directoryRowName,
  directoryRows,
  pathTree,
  type SizedPath,
} from './directory-rows.ts'
import type { Match } from './match-owners.ts'
import { type NamesOfFile, namesOfFiles } from './names-of-files.ts'
import { pairFiles } from './pair-files.ts'
import type { Pairing } from './pair-sides.ts'
import { isSameContent } from './settled-match.ts'

/** An image of a comparison, and the bytes of each of its files and directories. */
export interface SizedSide {
  readonly inventory: Inventory
  readonly paths: Iterable<SizedPath>
}

/** Whether rows are single files, or directories that cover those that changed. */
export type PathRows =
  | { readonly by: 'file' }
  /** @param count of rows; 0 for one for each file */
  | { readonly by: 'directory'; readonly count: number }

/** A file or directory that either image has, with its bytes in each. */
interface Change {
  /** In the new image; that of an old store path stands where its counterpart is. */
  readonly path: ByteString
  readonly otherNames: readonly ByteString[] | undefined
  readonly old: Sizes | undefined
  readonly now: Sizes | undefined
  /** Whether its content is known to be the same, or known to differ. */
  readonly isSame: boolean
  readonly isOther: boolean
}

/**
 * A comparison with rows of files or directories, the files of owners among them. They and what is no file add up to the
 * difference.
 * @param diff of the same two images, with any rows
 */
export function diffByPaths(
  diff: Diff,
  before: SizedSide,
  after: SizedSide,
  how: PathRows,
  pairing: Pairing,
  contents?: ComparedContents,
): Diff {
  const changes = changesOf(before, after, pairing, contents)
  const rows = how.by === 'file' ? changes.map(fileRow) : directoryDiffRows(changes, how.count)
  const withFiles = [before, after].flatMap(({ inventory }) => regionsWithFiles(inventory))
  const rest = regionRows(structuresOf(before.inventory), structuresOf(after.inventory), new Set(withFiles))
  return { ...diff, by: how.by, rows: orderedRows([...rows, ...rest], contents) }
}

/** Every file and directory of either image. */
function changesOf(
  before: SizedSide,
  after: SizedSide,
  { matches }: Pairing,
  contents: ComparedContents | undefined,
): readonly Change[] {
  const names = namesOfFiles(before.inventory.attribution.accounts, after.inventory.attribution.accounts)
  const counterparts = new Map(matches.flatMap((match) => counterpart(match)))
  const isSameOwner = new Set(matches.flatMap((match) => (isSameOwnerIn(match, contents) ? match.after! : [])))
  const olds = filesOf(before, names, (path) => inNewImage(path, counterparts))
  const news = filesOf(after, names, (path) => path)
  const { both, gone, new: added } = pairFiles(olds, news)
  const changeOf = ({ path }: File, old: File | undefined, now: File | undefined): Change => {
    const verdict = old === undefined || now === undefined ? undefined : contents?.outside.get(now.path)
    const owner = old === undefined ? undefined : now?.owner
    return {
      path,
      otherNames: names.get(path)?.otherNames,
      old,
      now,
      isSame: verdict ?? (owner !== undefined && isSameOwner.has(owner)),
      isOther: verdict === false,
    }
  }
  return [
    ...both.map(([old, now]) => changeOf(now, old, now)),
    ...added.map((now) => changeOf(now, undefined, now)),
    ...gone.map((old) => changeOf(old, old, undefined)),
  ]
}

/** The key of an old owner whose counterpart has another one, and that key. */
function counterpart({ before, after }: Match): readonly [ByteString, ByteString][] {
  return before === undefined || after === undefined || before === after ? [] : [[before, after]]
}

function isSameOwnerIn(match: Match, contents: ComparedContents | undefined): boolean {
  return isSameContent(match) && (contents?.owners.get(match.before!) ?? 0) === 0
}

/** The path of an old file, where its owner lies in the new image. */
function inNewImage(path: ByteString, counterparts: ReadonlyMap<ByteString, ByteString>): ByteString {
  if (counterparts.size === 0) return path
  return path
    .split('/')
    .map((name) => counterparts.get(name) ?? name)
    .join('/')
}

interface File extends Sizes {
  readonly path: ByteString
  readonly owner: ByteString | undefined
}

/** The files and directories of an image that take bytes, each once. A hard-linked file has the sum of its names. */
function filesOf(
  { paths }: SizedSide,
  names: ReadonlyMap<ByteString, NamesOfFile>,
  placed: (path: ByteString) => ByteString,
): readonly File[] {
  const found = new Map<
    ByteString,
    { path: ByteString; owner: ByteString | undefined; own: number; unpacked: number }
  >()
  for (const { path: its, own, unpacked, files, owner } of paths) {
    if (own === 0 && files === 0) continue
    const path = placed(names.get(its)?.name ?? its)
    const known = found.get(path)
    if (known === undefined) found.set(path, { path, owner, own, unpacked })
    else {
      known.own += own
      known.unpacked += unpacked
    }
  }
  return [...found.values()]
}

const ABSENT: Sizes = { own: 0, unpacked: 0 }

/** Whether the bytes or the content of a file are others. */
function isChanged({ old, now, isOther }: Change): boolean {
  return isOther || old === undefined || now === undefined || old.own !== now.own || old.unpacked !== now.unpacked
}

function classOf(changes: readonly Change[]): DiffRow['class'] {
  if (changes.every(({ old }) => old === undefined)) return 'new'
  if (changes.every(({ now }) => now === undefined)) return 'gone'
  return changes.every((change) => change.isSame || !isChanged(change)) ? 'same' : 'changed'
}

function rowOfChanges(name: ByteString, kind: 'file' | 'directory', changes: readonly Change[]): DiffRow {
  const different = changes.filter(({ isOther }) => isOther).length
  const [only] = changes
  return rowOf(
    {
      class: classOf(changes),
      kind,
      name,
      ...(kind === 'file' && only?.otherNames !== undefined ? { otherNames: only.otherNames } : {}),
      ...(different === 0 ? {} : { contentsDiffer: different }),
    },
    sum(changes.map(({ old = ABSENT }) => old)),
    sum(changes.map(({ now = ABSENT }) => now)),
  )
}

function fileRow(change: Change): DiffRow {
  return rowOfChanges(change.path, 'file', [change])
}

/**
 * Rows that cover all changes. They split where most bytes changed, so what grew does not hide what shrank beside it. A
 * directory that came or went as a whole is not split, unless each file has a row.
 */
function directoryDiffRows(changes: readonly Change[], count: number): readonly DiffRow[] {
  const wholeOf = count === 0 ? (path: ByteString) => path : wholeDirectories(changes)
  const weighed = changes.filter(isChanged).map(({ path, old = ABSENT, now = ABSENT }): SizedPath => {
    return { path: wholeOf(path), own: Math.abs(now.own - old.own), unpacked: 0, files: 1 }
  })
  const rows = directoryRows(pathTree(weighed), count)
  const rowOfPath = rowFinder(rows)
  const changesIn = new Map<DirectoryRow, Change[]>()
  for (const change of changes) {
    const row = rowOfPath(change.path)
    if (row === undefined) continue
    const known = changesIn.get(row)
    if (known === undefined) changesIn.set(row, [change])
    else known.push(change)
  }
  return Array.from(changesIn, ([row, some]) => {
    // Of a directory that changed itself, no entry needs to have changed.
    const isDirectory = row.isDirectory || some.some(({ path }) => withoutSlash(path) !== withoutSlash(row.path))
    return rowOfChanges(directoryRowName({ ...row, isDirectory }), isDirectory ? 'directory' : 'file', some)
  })
}

/** Finds the largest directory that a path lies in and that only one image has, but not a whole region; else the path. */
function wholeDirectories(changes: readonly Change[]): (path: ByteString) => ByteString {
  const [olds, news] = [new Set<ByteString>(), new Set<ByteString>()]
  const addAbove = (directories: Set<ByteString>, path: ByteString): void => {
    let at: ByteString | undefined = withoutSlash(path)
    for (; at !== undefined && !directories.has(at); at = parentOf(at)) directories.add(at)
  }
  for (const { path, old, now } of changes) {
    if (old !== undefined) addAbove(olds, path)
    if (now !== undefined) addAbove(news, path)
  }
  return (path) => {
    for (let slash = path.indexOf('/', path.indexOf('/', 1) + 1); slash > 1; slash = path.indexOf('/', slash + 1)) {
      const directory = path.slice(0, slash)
      if (!olds.has(directory) || !news.has(directory)) return directory
    }
    return path
  }
}

/** Finds the row that a path belongs to; undefined for a file that did not change, in a directory without a row. */
function rowFinder(rows: readonly DirectoryRow[]): (path: ByteString) => DirectoryRow | undefined {
  const named = rows.filter(({ path }) => path !== DIRECTORIES)
  const rowAt = new Map(named.map((row) => [row.path === '/' ? '' : row.path, row]))
  /** Directories with rows below them. */
  const isSplit = new Set<ByteString>()
  for (const path of rowAt.keys()) {
    for (let above = parentOf(path); above !== undefined && !isSplit.has(above); above = parentOf(above))
      isSplit.add(above)
  }
  const directories = rows.find(({ path }) => path === DIRECTORIES)
  return (path) => {
    for (let at: ByteString | undefined = withoutSlash(path); at !== undefined; at = parentOf(at)) {
      const row = rowAt.get(at)
      if (row !== undefined) return row
      if (isSplit.has(at)) return directories
    }
    return undefined
  }
}

/** The path of a directory as it stands in other paths. */
function withoutSlash(path: ByteString): ByteString {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

/** The path of the directory that a path is in; undefined for the top of the image, which is ''. */
function parentOf(path: ByteString): ByteString | undefined {
  return path === '' ? undefined : path.slice(0, path.lastIndexOf('/'))
}

/** The bytes of what is no file and no directory, by region. */
function structuresOf({ attribution }: Inventory): ReadonlyMap<ByteString, Sizes> {
  const found = new Map<ByteString, Sizes>()
  for (const { kind, region, own, unpacked } of attribution.accounts) {
    if (kind === 'owner' || kind === 'file') continue
    const known = found.get(region) ?? ABSENT
    found.set(region, { own: known.own + own, unpacked: known.unpacked + unpacked })
  }
  return found
}

function regionsWithFiles({ attribution }: Inventory): readonly ByteString[] {
  return attribution.accounts.flatMap(({ kind, region }) => (kind === 'owner' || kind === 'file' ? region : []))
}
