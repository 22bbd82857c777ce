import { asFormatError } from '../../../parsers/bytes/errors.ts'
import { pathOf } from '../../../parsers/image.ts'
import { bytesOf, sortedListing } from '../../analyses/list-order.ts'
import { ListedEntry, listing } from '../../analyses/listing.ts'
import type { PlacedExtent } from '../../analyses/placed-extents.ts'
import { pathOfImage } from '../../images/image-parts.ts'
import { type OpenImage, problemsOf } from '../../images/open-image.ts'
import { asFolder, type Resolved } from '../../images/resolve-path.ts'
import { MAX_GLOB } from '../../owners/glob.ts'
import { entriesOf, type Owner } from '../../owners/owner.ts'
import { fileMatcher } from '../../owners/path-glob.ts'
import { listedEntryJson, listingJson } from '../../present/json/listing.ts'
import type { Choice } from '../../views/choice.ts'
import { listingView } from '../../views/listing.ts'
import type { View } from '../../views/view.ts'
import type { LsArguments } from '../definitions/ls.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import type { packageTyped } from '../named-owner.ts'
import { existingAt, normalPath, resolveTyped } from '../named-path.ts'
import { openNamed } from '../open.ts'
import { countOf, sizeOf } from '../option-values.ts'
import { joinLines, say } from '../output.ts'
import { printProblems } from '../print-problems.ts'
import { type Destinations, destinationsOf, formatsOf, printView } from '../print-view.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope ls IMAGE [PATH]`: lists a directory of the image, or an image inside it. */
export async function runLs(options: LsArguments): Promise<ExitCode> {
  const { extents, long, find } = options
  const destinations = destinationsOf(options)
  const isTold = formatsOf(destinations).some((format) => format === 'json' || format === 'ndjson')
  if (extents === true && long !== true && !isTold) throw new UsageError('--extents needs -l or --json')
  if (find !== undefined && find.length > MAX_GLOB) {
    throw new UsageError(`--find: has ${find.length} characters; the limit is ${MAX_GLOB}`)
  }
  return withOpen(openNamed(options.image, options), (open) => list(open, options, destinations))
}

async function list(open: OpenImage, options: LsArguments, destinations: Destinations): Promise<ExitCode> {
  const named = options.path === undefined ? undefined : await packageNamed(open, options.path)
  if (named !== undefined && options.du === true) {
    throw new UsageError(`--du: '${options.path}' is a package, whose files lie in several directories; -l lists them`)
  }
  const at = named === undefined ? await resolveTyped(open, options.path ?? '/') : rootOf(named)
  const unplaced = new Set<string>()
  const choice = { top: options.top === undefined ? 0 : countOf('n', options.top), min: sizeOf('min', options.min) }
  const { entries, count, ...view } =
    options.du === true
      ? await usageOf(at, options, choice)
      : await listingOf(open, at, named?.owner, options, choice, unplaced)
  const placesOf = (entry: ListedEntry) => (options.du === true ? undefined : extentsOf(entry, unplaced))
  const jsonLines = () => joinLines(entries(), (entry) => listedEntryJson(entry, placesOf(entry)))
  const json = () =>
    listingJson(
      { name: options.image, size: open.file.size },
      at.imagePath + pathOf(at.open.image.tree, at.entry),
      entries(),
      placesOf,
    )
  const isLong = options.recursive === true || options.find !== undefined
  await printView({ ...view, json, jsonLines, isLong }, options, destinations)
  const { warnings, complete } = problemsOf(open)
  printProblems(warnings, options.verbose)
  const told = new Set(warnings.map(({ message }) => message))
  for (const message of unplaced) if (!told.has(message)) say(message)
  if (!complete || unplaced.size > 0) return EXIT.failed
  if (options.find === undefined || count() > 0) return EXIT.ok
  const { widerGlob } = await import('../wider-glob.ts')
  say(`no file in ${options.image} matches '${options.find}'${widerGlob(open, at, options.find)}`)
  return EXIT.no
}

/** Which entries to list. */
type Chosen = Pick<Choice, 'top' | 'min'>

/** What to list, and how. */
interface Listed extends View<ListedEntry> {
  /** The entries. Each call walks anew. */
  entries(): Iterable<ListedEntry>
  /** How many entries the last walk had. */
  count(): number
}

