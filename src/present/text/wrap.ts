import { shortenMiddle } from './printable.ts'

/** Fits a phrase that is too long for a line of its own: it gives one line, or several. */
type Shorten = (phrase: string, width: number) => readonly string[]

/** Breaks text at its spaces into lines of a width, and indents all lines but the first. It shortens longer words. */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  return wrapPhrases(text.split(' '), width, indent, (word, room) => [shortenMiddle(word, room)])
}

/** Breaks text at its spaces into lines of a width. It cuts longer words into pieces. */
export function wrapWords(text: string, width: number): readonly string[] {
  return wrapPhrases(text.split(' '), width)
}

/** Like `wrapWords`, for phrases that stay on one line, with an indent of all lines but the first. */
export function wrapPhrases(
  phrases: readonly string[],
  width: number,
  indent = '',
  shortened: Shorten = pieces,
): readonly string[] {
  const most = Math.max(width, 1)
  const lines: string[] = []
  for (const phrase of phrases) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + phrase.length <= most) {
      lines[lines.length - 1] = `${last} ${phrase}`
      continue
    }
    const room = Math.max(most - indent.length, 1)
    const isFirst = lines.length === 0
    const parts = phrase.length <= (isFirst ? most : room) ? [phrase] : shortened(phrase, isFirst ? most : room)
    for (const [index, part] of parts.entries()) lines.push(isFirst && index === 0 ? part : indent + part)
  }
  return lines
}

function pieces(phrase: string, width: number): readonly string[] {
  const count = Math.ceil(phrase.length / width)
  return Array.from({ length: count }, (_, index) => phrase.slice(index * width, (index + 1) * width))
}

/** A name and a text about it: on one line if both fit, else the text goes below the name. */
export function nameAndText(name: string, between: string, text: string, width: number, indent: string): string[] {
  if (text === '') return [shortenMiddle(name, width)]
  if (name.length + between.length + text.length <= width) return [name + between + text]
  return [shortenMiddle(name, width), ...wrap(text, width - indent.length, '  ').map((line) => indent + line)]
}

/** The first wording that fits, longest first; else the last one, shortened. */
export function fitting(wordings: readonly string[], width: number): string {
  return wordings.find(({ length }) => length <= width) ?? shortenMiddle(wordings.at(-1)!, width)
}
