import { asFormatError } from '../../../parsers/bytes/errors.ts'
import { pathOf } from '../../../parsers/image.ts'
import { sortedListing } from '../../analyses/list-order.ts'
import { type ListedEntry, listing } from '../../analyses/listing.ts'
import type { PlacedExtent } from '../../analyses/placed-extents.ts'
import { type OpenImage, problemsOf } from '../../images/open-image.ts'
import { asFolder, type Resolved } from '../../images/resolve-path.ts'
import { MAX_GLOB } from '../../owners/glob.ts'
import { listedEntryJson, listingJson } from '../../present/json/listing.ts'
import { longLines } from '../../present/text/listing.ts'
import { printable } from '../../present/text/printable.ts'
import { listingView } from '../../views/listing.ts'
import type { LsArguments } from '../definitions/ls.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { resolveTyped } from '../named-path.ts'
import { openNamed } from '../open.ts'
import { countOf } from '../option-values.ts'
import { joinLines, joinPieces, say } from '../output.ts'
import { printProblems } from '../print-problems.ts'
import { type Destinations, type Drawing, destinationsOf, formatsOf, printView } from '../print-view.ts'
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
  const at = await resolveTyped(open, options.path ?? '/')
  const unplaced = new Set<string>()
  const listed = options.du === true ? await usageOf(at, options) : await listingOf(open, at, options, unplaced)
  const { entries, text } = listed
  const placesOf = (entry: ListedEntry) => (options.du === true ? undefined : extentsOf(entry, unplaced))
  const jsonLines = () => joinLines(entries(), (entry) => listedEntryJson(entry, placesOf(entry)))
  const json = () =>
    listingJson(options.image, at.imagePath + pathOf(at.open.image.tree, at.entry), entries(), placesOf)
  const view = {
    sections: () => listingView(entries()).sections(),
    rows: () => listingView(entries()).rows(),
    json,
    own: { text, ndjson: jsonLines },
    isLong: options.recursive === true || options.find !== undefined,
  }
  await printView(view, options, destinations)
  const { warnings, complete } = problemsOf(open)
  printProblems(warnings, options.verbose)
  const told = new Set(warnings.map(({ message }) => message))
  for (const message of unplaced) if (!told.has(message)) say(message)
  if (!complete || unplaced.size > 0) return EXIT.failed
  if (options.find === undefined || listed.count() > 0) return EXIT.ok
  const { widerGlob } = await import('../wider-glob.ts')
  say(`no file in ${options.image} matches '${options.find}'${widerGlob(open, at, options.find)}`)
  return EXIT.no
}

/** What to list, and how as text. */
interface Listed {
  /** The entries. Each call walks anew. */
  entries(): Iterable<ListedEntry>
  text(drawing: Drawing): Iterable<string>
  /** How many entries the last walk had. */
  count(): number
}

async function listingOf(open: OpenImage, at: Resolved, options: LsArguments, unplaced: Set<string>): Promise<Listed> {
  const { long = false, extents: wantsExtents = false, find, sort, top } = options
  const isDeep = options.recursive === true || find !== undefined
  const findEntries = find === undefined ? undefined : (await import('../../analyses/find-entries.ts')).findEntries
  // A listing of everything below goes out as we walk, in the order of the image.
  const order = sort ?? (isDeep ? undefined : 'name')
  const most = top === undefined ? 0 : countOf('n', top)
  let count = 0
  const entries = (): Iterable<ListedEntry> => {
    count = 0
    const found = findEntries === undefined ? listing(at, isDeep) : findEntries(open, at, find!)
    const sorted = order === undefined ? found : sortedListing(found, order, !isDeep)
    const some = most > 0 ? firstOf(sorted, most) : sorted
    return find === undefined ? some : counted(some, () => (count += 1))
  }
  const placesOf = (entry: ListedEntry) => (wantsExtents ? extentsOf(entry, unplaced) : undefined)
  const text = (drawing: Drawing): Iterable<string> =>
    long
      ? joinPieces(longLines(entries(), { ...drawing, folder: folderPath(at), placesOf }))
      : joinLines(entries(), ({ path }) => printable(path))
  return { entries, text, count: () => count }
}

/** What each entry takes. */
async function usageOf(at: Resolved, options: LsArguments): Promise<Listed> {
  const { diskUsage } = await import('../../analyses/disk-usage.ts')
  const { diskUsageText } = await import('../../present/text/disk-usage.ts')
  const recursive = options.recursive === true
  const top = options.top === undefined ? 0 : countOf('n', options.top)
  const usage = diskUsage(at, recursive, options.sort ?? 'stored')
  const rows = top === 0 ? usage.rows : usage.rows.slice(0, top)
  return {
    entries: () => rows.map(({ listed }) => listed),
    text: (drawing) => [diskUsageText(usage, { ...drawing, top, nested: recursive, folder: folderPath(at) })],
    count: () => usage.rows.length,
  }
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