async function listingOf(
  open: OpenImage,
  at: Resolved,
  owner: Owner | undefined,
  options: LsArguments,
  { top, min }: Chosen,
  unplaced: Set<string>,
): Promise<Listed> {
  const { long = false, extents: wantsExtents = false, find, sort } = options
  const isDeep = options.recursive === true || find !== undefined || owner !== undefined
  const findEntries = find === undefined ? undefined : (await import('../../analyses/find-entries.ts')).findEntries
  // A listing of everything below goes out as we walk, in the order of the image.
  const order = sort ?? (isDeep ? undefined : 'name')
  let count = 0
  const entries = (): Iterable<ListedEntry> => {
    count = 0
    const all = owner === undefined ? listing(at, isDeep) : filesOfOwner(owner)
    const found = find === undefined ? all : owner === undefined ? findEntries!(open, at, find) : matching(all, find)
    const large = min > 0 ? filtered(found, (listed) => bytesOf(listed, 'stored', !isDeep) >= min) : found
    const sorted = order === undefined ? large : sortedListing(large, order, !isDeep)
    const some = top > 0 ? firstOf(sorted, top) : sorted
    return find === undefined ? some : counted(some, () => (count += 1))
  }
  const places = wantsExtents ? { placesOf: (entry: ListedEntry) => extentsOf(entry, unplaced) } : {}
  const view = listingView(entries, { folder: folderPath(at), isLong: long, ...places })
  return { ...view, entries, count: () => count }
}

/**
 * The package that a user named in place of a path; undefined for a path, and for a store path, which has one. We load the
 * owners only if there is no such path.
 */
async function packageNamed(open: OpenImage, typed: string): Promise<ReturnType<typeof packageTyped>> {
  if (existingAt(open, normalPath(typed)) !== undefined) return undefined
  const { packageTyped } = await import('../named-owner.ts')
  return packageTyped(open, typed)
}

function rootOf({ owner: { open }, imagePath }: NonNullable<ReturnType<typeof packageTyped>>): Resolved {
  return { open, entry: open.image.tree.entry(0), imagePath }
}

function* filesOfOwner(owner: Owner): Generator<ListedEntry> {
  for (const { open, entry, path } of entriesOf(owner)) {
    const imagePath = pathOfImage(open)
    yield new ListedEntry(`${imagePath}/${path}`, entry.index, open, imagePath)
  }
}

/** What each entry takes. */
async function usageOf(at: Resolved, options: LsArguments, choice: Chosen): Promise<Listed> {
  const { diskUsage } = await import('../../analyses/disk-usage.ts')
  const { diskUsageView } = await import('../../views/disk-usage.ts')
  const nested = options.recursive === true
  const view = diskUsageView(diskUsage(at, nested, options.sort ?? 'stored'), {
    nested,
    folder: folderPath(at),
    choice,
  })
  const { rows } = view.rows()
  return { ...view, entries: () => rows, count: () => [...rows].length }
}

/** The path of the directory that we list; '' for the outermost root, and for a file. */
function folderPath(at: Resolved): string {
  const path = at.imagePath + pathOf(at.open.image.tree, at.entry)
  return asFolder(at, path) === undefined ? '' : path.replace(/\/$/, '')
}

function* firstOf(entries: Iterable<ListedEntry>, most: number): Generator<ListedEntry> {
  let left = most
  for (const entry of entries) {
    yield entry
    left -= 1
    if (left === 0) return
  }
}

function* filtered(entries: Iterable<ListedEntry>, isShown: (listed: ListedEntry) => boolean): Generator<ListedEntry> {
  for (const entry of entries) if (isShown(entry)) yield entry
}

function matching(entries: Iterable<ListedEntry>, glob: string): Generator<ListedEntry> {
  const matches = fileMatcher(glob)
  return filtered(entries, ({ path }) => matches(path))
}

function* counted(entries: Iterable<ListedEntry>, count: () => void): Generator<ListedEntry> {
  for (const entry of entries) {
    count()
    yield entry
  }
}

/** Where the content of an entry lies. If we cannot read a file's block list, we report that at the end. */
function extentsOf(entry: ListedEntry, problems: Set<string>): readonly PlacedExtent[] | undefined {
  try {
    return entry.extents()
  } catch (error) {
    problems.add(asFormatError(error).message)
    return undefined
  }
}
