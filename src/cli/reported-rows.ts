import type { Report } from '../analyses/report.ts'
import {
  directoryGroups,
  fileGroups,
  packageGroups,
  type ReportGroups,
  regionGroups,
} from '../analyses/report-groups.ts'
import { type ReportRow, reportRows, rowsBeside } from '../analyses/report-rows.ts'
import type { Survey } from '../inventory/survey.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import type { ReportArguments } from './definitions/report.ts'
import { fileSizes, requireGrouping } from './groupings.ts'

/** Rows that a report lists where it need not fit a screen. */
export const ROWS = 20

/**
 * The rows of a report for programs, without the smaller ones. Unless the user leaves some out, they add up to the file.
 * @param by undefined for owners
 */
export function* reportedRows(
  result: Report,
  by: ReportGroups | undefined,
  { top, min }: { readonly top: number; readonly min: number },
): Generator<ReportRow> {
  const rows = by === undefined ? reportRows(result) : [...by.rows(top), ...rowsBeside(result, by.by)]
  for (const row of rows) if (row.own >= min) yield row
}

/** What the rows are, if the user wants others than owners. */
export function groupsOf(by: ReportArguments['by'], result: Report, survey: Survey): ReportGroups | undefined {
  switch (by) {
    case undefined:
      return undefined
    case 'region':
      return regionGroups(result)
    case 'directory':
      return directoryGroups(fileSizes(by, survey))
    case 'file':
      return fileGroups(fileSizes(by, survey))
    case 'path':
    case 'package':
      requireGrouping(by, survey)
      return by === 'path' ? undefined : packageGroups(result)
  }
}

/** Whether we could read everything that a report is about. */
export function isWhole({ image, references }: Report, { inside, hidden }: Inventory): boolean {
  const areUnread = (hidden?.warnings.length ?? 0) > 0
  return image.complete && inside?.complete !== false && references?.complete !== false && !areUnread
}
