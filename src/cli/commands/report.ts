import { report } from '../../analyses/report.ts'
import { reportJson } from '../../present/json/report.ts'
import type { SortKey } from '../../present/text/report.ts'
import type { ReferencesFrom, Survey } from '../../scan/survey.ts'
import { type Inventory, inventoryOf } from '../../scan/take-inventory.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { noRegistration, rootNamed } from '../open-store.ts'
import { openSurvey, type SurveyArguments } from '../open-survey.ts'
import { countOf, sizeOf, styleOf, unitOf } from '../options.ts'
import { say, writeOut } from '../output.ts'
import { writeFileWhole } from '../write-file.ts'

export interface ReportArguments extends SurveyArguments {
  readonly root?: string | undefined
  readonly references: ReferencesFrom | 'none'
  readonly top: number
  readonly sort: SortKey
  readonly min: string
  readonly output?: readonly string[] | undefined
  readonly json?: boolean | undefined
  readonly si?: boolean | undefined
  readonly bytes?: boolean | undefined
  readonly wide?: boolean | undefined
  readonly fullPaths?: boolean | undefined
  readonly color: 'auto' | 'always' | 'never'
}

/** `isoscope IMAGE`: what every byte of it is for. */
export async function runReport(options: ReportArguments): Promise<ExitCode> {
  const min = sizeOf('min', options.min)
  const top = countOf('n', options.top)
  const outputs = options.output ?? []
  for (const path of outputs) {
    if (!/\.json(\.gz)?$/.test(path)) throw new UsageError(`${path}: a report is saved as .json or .json.gz`)
  }
  const { survey, close } = openSurvey(options)
  const inventory = await inventoryFor(options, survey)
  const result = report(inventory)
  for (const path of outputs) await writeFileWhole(path, reportJson(result, inventory, survey.files))
  if (options.json === true) await writeOut(reportJson(result, inventory))
  else if (outputs.length === 0) {
    // Only here: the table library takes longer to load than the report takes to make.
    const { reportText } = await import('../../present/text/report.ts')
    const text = reportText(result, {
      style: styleOf(options.color, options.wide === true),
      unit: unitOf(options),
      top,
      sort: options.sort,
      min,
      fullPaths: options.fullPaths === true,
    })
    await writeOut([text])
  }
  for (const warning of result.warnings) say(warning.message)
  close()
  return result.image.complete && result.references?.complete !== false ? EXIT.ok : EXIT.failed
}

async function inventoryFor(options: ReportArguments, survey: Survey): Promise<Inventory> {
  const inventory = await inventoryOf(survey, options.references)
  const { image, references } = inventory
  if (references === undefined) {
    if (options.references === 'registration' && survey.storePaths.length > 0) throw noRegistration(image.name)
    return inventory
  }
  if (options.root === undefined) return inventory
  return { ...inventory, roots: [rootNamed({ name: image.name, references }, options.root)] }
}
