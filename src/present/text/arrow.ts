import { plural } from '../units.ts'
import { shortenMiddle } from './printable.ts'

/** The width at which a name still says which one it is. */
const MIN_NAME = 12

/**
 * A reference as "from → to". If it is too wide, we say less of further references, and then shorten the first name, or
 * leave it out. So at most one of the two is shortened.
 * @param more how many more references lead to the second
 */
export function arrowText(from: string, to: string, more: number, width: number): string {
  const wordings = more === 0 ? [''] : [`, and ${plural(more, 'more reference')} to it`, ` (+${more})`]
  const roomFor = (rest: string): number => width - rest.length - 3 - to.length
  const rest = wordings.find((wording) => roomFor(wording) >= Math.min(from.length, MIN_NAME)) ?? wordings.at(-1)!
  const room = roomFor(rest)
  if (room >= Math.min(from.length, MIN_NAME)) return `${shortenMiddle(from, room)} → ${to}${rest}`
  return `… → ${shortenMiddle(to, width - rest.length - 4)}${rest}`
}
