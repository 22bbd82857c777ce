import { bold, dim, type TextStyle } from '../text/style.ts'
import { asciiOf, fill, fillLeft } from './columns.ts'

/** What the screen can show. */
export type ScreenStyle = Pick<TextStyle, 'color' | 'unicode'>

/** The size of a screen in characters. */
export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

/** Puts text on a screen: each text becomes exactly as wide as asked, in characters that the screen has. */
export interface Pen {
  fit(text: string, width: number): string
  fitRight(text: string, width: number): string
  bold(text: string): string
  dim(text: string): string
  /** For the line at the cursor, which has a sign too. */
  reverse(text: string): string
  readonly signs: Readonly<
    Record<'cursor' | 'removed' | 'gone' | 'down' | 'across' | 'tee' | 'foot' | 'sorted', string>
  >
}

const SIGNS = { cursor: '▸', removed: '✗', gone: '−', down: '│', across: '─', tee: '┬', foot: '┴', sorted: '▾' }
const ASCII_SIGNS = { cursor: '>', removed: 'x', gone: '-', down: '|', across: '-', tee: '+', foot: '+', sorted: 'v' }

export function penOf({ color, unicode }: ScreenStyle): Pen {
  const style = { color, unicode, width: Number.POSITIVE_INFINITY }
  const encoded = (text: string): string => (unicode ? text : asciiOf(text))
  // What is left out of a text has a sign of its own, which also needs ASCII.
  const shown = (text: string): string => (unicode ? text : text.replaceAll('…', '~'))
  return {
    fit: (text, width) => shown(fill(encoded(text), width)),
    fitRight: (text, width) => shown(fillLeft(encoded(text), width)),
    bold: (text) => bold(text, style),
    dim: (text) => dim(text, style),
    reverse: (text) => (color && text !== '' ? `\u001b[7m${text}\u001b[27m` : text),
    signs: unicode ? SIGNS : ASCII_SIGNS,
  }
}
