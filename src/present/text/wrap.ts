import { shortenMiddle } from './printable.ts'

/** Breaks text at its spaces into lines of a width, and indents all lines but the first. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`
      continue
    }
    const before = lines.length === 0 ? '' : indent
    lines.push(before + (before.length + word.length <= width ? word : shortenMiddle(word, width - before.length)))
  }
  return lines
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
