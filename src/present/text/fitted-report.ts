import type { Report } from '../../analyses/report.ts'
import type { Words } from '../../views/cell.ts'
import { type ReportChoices, reportDetails, reportTables } from '../../views/report.ts'
import type { Section } from '../../views/section.ts'
import type { TextOptions } from './cell.ts'
import { sectionsText } from './sections.ts'

/** What of a report we show, from the most to the least. The number of store paths grows where there is room. */
const SHAPES: readonly Pick<ReportChoices, 'top' | 'regions' | 'isBrief'>[] = [
  { top: 8 },
  { top: 5, isBrief: true },
  { top: 4, isBrief: true, regions: 3 },
  { top: 5, isBrief: true, regions: 0 },
]

/**
 * A report that fits a terminal: first the tables that add up, then the details that there is room for, and as many store
 * paths as are left. A terminal that is too low gets the smallest report.
 * @param height rows of the terminal, one of which is left for the prompt
 */
export function fittedReport(report: Report, choices: ReportChoices, height: number, options: TextOptions): string {
  const linesOf = (sections: readonly Section[]): number => sectionsText(sections, options).split('\n').length - 1
  const details = reportDetails(report, choices)
  const hint = [hintSection(details, true)]
  const tried = SHAPES.map((shape) => {
    const tables = reportTables(report, { ...choices, ...shape })
    return { shape, left: height - 1 - linesOf([...tables, ...hint]) }
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
  const top = shape.top + Math.max(left, 0)
  const tables = reportTables(report, { ...choices, ...shape, top })
  const isCut = shape.isBrief === true && report.owners.length > top
  return sectionsText([...tables, ...details.filter((detail) => shown.has(detail)), hintSection(rest, isCut)], options)
}

/** "-n 0 shows all store paths, -n 20 also: Best cuts, Paid for twice". */
function hintSection(details: readonly Section[], isCut: boolean): Section {
  const titles = details.flatMap(({ title }) => (title === undefined ? [] : [title]))
  const [first, ...others] = titles
  const all: Words = isCut ? ['-n 0 shows all'] : []
  const more: Words = first === undefined ? [] : ['-n 20 shows more: ', ...first]
  const phrases = [all, more, ...others].filter((words) => words.length > 0)
  return { body: { kind: 'lines', lines: phrases.length === 0 ? [] : [{ phrases, between: ',' }] } }
}
