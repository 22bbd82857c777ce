import { type ByteString, byteStringOfText } from '../../../parsers/bytes/byte-string.ts'
import { asFormatError } from '../../../parsers/bytes/errors.ts'
import { type ListedEntry, listing } from '../../analyses/listing.ts'
import type { PlacedExtent } from '../../analyses/placed-extents.ts'
import { allNestedProblems, type OpenImage, problemsOf } from '../../images/open-image.ts'
import { type Resolved, resolvePath } from '../../images/resolve-path.ts'
import { listedEntryJson } from '../../present/json/listing.ts'
import { extentLines, longLine } from '../../present/text/listing.ts'
import { printable, unescaped } from '../../present/text/printable.ts'
import type { LsArguments } from '../definitions/ls.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { openNamed } from '../open.ts'
import { unitOf } from '../option-values.ts'
import { joinLines, say, writeOut } from '../output.ts'
import { printCutShort, printProblems } from '../print-problems.ts'
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

/** The entry at a path. @throws {UsageError} with the part of the path that exists */
export function resolveNamed(open: OpenImage, path: ByteString): Resolved {
  const found = resolvePath(open, path)
  if (!('missing' in found)) return found
  // Users cannot type a name that is not UTF-8, so they may give it as the listing shows it.
  const escaped = resolvePath(open, unescaped(path))
  if (!('missing' in escaped)) return escaped
  // If an image inside is damaged, that explains better why the path does not exist.
  const [problem] = allNestedProblems(open)
  if (problem !== undefined) throw problem
  printCutShort(problemsOf(open).warnings)
  const missing = printable(found.missing)
  throw new UsageError(
    missing.endsWith('/')
      ? `${open.file.name}: ${missing} is a file, and holds no image to look into`
      : `${open.file.name}: no ${missing} in it`,
  )
}

/** A path as typed, with one slash before each name, as in the listing. */
export function normalPath(text: string): ByteString {
  const names = byteStringOfText(text)
    .split('/')
    .filter((name) => name !== '' && name !== '.')
  return `/${names.join('/')}${names.length > 0 && text.endsWith('/') ? '/' : ''}`
}
