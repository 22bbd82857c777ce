import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type GlobToken, globTokens } from '../owners/glob.ts'

/** The longest glob, in characters, for which we search. Mistyped names are shorter, and each character costs time. */
const MAX_CHARACTERS = 64
/** How many names we compare: 100,000 take half a second. */
const MAX_NAMES = 100_000
/** With fewer characters, nearly every name is near. */
const MIN_CHARACTERS = 3

/** A name, and how many characters of a glob to change so that it matches. */
export interface NearName {
  readonly name: ByteString
  readonly distance: number
}

/**
 * The name that a glob without matches probably meant: one that matches if we change at most a third of the glob's
 * characters. Undefined if there is none.
 */
export function nearestName(glob: string, names: Iterable<ByteString>): ByteString | undefined {
  return nearNames(glob, names)[0]?.name
}

/** All such names, nearest first, then shortest. */
export function nearNames(glob: string, names: Iterable<ByteString>): readonly NearName[] {
  const tokens = globTokens(glob)
  const characters = tokens.filter((token) => token !== 'star').length
  if (characters < MIN_CHARACTERS || tokens.length > MAX_CHARACTERS) return []
  const most = Math.floor(characters / 3)
  const near: NearName[] = []
  let left = MAX_NAMES
  for (const name of names) {
    left -= 1
    if (left < 0) break
    const distance = globDistance(tokens, name)
    if (distance <= most) near.push({ name, distance })
  }
  return near.sort(
    (a, b) =>
      a.distance - b.distance || a.name.length - b.name.length || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  )
}

/** How many characters to insert, remove, replace or swap with the next, so that a glob matches a name. */
export function globDistance(tokens: readonly GlobToken[], name: string): number {
  // A row for each prefix of the glob, a column for each prefix of the name (Levenshtein, with swaps as in Damerau).
  let before: number[] = []
  let row = Array.from({ length: name.length + 1 }, (_, index) => index)
  for (const [index, token] of tokens.entries()) {
    const previous = tokens[index - 1]
    const next: number[] = []
    for (let at = 0; at <= name.length; at += 1) {
      const fromLeft = at === 0 ? Number.POSITIVE_INFINITY : next[at - 1]!
      if (token === 'star') {
        next.push(Math.min(row[at]!, fromLeft))
        continue
      }
      let least = Math.min(row[at]!, fromLeft) + 1
      if (at > 0) least = Math.min(least, row[at - 1]! + (token(name[at - 1]!) ? 0 : 1))
      const isSwap =
        at > 1 && previous !== undefined && previous !== 'star' && token(name[at - 2]!) && previous(name[at - 1]!)
      if (isSwap) least = Math.min(least, before[at - 2]! + 1)
      next.push(least)
    }
    before = row
    row = next
  }
  return row[name.length]!
}
