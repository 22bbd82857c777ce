import { asFormatError } from '../../../parsers/bytes/errors.ts'
import { pathOf } from '../../../parsers/image.ts'
import { sortedListing } from '../../analyses/list-order.ts'
import { type ListedEntry, listing } from '../../analyses/listing.ts'
import type { PlacedExtent } from '../../analyses/placed-extents.ts'
import { type OpenImage, problemsOf } from '../../images/open-image.ts'
import { asFolder, type Resolved } from '../../images/resolve-path.ts'
import { MAX_GLOB } from '../../owners/glob.ts'
import { listedEntryJson } from '../../present/json/listing.ts'
import { longLines } from '../../present/text/listing.ts'
import { printable } from '../../present/text/printable.ts'
import type { LsArguments } from '../definitions/ls.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { resolveTyped } from '../named-path.ts'
import { openNamed } from '../open.ts'
import { countOf, styleOf, unitOf } from '../option-values.ts'
import { joinLines, joinPieces, say, writeOut } from '../output.ts'
import { printProblems } from '../print-problems.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope ls IMAGE [PATH]`: lists a directory of the image, or an image inside it. */
export async function runLs(options: LsArguments): Promise<ExitCode> {
  const { extents, json, long, find } = options
  if (extents === true && json !== true && long !== true) throw new UsageError('--extents needs -l or --json')
  if (find !== undefined && find.length > MAX_GLOB) {
    throw new UsageError(`--find: has ${find.length} characters; the limit is ${MAX_GLOB}`)
  }
  return withOpen(openNamed(options.image, options), (open) => list(open, options))
}

async function list(open: OpenImage, options: LsArguments): Promise<ExitCode> {
  const at = await resolveTyped(open, options.path ?? '/')
  const unplaced = new Set<string>()
  const count = options.du === true ? await printUsage(at, options) : await printListing(open, at, options, unplaced)
  const { warnings, complete } = problemsOf(open)
  printProblems(warnings, options.verbose)
  const told = new Set(warnings.map(({ message }) => message))
  for (const message of unplaced) if (!told.has(message)) say(message)
  if (!complete || unplaced.size > 0) return EXIT.failed
  if (options.find === undefined || count > 0) return EXIT.ok
  say(`no file in ${options.image} matches '${options.find}'`)
  return EXIT.no
}

/** Prints a listing, and returns how many entries it has. */
async function printListing(
  open: OpenImage,
  at: Resolved,
  options: LsArguments,
  unplaced: Set<string>,
): Promise<number> {
  const { json = false, long = false, extents: wantsExtents = false, find, sort, top } = options
  const isDeep = options.recursive === true || find !== undefined
  const found =
    find === undefined
      ? listing(at, isDeep)
      : (await import('../../analyses/find-entries.ts')).findEntries(open, at, find)
  // A listing of everything below goes out as we walk, in the order of the image.
  const order = sort ?? (isDeep ? undefined : 'name')
  const most = top === undefined ? 0 : countOf('n', top)
  let entries = order === undefined ? found : sortedListing(found, order, !isDeep)
  if (most > 0) entries = firstOf(entries, most)
  let count = 0
  if (find !== undefined) entries = counted(entries, () => (count += 1))
  if (json) await writeOut(joinLines(entries, (entry) => listedEntryJson(entry, extentsOf(entry, unplaced))))
  else if (!long) await writeOut(joinLines(entries, ({ path }) => printable(path)))
  else {
    const placesOf = (entry: ListedEntry) => (wantsExtents ? extentsOf(entry, unplaced) : undefined)
    const style = styleOf(options.color, options.wide === true)
    await writeOut(joinPieces(longLines(entries, { style, unit: unitOf(options), folder: folderPath(at), placesOf })))
  }
  return count
}

/** Prints what each entry takes, and returns how many entries there are. */
async function printUsage(at: Resolved, options: LsArguments): Promise<number> {
  const { diskUsage } = await import('../../analyses/disk-usage.ts')
  const recursive = options.recursive === true
  const top = options.top === undefined ? 0 : countOf('n', options.top)
  const usage = diskUsage(at, recursive, options.sort ?? 'stored')
  if (options.json === true) {
    const rows = top === 0 ? usage.rows : usage.rows.slice(0, top)
    await writeOut(joinLines(rows, ({ listed }) => listedEntryJson(listed)))
  } else {
    const { diskUsageText } = await import('../../present/text/disk-usage.ts')
    const style = styleOf(options.color, options.wide === true)
    const unit = unitOf(options)
    await writeOut([diskUsageText(usage, { style, unit, top, nested: recursive, folder: folderPath(at) })])
  }
  return usage.rows.length
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
