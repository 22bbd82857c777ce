import { formatCount } from '../units.ts'
import { shortenMiddle } from './printable.ts'

const ARROW = ' ← '
/** Stands for the links that have no room. */
const MORE_LINKS = ' ← …'
/** The shortest length to which we shorten a link, or a name. */
const MIN_NAME = 12
/** The width from which on a link gets room of its own. */
const ROOM_FOR_LINKS = 44

/** The columns that a chain takes at least. */
function roomForChain(chain: readonly string[]): number {
  return chain.length === 0 ? 0 : ARROW.length + MIN_NAME + MORE_LINKS.length
}

/** A name and the names that lead to it, in a width. Where there is little room, the name matters more than the chain. */
export function chainText(name: string, mark: string, links: readonly string[], more: number, width: number): string {
  const shown = links.map((link, index) => (index === 0 && more > 0 ? `${link} (+${formatCount(more)})` : link))
  const reserved = width < ROOM_FOR_LINKS ? MORE_LINKS.length : roomForChain(shown)
  return withChain(shortenMiddle(name, Math.max(width - mark.length - reserved, MIN_NAME)) + mark, shown, width)
}

/** A name and as many links as fit. The last one is the same for all names, so we drop it first. */
function withChain(name: string, links: readonly string[], width: number): string {
  let line = name
  for (const [index, link] of links.entries()) {
    const isLast = index === links.length - 1
    const room = width - line.length - ARROW.length - (isLast ? 0 : MORE_LINKS.length)
    if (link.length <= room) {
      line += ARROW + link
      continue
    }
    if (index === 0 && room >= MIN_NAME) line += ARROW + shortenMiddle(link, room) + (isLast ? '' : MORE_LINKS)
    else if (line.length + MORE_LINKS.length <= width) line += MORE_LINKS
    break
  }
  return line
}
