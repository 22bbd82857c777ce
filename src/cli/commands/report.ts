import { report } from '../../analyses/report.ts'
import { reportJson } from '../../present/json/report.ts'
import type { SortKey } from '../../present/text/report.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { openNamed } from '../open.ts'
import { sizeOf, styleOf, unitOf } from '../options.ts'
import { say, writeOut } from '../output.ts'

export interface ReportArguments {
  readonly image: string
  readonly offset?: string | undefined
  readonly top: number
  readonly sort: SortKey
  readonly min: string
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
  if (!Number.isInteger(options.top) || options.top < 0) throw new UsageError('-n: takes a whole number, 0 for all')
  const open = openNamed(options.image, options.offset)
  const result = report(open)
  if (options.json === true) await writeOut(reportJson(result))
  else {
    // Only here: the table library takes longer to load than the report takes to make.
    const { reportText } = await import('../../present/text/report.ts')
    const text = reportText(result, {
      style: styleOf(options.color, options.wide === true),
      unit: unitOf(options),
      top: options.top,
      sort: options.sort,
      min,
      fullPaths: options.fullPaths === true,
    })
    await writeOut([text])
  }
  for (const warning of result.warnings) say(warning.message)
  open.close()
  return result.image.complete ? EXIT.ok : EXIT.failed
}
