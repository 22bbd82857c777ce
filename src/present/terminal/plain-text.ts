import type { Cell, Words } from '../../views/cell.ts'
import { cellText, wordsText } from '../text/cell.ts'
import { PLAIN } from '../text/style.ts'
import type { Unit } from '../units.ts'

/** A value of a view as text without colour, safe to print. */
export function textOfCell(cell: Cell, unit: Unit): string {
  return cellText(cell, { style: PLAIN, unit, fullPaths: false })
}

/** The same for a sentence. */
export function textOfWords(words: Words, unit: Unit): string {
  return wordsText(words, { style: PLAIN, unit, fullPaths: false })
}
