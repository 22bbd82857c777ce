import { type Diff, type DiffBy, diff } from '../../analyses/diff.ts'
import type { DiffFilter } from '../../analyses/fold-diff.ts'
import { sameFiles } from '../../image/same-files.ts'
import { diffJson } from '../../present/json/diff.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { openSide } from '../open-side.ts'
import type { InventoryArguments } from '../open-store.ts'
import { countOf, sizeOf, styleOf, unitOf } from '../options.ts'
import { writeOut } from '../output.ts'
import type { FileDiffArguments } from './diff-files.ts'

export interface DiffArguments extends FileDiffArguments, InventoryArguments {
  readonly path?: string | undefined
  readonly by: DiffBy
  readonly only?: DiffFilter | undefined
  readonly min: string
  readonly top: number
  readonly rebuilt?: boolean | undefined
  readonly md?: boolean | undefined
}

/** `isoscope diff OLD NEW`: what changed from one image to another, to the byte. */
export async function runDiff(options: DiffArguments): Promise<ExitCode> {
  const fold = {
    min: sizeOf('min', options.min),
    top: countOf('n', options.top),
    rebuilt: options.rebuilt === true,
    only: options.only,
  }
  if (options.path !== undefined) {
    for (const [name, given] of Object.entries({
      '--md': options.md,
      '--only': options.only,
      '--rebuilt': options.rebuilt,
      '--by': options.by !== 'path',
    })) {
      if (given) throw new UsageError(`${name}: is not for the files of one path`)
    }
    const { runFileDiff } = await import('./diff-files.ts')
    return runFileDiff(options.path, options)
  }
  const before = await openSide(options.old, options)
  const after = await openSide(options.new, options)
  const compared = diff(before.side, after.side, options.by)
  const isEmpty = compared.rows.length === 0 && compared.counts.moved === 0
  // Contents are not read to compare images; where all else is the same, whether the files are is soon told.
  const hasFiles = before.survey.parts.saved === undefined && after.survey.parts.saved === undefined
  const result: Diff = isEmpty && hasFiles ? { ...compared, identical: sameFiles(options.old, options.new) } : compared
  const unit = unitOf(options)
  if (options.json === true) await writeOut([diffJson(result)])
  else if (options.md === true) {
    const { diffMarkdown } = await import('../../present/markdown/diff.ts')
    await writeOut([diffMarkdown(result, { ...fold, unit })])
  } else {
    const { diffText } = await import('../../present/text/diff.ts')
    await writeOut([diffText(result, { ...fold, unit, style: styleOf(options.color, options.wide === true) })])
  }
  before.close()
  after.close()
  if (!result.complete) return EXIT.failed
  const differs = !isEmpty || result.identical === false
  return options.exitCode === true && differs ? EXIT.no : EXIT.ok
}
