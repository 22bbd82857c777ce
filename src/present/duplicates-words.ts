import type { ReportDuplicates } from '../analyses/report.ts'
import { formatBytes, plural, type Unit } from './units.ts'

/** "3 packages in several versions or builds; one of each would save ≈ 12.1 MiB". */
export function duplicatesText({ packages, saved }: ReportDuplicates, unit: Unit): string {
  const what = `${plural(packages, 'package')} in several versions or builds`
  return saved === undefined ? what : `${what}; one of each would save ≈ ${formatBytes(saved, unit)}`
}
