import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { printableText } from '../present/text/printable.ts'
import { EXIT } from './exit-codes.ts'

/** The file descriptor of standard output. */
const STDOUT = 1

/**
 * Whether stdout is written to without `process.stdout`, whose streams take a twentieth of the time Node needs to start.
 * Not on Windows, where a console is not written as a file is.
 */
let direct = process.platform !== 'win32'

/** Writes pieces to stdout, no faster than they are taken. */
export async function writeOut(pieces: Iterable<string | Uint8Array>): Promise<void> {
  for (const piece of pieces) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    const written = direct ? writeDirectly(bytes) : 0
    if (written === bytes.length) continue
    if (!process.stdout.write(bytes.subarray(written))) await once(process.stdout, 'drain')
  }
}

/** Writes until stdout takes no more without waiting for it (EAGAIN); from then on it is for the stream to write. */
function writeDirectly(bytes: Uint8Array): number {
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(STDOUT, bytes, written)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') outputFailed(error as NodeJS.ErrnoException)
    direct = false
    process.stdout.on('error', outputFailed)
  }
  return written
}

/** Ends the process: stdout cannot be written to. */
export function outputFailed(error: NodeJS.ErrnoException): never {
  // The reader has seen enough: `isoscope … | head`.
  if (error.code === 'EPIPE') process.exit(EXIT.ok)
  say(`standard output cannot be written: ${error.message}`)
  process.exit(EXIT.failed)
}

/** Small pieces joined to larger ones: a system call for each line costs more than all else. */
export function joinPieces(pieces: Iterable<string>): Generator<string> {
  return joinLines(pieces, (piece) => piece, '')
}

/** The same of items as lines. */
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

/** Says something on stderr. */
export function say(sentence: string): void {
  process.stderr.write(`isoscope: ${printableText(sentence)}\n`)
}
