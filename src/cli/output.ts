import { once } from 'node:events'
import { printableText } from '../present/text/printable.ts'

/** Writes pieces to stdout, no faster than they are taken. */
export async function writeOut(pieces: Iterable<string | Uint8Array>): Promise<void> {
  for (const piece of pieces) {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain')
  }
}

/** Small pieces joined to larger ones: a system call for each line costs more than all else. */
export function* joinPieces(pieces: Iterable<string>): Generator<string> {
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length > 1 << 16) {
      yield text
      text = ''
    }
  }
  if (text !== '') yield text
}

/** Lines, each with its end, joined to larger pieces. */
export function* joinLines(lines: Iterable<string>): Generator<string> {
  let text = ''
  for (const line of lines) {
    text += `${line}\n`
    if (text.length > 1 << 16) {
      yield text
      text = ''
    }
  }
  if (text !== '') yield text
}

/** Says something on stderr. */
export function say(sentence: string): void {
  process.stderr.write(`isoscope: ${printableText(sentence)}\n`)
}
