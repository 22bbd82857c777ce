import type { Side, Sides } from '../../views/section.ts'
import { cellText, fittedCell, type TextOptions, wordsText } from './cell.ts'
import { lineText } from './lines.ts'
import { bold } from './style.ts'

/** Two states as `diff -u` heads them, and what changed on the whole. */
export function sidesText({ old, new: now, lines }: Sides, options: TextOptions): string {
  const below = lines.flatMap((line) =>
    lineText({ ...line, indent: 2 + (line.indent ?? 0) }, options.style.width, options),
  )
  return [sideText('---', old, options), sideText('+++', now, options), ...below].join('\n')
}

/** The name tells what it is, so we leave facts out before we shorten it. */
function sideText(sign: string, { name, facts }: Side, options: TextOptions): string {
  const { style } = options
  const texts = facts.map((words) => `   ${wordsText(words, options)}`)
  const room = style.width - sign.length - 1
  const whole = cellText(name, options).length
  while (texts.length > 1 && whole + texts.join('').length > room) texts.pop()
  const behind = texts.join('')
  return `${sign} ${bold(fittedCell(name, room - behind.length, options), style)}${behind}`
}
