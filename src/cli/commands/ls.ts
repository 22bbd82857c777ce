import { asFormatError } from '../../../parsers/bytes/errors.ts'
import { type ListedEntry, listing } from '../../analyses/listing.ts'
import type { PlacedExtent } from '../../analyses/placed-extents.ts'
import { type OpenImage, problemsOf } from '../../images/open-image.ts'
import { listedEntryJson } from '../../present/json/listing.ts'
import { extentLines, longLine } from '../../present/text/listing.ts'
import { printable } from '../../present/text/printable.ts'
import type { LsArguments } from '../definitions/ls.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { normalPath, resolveNamed } from '../named-path.ts'
import { openNamed } from '../open.ts'
import { unitOf } from '../option-values.ts'
import { joinLines, say, writeOut } from '../output.ts'
import { printProblems } from '../print-problems.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope ls IMAGE [PATH]`: lists a directory of the image, or an image inside it. */
export async function runLs(options: LsArguments): Promise<ExitCode> {
  if (options.extents === true && options.json !== true && options.long !== true)
    throw new UsageError('--extents needs -l or --json')
  return withOpen(openNamed(options.image, options), (open) => list(open, options))
}

async function list(open: OpenImage, options: LsArguments): Promise<ExitCode> {
  const { json = false, long = false, extents: wantsExtents = false } = options
  const path = normalPath(options.path ?? '/')
  const at = resolveNamed(open, path)
  const unit = unitOf(options)
  const unplaced = new Set<string>()
  const line = (entry: ListedEntry): string => {
    if (json) return listedEntryJson(entry, extentsOf(entry, unplaced))
    if (!long) return printable(entry.path)
    const extents = wantsExtents ? extentsOf(entry, unplaced) : undefined
    return longLine(entry, unit) + extentLines(extents ?? [])
  }
  await writeOut(joinLines(listing(at, options.recursive === true), line))
  const { warnings, complete } = problemsOf(open)
  printProblems(warnings, options.verbose)
  const told = new Set(warnings.map(({ message }) => message))
  for (const message of unplaced) if (!told.has(message)) say(message)
  return complete && unplaced.size === 0 ? EXIT.ok : EXIT.failed
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
