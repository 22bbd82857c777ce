import { once } from 'node:events'
import { withoutSecrets } from '../platform/remote-file.ts'
import { printableText } from '../present/text/printable.ts'
import { wrapPhrases } from '../present/text/wrap.ts'
import { EXIT } from './exit-codes.ts'
import { clearProgress } from './progress.ts'
import { isQuiet } from './quiet.ts'

/** Writes pieces to stdout, no faster than the reader takes them. */
export async function writeOut(pieces: Iterable<string | Uint8Array>): Promise<void> {
  for (const piece of pieces) {
    clearProgress()
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain')
  }
}

/** Waits until the system has what was written to stdout, because the work that follows lets nothing else happen. */
export async function flushOut(): Promise<void> {
  const { stdout } = process
  if (stdout.writableLength > 0) await new Promise((done) => stdout.write('', done))
}

/** Ends the process if we cannot write to stdout. */
export function outputFailed(error: NodeJS.ErrnoException): never {
  // The reader has seen enough: `isoscope … | head`.
  if (error.code === 'EPIPE') process.exit(EXIT.ok)
  say(`standard output cannot be written: ${error.message}`)
  process.exit(EXIT.failed)
}

/** Joins small pieces to larger ones: a system call for each line costs more than everything else. */
export function joinPieces(pieces: Iterable<string>): Generator<string> {
  return joinLines(pieces, (piece) => piece, '')
}

/** The same for items, as lines. */
export function* joinLines<T>(items: Iterable<T>, lineOf: (item: T) => string, end = '\n'): Generator<string> {
  let text = ''
  for (const item of items) {
    text += lineOf(item)
    text += end
    if (text.length > 1 << 16) {
      yield text
      text = ''
    }
  }
  if (text !== '') yield text
}

/** Writes to stderr what is no error. */
export function note(sentence: string): void {
  if (!isQuiet()) say(sentence)
}

/** Writes a message to stderr. */
export function say(sentence: string): void {
  clearProgress()
  const text = `isoscope: ${printableText(withoutSecrets(sentence))}`
  const { isTTY, columns = 0 } = process.stderr
  // A long word stays whole: it may be a path to copy.
  const lines = isTTY && columns > 0 ? wrapPhrases(text.split(' '), columns, '  ', (word) => [word]) : [text]
  process.stderr.write(`${lines.join('\n')}\n`)
}
