import { type ComparedContents, compareMatched } from '../../analyses/compare-contents.ts'
import { type Diff, diff, isEmptyDiff, isSureDiff } from '../../analyses/diff.ts'
import { diffByPaths } from '../../analyses/diff-by-paths.ts'
import { withOptions } from '../../analyses/diff-options.ts'
import { type Pairing, pairSides } from '../../analyses/pair-sides.ts'
import { sameFiles } from '../../images/same-files.ts'
import { diffJson } from '../../present/json/diff.ts'
import { DIFF_SORT_KEYS, type DiffChoice, diffView } from '../../views/diff.ts'
import type { DiffArguments } from '../definitions/diff.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { fileSizes } from '../groupings.ts'
import { fileForThreads, imageFileOf, isRemote } from '../image-file.ts'
import { type OpenSide, openSide } from '../open-side.ts'
import { choiceOf, sortKeyOf } from '../option-values.ts'
import { FORMATS, PAGE_FORMATS } from '../options.ts'
import { say } from '../output.ts'
import { destinationsOf, printView } from '../print-view.ts'
import { noteMost, progressAt } from '../server-bytes.ts'
import { withOpen } from '../with-open.ts'

/** Rows that a diff shows. */
const ROWS = 20

/** How many unreadable contents we report, because a damaged image may have thousands. */
const MOST_TOLD = 20

/** `isoscope diff OLD NEW`: what changed from one image to another, to the byte. */
export async function runDiff(options: DiffArguments): Promise<ExitCode> {
  destinationsOf(options, options.path === undefined ? PAGE_FORMATS : FORMATS)
  if (options.path !== undefined) {
    for (const [name, given] of Object.entries({
      '--only': options.only,
      '--rebuilt': options.rebuilt,
      '--by': options.by !== undefined,
    })) {
      if (given) throw new UsageError(`${name}: cannot be used with a store path or package`)
    }
    const { runFileDiff } = await import('./diff-files.ts')
    return runFileDiff(options.path, options)
  }
  const choice = {
    ...choiceOf({ min: '8K', top: ROWS, ...given(options) }),
    sort: sortKeyOf(options.sort ?? 'delta', DIFF_SORT_KEYS, 'rows of two images'),
    rebuilt: options.rebuilt === true,
    only: options.only,
  }
  return withOpen(await openSide(options.old, options, true), async (before) =>
    withOpen(await openSide(options.new, options, true), (after) => printDiff(before, after, choice, options)),
  )
}

function given({ min, top }: DiffArguments): { readonly min?: string; readonly top?: number } {
  return { ...(min === undefined ? {} : { min }), ...(top === undefined ? {} : { top }) }
}

async function printDiff(
  before: OpenSide,
  after: OpenSide,
  choice: DiffChoice,
  options: DiffArguments,
): Promise<ExitCode> {
  const result = withOptions(await compared(before, after, options), after.inventory)
  const paths = { old: options.old, new: options.new }
  const json = () => [diffJson(result, paths)]
  const surveys = { old: before.survey, new: after.survey }
  const page = async () => (await import('../html-documents.ts')).diffPage(result, surveys, options)
  await printView({ ...diffView(result, paths, choice), json, page, marker: 'isoscope diff' }, options)
  return exitCodeOf(result, before.isWhole && after.isWhole, options)
}

async function compared(before: OpenSide, after: OpenSide, options: DiffArguments): Promise<Diff> {
  const saved = [...(before.inventory.isSaved ? [options.old] : []), ...(after.inventory.isSaved ? [options.new] : [])]
  if (options.content === true && saved.length > 0) {
    throw new UsageError(`--content: ${saved[0]} is a saved report, which has no contents; give the image itself`)
  }
  const pairing = pairSides(before.inventory, after.inventory)
  const answer = differ(before, after, pairing, options)
  const first = answer()
  if (saved.length === 0) noteContents(before, after, options)
  // If anything differs, so do the two files.
  if (!isEmptyDiff(first)) {
    const contents = await contentsOf(before, after, pairing, options, saved.length === 0)
    return { ...answer(contents), identical: false }
  }
  if (saved.length > 0) return first
  const identical = areIdentical(options)
  if (identical === true) return { ...first, identical }
  const contents = await contentsOf(before, after, pairing, options, true)
  return identical === undefined ? answer(contents) : { ...answer(contents), identical }
}

/** Whether two files have the same bytes; undefined if servers would have to send all of them, and nobody asked for it. */
function areIdentical({ old, new: now, content, exitCode }: DiffArguments): boolean | undefined {
  // Each answer of a server tells whether it is of the same file.
  if (old === now && isRemote(old)) return true
  if (!readsContents({ content, exitCode }) && (isRemote(old) || isRemote(now))) return undefined
  return sameFiles(imageFileOf(old), imageFileOf(now))
}

/** Compares two images with rows of what the user wants, once without contents and perhaps once with them. */
function differ(
  before: OpenSide,
  after: OpenSide,
  pairing: Pairing,
  { by = 'path', top }: DiffArguments,
): (contents?: ComparedContents) => Diff {
  const { inventory: old } = before
  const { inventory: now } = after
  if (by !== 'directory' && by !== 'file') return (contents) => diff(old, now, by, pairing, contents)
  const [olds, news] = [before, after].map(({ survey, inventory }) => {
    return { inventory, paths: [...fileSizes(by, survey)] }
  })
  const how = by === 'file' ? { by } : { by, count: top ?? ROWS }
  return (contents) => diffByPaths(diff(old, now, 'path', pairing, contents), olds!, news!, how, pairing, contents)
}

function readsContents({ content, exitCode }: Pick<DiffArguments, 'content' | 'exitCode'>): boolean {
  return content === true || exitCode === true
}

/** Says how much of the contents servers may have to send. */
function noteContents(before: OpenSide, after: OpenSide, options: DiffArguments): void {
  const { old, new: now } = options
  if (!readsContents(options) || old === now) return
  noteMost(old, 'comparing contents', before.survey.open.file.size)
  noteMost(now, 'comparing contents', after.survey.open.file.size)
}

/** Compares contents, if the options ask for it: all of them, or only those that no NAR hash covers. */
async function contentsOf(
  before: OpenSide,
  after: OpenSide,
  pairing: Pairing,
  { content, exitCode, jobs, old, new: now }: DiffArguments,
  haveContents: boolean,
): Promise<ComparedContents | undefined> {
  if (!haveContents || !readsContents({ content, exitCode })) return undefined
  const contents = await compareMatched(pairing, { old: before.survey, new: after.survey }, content === true, {
    ...(jobs === undefined ? {} : { jobs }),
    files: { old: fileForThreads(old), new: fileForThreads(now) },
    progress: progressAt([old, now], 'comparing contents'),
  })
  for (const { message } of contents.problems.slice(0, MOST_TOLD)) say(message)
  const left = contents.problems.length - MOST_TOLD
  if (left > 0) say(`${left} more files cannot be compared`)
  return contents
}

function exitCodeOf(result: Diff, isWhole: boolean, { exitCode, old, new: now }: DiffArguments): ExitCode {
  if (!result.complete || !isWhole) return EXIT.failed
  if (exitCode !== true) return EXIT.ok
  if (!isEmptyDiff(result) || result.identical === false) return EXIT.no
  if (result.identical === true || isSureDiff(result)) return EXIT.ok
  say(`${old} and ${now}: cannot tell whether they are the same: a saved report has no contents to compare`)
  return EXIT.failed
}
