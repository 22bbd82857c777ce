import type { ReportDuplicates } from '../analyses/report.ts'
import { about, plural, type Words } from './cell.ts'

/** "3 packages in several versions or builds"; "one of each would save ≈ 12.1 MiB". */
export function duplicatesWords({ packages, saved }: ReportDuplicates): readonly Words[] {
  const what: Words = [...plural(packages, 'package'), ' in several versions or builds']
  return saved === undefined ? [what] : [what, ['one of each would save ', about(saved)]]
}
