import { printableText } from '../text/printable.ts'
import { formatBytes, formatCount, formatDelta } from '../units.ts'
import { cutEnd, joinFitting, widthOf } from './columns.ts'
import { sumTexts } from './details.ts'
import { type Explorer, shown } from './explorer.ts'
import { KEY_HINTS, WHY_HINTS } from './key-lines.ts'
import type { Pen } from './pen.ts'
import { countRemoved } from './what-if.ts'

/** The least columns that the name of the image gets. */
const MIN_NAME = 8

/** The image and its size; what it would be without what the user removed. A narrow screen shortens the name alone. */
export function header(state: Explorer, columns: number, pen: Pen): string {
  const { exploration, unit, whatIf } = state
  const { inventory, diff } = exploration
  const { name, size } = inventory.image
  const { freed } = whatIf.result
  const removed = countRemoved(whatIf)
  const before = formatBytes(size, unit)
  const sizes = removed === 0 ? before : `${before} → ≈ ${formatBytes(size - freed, unit)}`
  const bytes = `${freed === 0 ? '' : '−'}${formatCount(freed)} bytes`
  const wordings =
    removed === 0
      ? [
          ...(diff === undefined ? [] : [`${sizes}  (${formatDelta(diff.delta, unit)} from ${baseOf(diff.old.name)})`]),
          sizes,
        ]
      : [`${sizes}  (${bytes}, ${formatCount(removed)} removed)`, `${sizes}  (${bytes})`, sizes]
  const facts = wordings.find((text) => widthOf(text) + MIN_NAME + 3 <= columns) ?? sizes
  const title = baseOf(name)
  const nameWidth = Math.max(Math.min(widthOf(title), columns - widthOf(facts) - 3), 0)
  return pen.bold(` ${pen.fit(title, nameWidth)}  ${pen.fit(facts, columns - nameWidth - 3)}`)
}

/** The name of a file without its directory, safe to print. */
function baseOf(path: string): string {
  return printableText(path.slice(path.lastIndexOf('/') + 1))
}

/** The message of the last key, what a search found, or the keys. */
export function lastLine(state: Explorer, columns: number, pen: Pen): string {
  const { window, message } = state
  const sum = sumTexts(state, shown(state))
  if (window?.kind === 'search') {
    const typed = ` /${printableText(window.text)}_   `
    const about = joinFitting(sum ?? ['type a part of a name'], ', ', Math.max(columns - widthOf(typed), 0))
    return pen.fit(typed + about, columns)
  }
  if (message !== '') return pen.fit(cutEnd(` ${message}`, columns), columns)
  if (window?.kind === 'keys') return pen.fit(' any key closes this', columns)
  if (window === undefined && sum !== undefined) return pen.fit(` ${joinFitting(sum, ', ', columns - 1)}`, columns)
  const hints =
    window?.kind === 'why' ? WHY_HINTS : state.exploration.diff === undefined ? KEY_HINTS : ['d changes', ...KEY_HINTS]
  let line = ''
  for (const hint of hints) if (widthOf(line) + widthOf(hint) + 2 < columns) line += ` ${hint} `
  return pen.dim(pen.fit(line, columns))
}
