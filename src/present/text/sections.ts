import type { Lines, Words } from '../../views/cell.ts'
import type { Listing, Section } from '../../views/section.ts'
import { fittedWords, type TextOptions, wordsText } from './cell.ts'
import { factsText } from './facts.ts'
import { tableText, treeText } from './grid.ts'
import { lineText } from './lines.ts'
import { listingText } from './listing.ts'
import { sidesText } from './sides.ts'
import { bold, dim, inAscii } from './style.ts'
import { verdictText } from './verdict.ts'
import { wrap } from './wrap.ts'

/** Sections as text that ends in a newline; '' if there are none. */
export function sectionsText(sections: readonly Section[], options: TextOptions): string {
  return [...sectionsPieces(sections, options)].join('')
}

/** The same in pieces, as they come: a listing may be very long. */
export function* sectionsPieces(sections: readonly Section[], options: TextOptions): Generator<string> {
  let isFirst = true
  const shown = sections.filter(({ folded, body }) => folded !== 'only' && body.kind !== 'verdict')
  for (const section of shown) {
    if (!isFirst) yield '\n'
    isFirst = false
    for (const part of partsOf(section, options)) yield `${part}\n`
  }
  for (const { body } of sections)
    if (body.kind === 'verdict') yield `${asStyled(verdictText(body, options), options)}\n`
}

/** A section as text, without a newline at its end. */
export function sectionText(section: Section, options: TextOptions): string {
  return [...partsOf(section, options)].join('\n')
}

function* partsOf({ title, note, body, hints = [] }: Section, options: TextOptions): Generator<string> {
  const { style } = options
  if (title !== undefined) yield asStyled(titleText(title, note, options), options)
  if (body.kind === 'listing') yield* listingText(body, options)
  else {
    const text = asStyled(bodyText(body, options), options)
    if (text !== '') yield text
  }
  for (const hint of hints) {
    const text = fittedWords(hint, style.width, options)
    for (const line of wrap(text, style.width, '  ')) yield asStyled(dim(line, style), options)
  }
}

function asStyled(text: string, { style }: TextOptions): string {
  return style.unicode ? text : inAscii(text)
}

/** A title with its note behind it; the note stands below where it has no room. */
function titleText(title: Words, note: Words | undefined, options: TextOptions): string {
  const { style } = options
  const behind = note === undefined ? '' : `   ${wordsText(note, options)}`
  const whole = wordsText(title, options)
  const fitted = fittedWords(title, style.width - behind.length, options)
  if (fitted.length + behind.length <= style.width) return bold(fitted, style) + behind
  const lines =
    whole.length <= style.width ? [whole] : wrap(fittedWords(title, style.width, options), style.width, '  ')
  const below = behind === '' ? [] : wrap(behind.trimStart(), style.width - 2).map((line) => `  ${line}`)
  return [...lines.map((line) => bold(line, style)), ...below].join('\n')
}

function bodyText(body: Exclude<Section['body'], Listing>, options: TextOptions): string {
  switch (body.kind) {
    case 'table':
      return tableText(body, options)
    case 'tree':
      return treeText(body, options)
    case 'lines':
      return linesText(body, options)
    case 'facts':
      return factsText(body, options)
    case 'sides':
      return sidesText(body, options)
    case 'verdict':
      return verdictText(body, options)
  }
}

function linesText({ lines }: Lines, options: TextOptions): string {
  return lines.flatMap((line) => lineText(line, options.style.width, options)).join('\n')
}
