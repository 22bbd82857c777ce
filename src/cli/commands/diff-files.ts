import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { Places, unreadable } from '../../analyses/compare-contents.ts'
import { diffFiles, entriesIn, type FileSide } from '../../analyses/diff-files.ts'
import { isComparable } from '../../analyses/outside-diff.ts'
import { pairFiles } from '../../analyses/pair-files.ts'
import type { FileFacts } from '../../inventory/file-facts.ts'
import { ownerTotals } from '../../inventory/owner-totals.ts'
import type { Survey } from '../../inventory/survey.ts'
import { fullName, nounOf } from '../../owners/names.ts'
import { fileDiffJson } from '../../present/json/diff-files.ts'
import { printable } from '../../present/text/printable.ts'
import { compareContents } from '../../scan/compare-contents.ts'
import type { Choice } from '../../views/choice.ts'
import { FILE_SORT_KEYS, fileDiffView } from '../../views/diff-files.ts'
import type { DiffArguments } from '../definitions/diff.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { fileForThreads } from '../image-file.ts'
import { onePath } from '../one-path.ts'
import { openSurvey } from '../open-survey.ts'
import { choiceOf, sortKeyOf } from '../option-values.ts'
import { say } from '../output.ts'
import { printView } from '../print-view.ts'
import { progressAt } from '../server-bytes.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope diff OLD NEW PATH`: which files of a store path or package changed. */
export async function runFileDiff(pattern: string, options: DiffArguments): Promise<ExitCode> {
  const choice = choiceOf({ ...options, sort: sortKeyOf(options.sort ?? 'name', FILE_SORT_KEYS, 'files') })
  return withOpen(openSurvey({ ...options, image: options.old }), (before) =>
    withOpen(openSurvey({ ...options, image: options.new }), (after) =>
      compareFiles(before.survey, after.survey, pattern, choice, options),
    ),
  )
}

async function compareFiles(
  before: Survey,
  after: Survey,
  pattern: string,
  choice: Choice,
  options: DiffArguments,
): Promise<ExitCode> {
  const old = sideOf(before, pathIn(before, options.old, pattern))
  const now = sideOf(after, pathIn(after, options.new, pattern))
  if (old.owner === undefined && now.owner === undefined) {
    const [noun] = nounOf((before.keys.length > 0 ? before : after).model.kind)
    say(`no ${noun} in ${options.old} or ${options.new} matches '${pattern}'`)
    return EXIT.no
  }
  // Only images have contents. For saved reports we compare names, sizes, links and metadata.
  const saved = [before, after].flatMap(({ parts }, at) =>
    parts.saved === undefined ? [] : [at === 0 ? options.old : options.new],
  )
  if (options.content === true && saved.length > 0) {
    throw new UsageError(`--content: ${saved[0]} is a saved report, which has no contents; give the image itself`)
  }
  const haveContents = saved.length === 0
  const haveMetadata = now.outside !== undefined && old.outside !== undefined
  const problems: FormatError[] = [...before.metadataProblems, ...after.metadataProblems]
  const answers =
    haveContents && old.owner !== undefined && now.owner !== undefined
      ? await contentsOf(before, after, old, now, options, problems)
      : undefined
  for (const { message } of problems) say(message)
  const rows = diffFiles(old, now, (_, file) => answers?.get(file))
  const oldPath = old.owner === undefined ? null : fullPathIn(before, old.owner)
  const newPath = now.owner === undefined ? null : fullPathIn(after, now.owner)
  const owners = { old: old.owner, new: now.owner }
  const directories = { old: before.directory, new: after.directory }
  const json = () => [fileDiffJson(rows, owners, directories, { contents: haveContents, metadata: haveMetadata })]
  await printView({ ...fileDiffView({ rows, oldPath, newPath, haveContents, haveMetadata }, choice), json }, options)
  if (problems.length > 0) return EXIT.failed
  if (options.exitCode !== true) return EXIT.ok
  if (rows.length > 0 || oldPath === null || newPath === null) return EXIT.no
  if (haveContents || (haveMetadata && (await isRegisteredAlike(before, after, old, now)))) return EXIT.ok
  say(`${saved[0]}: is a saved report, which has no contents: cannot tell whether all files are the same`)
  return EXIT.failed
}

async function isRegisteredAlike(before: Survey, after: Survey, old: FileSide, now: FileSide): Promise<boolean> {
  const [one, other] = await Promise.all(
    [before, after].map(async (survey, at) => {
      const references = survey.parts.saved === undefined ? await survey.references('registration') : survey.parts.saved
      return references?.contentHashes.get((at === 0 ? old : now).owner!)
    }),
  )
  return one !== undefined && one === other
}

/** Compares the contents of all files whose size did not change. */
async function contentsOf(
  before: Survey,
  after: Survey,
  old: FileSide,
  now: FileSide,
  { jobs, old: oldFile, new: newFile }: DiffArguments,
  problems: FormatError[],
): Promise<ReadonlyMap<FileFacts, boolean>> {
  const places = { old: new Places(before), new: new Places(after) }
  const { both } = pairFiles(entriesIn(old), entriesIn(now))
  const pairs = both.filter(([one, other]) => isComparable(one, other))
  const verdicts = await compareContents(
    pairs.map(([one, other]) => ({
      old: places.old.of(old.owner, one),
      new: places.new.of(now.owner, other),
      hashes: old.owner === now.owner,
    })),
    { old: before.open, new: after.open },
    {
      ...(jobs === undefined ? {} : { jobs }),
      files: { old: fileForThreads(oldFile), new: fileForThreads(newFile) },
      progress: progressAt([oldFile, newFile], 'comparing contents'),
    },
  )
  const answers = new Map<FileFacts, boolean>()
  for (const [index, [, file]] of pairs.entries()) {
    const verdict = verdicts[index]!
    if (verdict instanceof FormatError) problems.push(unreadable(now.owner, file, verdict))
    else answers.set(file, verdict)
  }
  return answers
}

function sideOf({ files, outside }: Survey, owner: ByteString | undefined): FileSide {
  return { owner, files, outside }
}

function fullPathIn(survey: Survey, owner: ByteString): string {
  return printable(fullName(survey.directory, owner))
}

function pathIn(survey: Survey, image: string, pattern: string): ByteString | undefined {
  const { keys, contentNames } = survey
  const path = onePath({ image, keys, contentNames, sizes: () => ownerTotals(survey.attribution.accounts) }, pattern)
  return path === undefined ? undefined : keys[path]
}
