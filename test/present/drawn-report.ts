import type { Report } from '../../src/analyses/report.ts'
import { reportRows } from '../../src/analyses/report-rows.ts'
import { sectionsMarkdown } from '../../src/present/markdown/sections.ts'
import { headLine, type RowFormat, rowLine } from '../../src/present/tables/rows.ts'
import type { TextOptions } from '../../src/present/text/cell.ts'
import { sectionsText } from '../../src/present/text/sections.ts'
import { type ReportChoices, reportColumns, reportSections } from '../../src/views/report.ts'

export type ReportTextOptions = TextOptions & ReportChoices

export function reportText(report: Report, options: ReportTextOptions): string {
  return sectionsText(reportSections(report, options), options)
}

export function reportMarkdown(report: Report): string {
  const sections = reportSections(report, { top: 0, sort: 'own', min: 0 })
  return sectionsMarkdown(sections, { unit: 'iec', fullPaths: false, version: '1.2.3' })
}

/** The rows of a report, and the line above them. */
export function reportLines(report: Report, format: RowFormat): { head: string; lines: readonly string[] } {
  const columns = reportColumns(report)
  return { head: headLine(columns, format), lines: Array.from(reportRows(report), rowLine(columns, format)) }
}
