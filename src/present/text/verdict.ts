import type { Verdict } from '../../views/section.ts'
import { cellText, signed, type TextOptions, wordsText } from './cell.ts'
import { bold } from './style.ts'
import { wrapWords } from './wrap.ts'

const INDENT = ' '.repeat(6)

/** The verdict with the word for it, which stands out from the lines before. */
export function verdictText({ status, word, sentence }: Verdict, options: TextOptions): string {
  const { style } = options
  const text = word ?? cellText(status, options)
  const head = bold(signed(text, status.sign, style), style)
  // The first line begins with the word, and the others with the indent.
  const lines = wrapWords(wordsText(sentence, options), style.width - Math.max(text.length + 2, INDENT.length))
  return lines.map((line, at) => (at === 0 ? `${head}  ${line}` : INDENT + line)).join('\n')
}
