import { type ByteString, byteStringOfText, textOf, UNSAFE } from '../../../parsers/bytes/byte-string.ts'

/** Most names need no decoding and no escapes. */
const PLAIN = /^[ -~]*$/

/**
 * Bytes from an image as text that is safe to print. It escapes invalid UTF-8 and characters that a terminal may act
 * on.
 */
export function printable(bytes: ByteString): string {
  return PLAIN.test(bytes) ? bytes : printableText(textOf(bytes) ?? escapeInvalid(bytes))
}

/** Text from an image, safe to print. */
export function printableText(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0)
    if (character === '\n') return '\\n'
    if (character === '\t') return '\\t'
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** The bytes that `printable` wrote as `text`, if it escaped any. So a user can give a name as we showed it. */
export function unescaped(text: ByteString): ByteString {
  return text.replace(/\\(n|t|x[0-9a-f]{2}|u[0-9a-f]{4})/g, (_, sequence: string) => {
    if (sequence === 'n') return '\n'
    if (sequence === 't') return '\t'
    const code = Number.parseInt(sequence.slice(1), 16)
    return sequence.startsWith('x') ? String.fromCharCode(code) : byteStringOfText(String.fromCharCode(code))
  })
}

/** Decodes valid UTF-8 and writes each other byte as \xff. */
function escapeInvalid(bytes: ByteString): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes.charCodeAt(at))
    const decoded = length === 0 ? undefined : textOf(bytes.slice(at, at + length))
    if (decoded === undefined) {
      text += `\\x${bytes.charCodeAt(at).toString(16)}`
      at += 1
    } else {
      text += decoded
      at += length
    }
  }
  return text
}

/** Length of the UTF-8 sequence that a byte begins; 0 if it begins none. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
}

/** Shortens text to a width of at least 5 by removing its middle. */
export function shortenMiddle(text: string, width: number): string {
  const most = Math.max(width, 5)
  if (text.length <= most) return text
  const tail = Math.floor((most - 1) / 2)
  return `${text.slice(0, most - 1 - tail)}…${text.slice(text.length - tail)}`
}
