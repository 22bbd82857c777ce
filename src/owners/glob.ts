import type { ByteString } from '../../parsers/bytes/byte-string.ts'

/** The longest glob that we accept, in characters. Names have at most 244, but a set takes several for one. */
export const MAX_GLOB = 1000

/** The condition for one character of a name; `star` matches any number of characters. */
export type GlobToken = 'star' | ((character: string) => boolean)

/** Whether a pattern has characters that mean more than themselves. */
export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern)
}

/** Matches names: * is any characters, ? is one, [a-z] and [!a-z] are one of a set, and all else is literal. */
export function globMatcher(glob: string): (name: ByteString) => boolean {
  const tokens = globTokens(glob)
  return (name) => matches(tokens, name)
}

/** A glob, character by character. */
export function globTokens(glob: string): readonly GlobToken[] {
  const tokens: GlobToken[] = []
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob[at]!
    // A bracket at the start of a set belongs to the set (POSIX.1 9.3.5).
    const end = character === '[' ? glob.indexOf(']', at + (glob[at + 1] === '!' ? 3 : 2)) : -1
    if (character === '*') tokens.push('star')
    else if (character === '?') tokens.push(() => true)
    else if (end > 0) {
      tokens.push(setOf(glob.slice(at + 1, end)))
      at = end
    } else tokens.push((other) => other === character)
  }
  return tokens
}

function setOf(text: string): (character: string) => boolean {
  const isNegated = text.startsWith('!')
  const ranges = Array.from(text.slice(isNegated ? 1 : 0).matchAll(/(.)-(.)|(.)/gs), ([, from, to, one]) =>
    one === undefined ? ([from!, to!] as const) : ([one, one] as const),
  )
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== isNegated
}

/** Each star takes as little as it can. If that fails, only the last star takes more, so no glob is slow. */
function matches(tokens: readonly GlobToken[], name: string): boolean {
  let at = 0
  let star = -1
  let starAt = 0
  let index = 0
  while (at < name.length) {
    const token = tokens[index]
    if (token === 'star') {
      star = index
      starAt = at
      index += 1
    } else if (token?.(name[at]!) === true) {
      at += 1
      index += 1
    } else if (star >= 0) {
      starAt += 1
      at = starAt
      index = star + 1
    } else return false
  }
  while (tokens[index] === 'star') index += 1
  return index === tokens.length
}
