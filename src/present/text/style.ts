/** How text output is to look: what the terminal can do, and what the user asked for. */
export interface TextStyle {
  /** Columns to fit into; Infinity where nothing is to be cut. */
  readonly width: number
  readonly color: boolean
  /** Whether bars and the like may use characters beyond ASCII. */
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

/** Growth, and what is broken. */
export function red(text: string, style: TextStyle): string {
  return style.color && text !== '' ? `\u001b[31m${text}\u001b[39m` : text
}

/** What shrank, and what is fine. */
export function green(text: string, style: TextStyle): string {
  return style.color && text !== '' ? `\u001b[32m${text}\u001b[39m` : text
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar as long as `part` of `whole` of `width` characters, in eighths of one. */
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

/** The signs this tool itself writes, for a locale without them; one character each, so that columns stay. */
export function inAscii(text: string): string {
  return text.replace(/[–−·…≈≤←→│├└─]/g, (sign) => ASCII[sign]!)
}
