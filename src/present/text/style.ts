import type { Tone } from '../../views/cell.ts'

/** How text output looks: what the terminal supports, and what the user asked for. */
export interface TextStyle {
  /** Columns to fit into; Infinity to cut nothing. */
  readonly width: number
  readonly color: boolean
  /** Whether output may have characters beyond ASCII. */
  readonly unicode: boolean
}

/** Text for a file or a pipe: nothing is cut, and there is no colour. */
export const PLAIN: TextStyle = { width: Number.POSITIVE_INFINITY, color: false, unicode: true }

export function bold(text: string, style: TextStyle): string {
  return style.color && text !== '' ? `\u001b[1m${text}\u001b[22m` : text
}

export function dim(text: string, style: TextStyle): string {
  return style.color && text !== '' ? `\u001b[2m${text}\u001b[22m` : text
}

/** For growth and failures. */
export function red(text: string, style: TextStyle): string {
  return style.color && text !== '' ? `\u001b[31m${text}\u001b[39m` : text
}

/** For shrinkage and success. */
export function green(text: string, style: TextStyle): string {
  return style.color && text !== '' ? `\u001b[32m${text}\u001b[39m` : text
}

/** Text in the colour of a tone. */
export function toned(text: string, tone: Tone | undefined, style: TextStyle): string {
  return tone === undefined ? text : tone === 'worse' ? red(text, style) : green(text, style)
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar for `part` of `whole`, on a scale of `width` characters, in eighths of a character. */
export function bar(part: number, whole: number, width: number, style: TextStyle): string {
  const length = whole === 0 ? 0 : (part / whole) * width
  if (!style.unicode) return '#'.repeat(Math.round(length))
  const eighths = Math.round(length * 8)
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!
}

const ASCII: Readonly<Record<string, string>> = {
  '–': '-',
  '≤': '<',
  '←': '<',
  '−': '-',
  '·': '|',
  '…': '~',
  '≈': '~',
  '→': '>',
  '│': '|',
  '├': '|',
  '└': '`',
  '─': '-',
}

/**
 * ASCII for the signs that we write ourselves, for locales without them. Each is one character, so columns stay
 * aligned.
 */
export function inAscii(text: string): string {
  return text.replace(/[–−·…≈≤←→│├└─]/g, (sign) => ASCII[sign]!)
}
