import { type ByteString, byteStringOfText } from '../../../parsers/bytes/byte-string.ts'
import { diffFiles } from '../../analyses/diff-files.ts'
import { fileDiffJson } from '../../present/json/diff-files.ts'
import { printable } from '../../present/text/printable.ts'
import type { Survey } from '../../scan/survey.ts'
import { findPaths } from '../../store/find-paths.ts'
import { sameContent } from '../../store/same-content.ts'
import type { StoreFile } from '../../store/store-files.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { openSurvey, type SurveyArguments } from '../open-survey.ts'
import { styleOf, unitOf } from '../options.ts'
import { say, writeOut } from '../output.ts'

export interface FileDiffArguments extends Omit<SurveyArguments, 'image' | 'offset'> {
  readonly old: string
  readonly new: string
  readonly exitCode?: boolean | undefined
  readonly json?: boolean | undefined
  readonly si?: boolean | undefined
  readonly bytes?: boolean | undefined
  readonly wide?: boolean | undefined
  readonly color: 'auto' | 'always' | 'never'
}

/** `isoscope diff OLD NEW PATH`: which files of a store path changed. */
export async function runFileDiff(pattern: string, options: FileDiffArguments): Promise<ExitCode> {
  const before = openSurvey({ ...options, image: options.old })
  const after = openSurvey({ ...options, image: options.new })
  const old = pathIn(before.survey, options.old, pattern)
  const now = pathIn(after.survey, options.new, pattern)
  if (old === undefined && now === undefined) {
    say(`no store path in ${options.old} or ${options.new} is meant by '${pattern}'`)
    return EXIT.no
  }
  // Only images have contents; of saved reports names, sizes and links are compared.
  const haveContents = [before, after].every(({ survey }) => survey.parts.saved === undefined)
  const filesOf = (survey: Survey, base: ByteString | undefined): readonly StoreFile[] =>
    base === undefined ? [] : survey.files.get(base)!
  const rows = diffFiles(
    filesOf(before.survey, old),
    filesOf(after.survey, now),
    haveContents && old !== undefined && now !== undefined
      ? sameContent(before.survey.objects.get(old)!, after.survey.objects.get(now)!)
      : undefined,
  )
  const oldPath = old === undefined ? null : fullPathIn(before.survey, old)
  const newPath = now === undefined ? null : fullPathIn(after.survey, now)
  if (options.json === true) await writeOut([fileDiffJson(rows, oldPath, newPath, haveContents)])
  else {
    const { fileDiffText } = await import('../../present/text/diff-files.ts')
    const style = styleOf(options.color, options.wide === true)
    await writeOut([fileDiffText(rows, oldPath, newPath, { style, unit: unitOf(options), haveContents })])
  }
  before.close()
  after.close()
  return options.exitCode === true && rows.length > 0 ? EXIT.no : EXIT.ok
}

function fullPathIn(survey: Survey, base: ByteString): string {
  return printable(`${survey.storeDirectory}/${base}`)
}

function pathIn(survey: Survey, image: string, pattern: string): ByteString | undefined {
  const found = findPaths(survey.storePaths, byteStringOfText(pattern))
  if (found.length <= 1) return found.length === 0 ? undefined : survey.storePaths[found[0]!]
  const choices = found.slice(0, 20).map((path) => fullPathIn(survey, survey.storePaths[path]!))
  throw new UsageError(`${image}: '${pattern}' may be each of these; give more of it:`, choices)
}
