import { plural } from '../units.ts'
import { shortenMiddle } from './printable.ts'

/** The width at which a name still says which one it is. */
const MIN_NAME = 12

function restText(more: number, width: number): string {
  const whole = `, and ${plural(more, 'more reference')} to it`
  return whole.length <= width ? whole : `, and ${more} more`
}

/**
 * A reference as "from → to". If it is too wide, we shorten the first name, and then the second one.
 * @param more how many more references lead to the second
 */
export function arrowText(from: string, to: string, more: number, width: number): string {
  const rest = more === 0 ? '' : restText(more, width - 2 * MIN_NAME - 3)
  const room = width - rest.length - 3
  const first = shortenMiddle(from, Math.max(room - to.length, MIN_NAME))
  return `${first} → ${shortenMiddle(to, Math.max(room - first.length, MIN_NAME))}${rest}`
}
