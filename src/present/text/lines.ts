import type { Line } from '../../views/cell.ts'
import { fittedWords, type TextOptions, wordsText } from './cell.ts'
import { toned } from './style.ts'
import { wrap, wrapPhrases } from './wrap.ts'

/** A line as text, in as many lines as it takes to fit a width. */
export function lineText(line: Line, width: number, options: TextOptions): readonly string[] {
  return plainLines(line, width, options).map((text) => toned(text, line.tone, options.style))
}

function plainLines(
  { phrases, between = ' ·', indent = 0, isProse }: Line,
  width: number,
  options: TextOptions,
): readonly string[] {
  const space = '  '.repeat(indent)
  if (phrases.length === 1) {
    const room = width - space.length
    const text = isProse === true ? wordsText(phrases[0]!, options) : fittedWords(phrases[0]!, room, options)
    return text.length + space.length <= width ? [space + text] : wrapIndented(text, width, space)
  }
  const texts = phrases.map((words, index) => {
    const text = fittedWords(words, width - space.length - 4, options)
    return index === phrases.length - 1 ? text : text + between
  })
  return wrapPhrases(texts, width - space.length, '  ').map((part) => space + part.trimEnd())
}

/** A sentence that does not fit, in lines. The spaces at its start stay. */
function wrapIndented(text: string, width: number, space: string): readonly string[] {
  const before = space + /^ */.exec(text)![0]
  return wrap(text.trimStart(), width - before.length, '  ').map((line) => before + line)
}
