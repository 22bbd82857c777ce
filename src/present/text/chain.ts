import { shortenMiddle } from './printable.ts'

const ARROW = ' ← '
/** Stands for the links that have no room. */
export const MORE_LINKS = ' ← …'
/** The shortest length to which we shorten a link. */
const MIN_LINK = 12

/** The columns that a chain takes at least. */
export function roomForChain(chain: readonly string[]): number {
  return chain.length === 0 ? 0 : ARROW.length + MIN_LINK + MORE_LINKS.length
}

/** Text and the paths that pull it in, as many as fit. The root is the same for all, so we drop it first. */
export function withChain(text: string, chain: readonly string[], width: number): string {
  let line = text
  for (const [index, link] of chain.entries()) {
    const isLast = index === chain.length - 1
    const room = width - line.length - ARROW.length - (isLast ? 0 : MORE_LINKS.length)
    if (link.length <= room) {
      line += ARROW + link
      continue
    }
    if (index === 0 && room >= MIN_LINK) line += ARROW + shortenMiddle(link, room) + (isLast ? '' : MORE_LINKS)
    else if (line.length + MORE_LINKS.length <= width) line += MORE_LINKS
    break
  }
  return line
}
