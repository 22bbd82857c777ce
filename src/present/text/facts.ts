import type { Facts } from '../../views/section.ts'
import { type TextOptions, wordsText } from './cell.ts'
import { dim } from './style.ts'
import { wrap } from './wrap.ts'

const INDENT = '  '
/** The columns of a word, if no word is longer. */
const LABEL = 9

/** Values, each behind its word. A long one takes several lines. */
export function factsText({ facts }: Facts, options: TextOptions): string {
  const { style } = options
  const wide = facts.reduce((most, { label }) => Math.max(most, label.length + 2), LABEL)
  return facts
    .flatMap(({ label, value }) =>
      wrap(wordsText(value, options), style.width - INDENT.length - wide).map(
        (line, index) => INDENT + (index === 0 ? dim(label.padEnd(wide), style) : ' '.repeat(wide)) + line,
      ),
    )
    .join('\n')
}
