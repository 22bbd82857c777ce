import type { Report } from '../../analyses/report.ts'
import { joined, plural, type Words } from '../../views/cell.ts'
import { type ReportChoices, reportDetails, reportTables } from '../../views/report.ts'
import type { Section } from '../../views/section.ts'
import type { TextOptions } from './cell.ts'
import { sectionsText } from './sections.ts'

/** What of a report we show, from the most to the least. The number of store paths grows where there is room. */
const SHAPES: readonly Pick<ReportChoices, 'top' | 'regions' | 'isBrief'>[] = [
  { top: 8 },
  { top: 5, isBrief: true },
  { top: 4, isBrief: true, regions: 2 },
  { top: 5, isBrief: true, regions: 0 },
]

/**
 * A report that fits a terminal: first the tables that add up, then the details that there is room for, and as many store
 * paths as are left. A terminal that is too low gets the smallest report.
 * @param height rows of the terminal, one of which is left for the prompt
 */
export function fittedReport(report: Report, choices: ReportChoices, height: number, options: TextOptions): string {
  const linesOf = (sections: readonly Section[]): number => sectionsText(sections, options).split('\n').length - 1
  const tablesOf = (some: ReportChoices): readonly Section[] =>
    reportTables(report, some).filter(({ folded }) => folded !== 'only')
  const allTables = tablesOf({ ...choices, top: SHAPES[0]!.top })
  const details = reportDetails(report, choices).filter(({ folded }) => folded !== 'only')
  const tried = SHAPES.map((shape) => {
    const tables = tablesOf({ ...choices, ...shape })
    return { shape, left: height - 1 - linesOf(withHint(tables, details.length, true)) }
  })
  const { shape, left: room } = tried.find(({ left }) => left >= 0) ?? tried.at(-1)!
  let left = room
  const shown = new Set<Section>()
  for (const detail of [...details].sort((a, b) => linesOf([a]) - linesOf([b]))) {
    const lines = linesOf([detail]) + 1
    if (lines > left) break
    shown.add(detail)
    left -= lines
  }
  const rest = details.filter((detail) => !shown.has(detail))
  // The regions are a section that the smallest shape leaves out.
  const leftOut = rest.length + allTables.length - tablesOf({ ...choices, ...shape }).length
  const top = shape.top + Math.max(left, 0)
  const tables = tablesOf({ ...choices, ...shape, top })
  const isCut = (tables.at(-1)!.hints ?? []).length > 0 || report.owners.length > top
  return sectionsText([...withHint(tables, leftOut, isCut), ...details.filter((detail) => shown.has(detail))], options)
}

/** "-n 0 shows all, -n 20 shows 2 more sections" */
function withHint(tables: readonly Section[], leftOut: number, isCut: boolean): readonly Section[] {
  const all: Words = isCut ? ['-n 0 shows all'] : []
  const more: Words = leftOut === 0 ? [] : ['-n 20 shows ', ...plural(leftOut, 'more section')]
  const last = tables.at(-1)!
  const hint = joined(
    [all, more].filter((words) => words.length > 0),
    ', ',
  )
  return [...tables.slice(0, -1), hint.length === 0 ? last : { ...last, hints: [hint] }]
}
