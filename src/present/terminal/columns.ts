import { inAscii } from '../text/style.ts'

/** Characters that take no column: marks that combine with the one before, and joiners. */
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u
/**
 * Characters of two columns: those that Unicode calls wide or fullwidth (UAX #11), by their blocks and properties. An
 * unassigned character of these blocks counts too.
 */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u

/** Most text is ASCII. */
const PLAIN = /^[ -~]*$/

/** The columns of a terminal that a character takes. */
function widthOfCharacter(character: string): number {
  return PLAIN.test(character) ? 1 : ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1
}

/** The columns of a terminal that safe text takes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const character of text) width += widthOfCharacter(character)
  return width
}

/** Text that has exactly a width: its middle is left out, or spaces follow. */
export function fill(text: string, width: number): string {
  const short = shorten(text, width)
  return short + ' '.repeat(Math.max(width - widthOf(short), 0))
}

/** The same, with the spaces before it. */
export function fillLeft(text: string, width: number): string {
  const short = shorten(text, width)
  return ' '.repeat(Math.max(width - widthOf(short), 0)) + short
}

/** Text of at most a width; its middle is left out. */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width < 1) return ''
  const characters = [...text]
  const tailWidth = Math.floor((width - 1) / 2)
  let head = ''
  let taken = 0
  let next = 0
  while (taken + widthOfCharacter(characters[next]!) <= width - 1 - tailWidth) {
    taken += widthOfCharacter(characters[next]!)
    head += characters[next]!
    next += 1
  }
  let tail = ''
  let last = characters.length - 1
  for (let left = tailWidth; widthOfCharacter(characters[last]!) <= left; last -= 1) {
    left -= widthOfCharacter(characters[last]!)
    tail = characters[last]! + tail
  }
  return `${head}…${tail.replace(/^[\p{Mn}\p{Me}\p{Cf}]+/u, '')}`
}

/** The beginning of a text, of at most a width. */
export function cutEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let head = ''
  let left = width - 1
  for (const character of text) {
    left -= widthOfCharacter(character)
    if (left < 0) break
    head += character
  }
  return width < 1 ? '' : `${head}…`
}

/** Text for a terminal that has only ASCII: our own signs in ASCII, and all else as an escape. */
export function asciiOf(text: string): string {
  if (PLAIN.test(text)) return text
  return inAscii(text).replace(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
}

/** The width at which the beginning of a phrase still says something. */
const MIN_PHRASE = 20
/** "own 9.6 MiB" */
const SIZE_AT_END = /\d [KMGTP]?i?B$/

/**
 * As many phrases as fit, with a separator between them. The first that does not fit is shortened if there is room. A size
 * would be another one if it were shortened, so it is left out.
 */
export function joinFitting(phrases: readonly string[], separator: string, width: number): string {
  let line = ''
  for (const phrase of phrases) {
    const before = line === '' ? '' : separator
    const room = width - widthOf(line) - widthOf(before)
    if (widthOf(phrase) <= room) line += before + phrase
    else if (!SIZE_AT_END.test(phrase)) return room < MIN_PHRASE ? line : line + before + shorten(phrase, room)
  }
  return line
}
