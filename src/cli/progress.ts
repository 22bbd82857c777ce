import { formatBytes } from '../present/units.ts'
import { onInterruption } from './interruption.ts'
import { isQuiet } from './quiet.ts'

/** A sign of life comes no sooner than this after the start of the work, in milliseconds. */
const PATIENCE = 250
/** The line changes no more often than this, in milliseconds. */
const PACE = 100
/** We guess the time that is left only after this long, in milliseconds, and after this part of the work. */
const WORTH_A_GUESS = 2000
const PART_FOR_A_GUESS = 0.05

/** The line on stderr, which is one for all work. */
let shown = ''
let settled = (): void => {}
let isEnded = false

/** Receives how many bytes are done, of how many; Infinity if nobody knows. */
export type Progress = (done: number, total: number) => void

/** A line on stderr about work on bytes that takes more than a moment. It appears only on a terminal. */
export function progressOf(what: string): Progress {
  return progressLine(what, onInterruption)
}

/**
 * Like `progressOf`, for work that lets no other code of this process run. Had we a handler for a signal, the signal
 * would wait for the end of the work. So the line stays when a signal ends the process.
 */
export function blockingProgressOf(what: string): Progress {
  return progressLine(what, () => () => {})
}

/**
 * Receives the bytes of each read of an image, and shows that we are at work. It is undefined where we would not show
 * it, so that reads cost nothing.
 */
export function readProgress(): ((bytes: number) => void) | undefined {
  if (isQuiet() || !process.stderr.isTTY) return undefined
  let total = 0
  let last = 0
  return (bytes) => {
    total += bytes
    const now = performance.now()
    // Counts from the start of the process: what it loads takes time too.
    if (now < PATIENCE || now - last < PACE) return
    last = now
    // Another line says more.
    if (shown === '' || shown.startsWith(READING)) show(`${READING}: ${formatBytes(total, 'iec')}`, () => () => {})
  }
}

const READING = 'reading the image'

/** Takes the line away, if there is one. Call it before any output. */
export function clearProgress(): void {
  if (shown === '') return
  process.stderr.write(`\r${' '.repeat(shown.length)}\r`)
  shown = ''
  settled()
  settled = () => {}
}

/** Shows no line from now on: a program has the screen, and a line would be in the middle of it. */
export function endProgress(): void {
  clearProgress()
  isEnded = true
}

function progressLine(what: string, onShown: (clear: () => void) => () => void): Progress {
  const start = performance.now()
  let last = 0
  return (done, total) => {
    if (done >= total) {
      clearProgress()
      return
    }
    if (isQuiet() || !process.stderr.isTTY) return
    const now = performance.now()
    if (now - start < PATIENCE || now - last < PACE) return
    last = now
    const part = `${Math.floor((done / total) * 100)} % of ${formatBytes(total, 'iec')}${timeLeft(now - start, done, total)}`
    show(`${what}: ${total === Number.POSITIVE_INFINITY ? formatBytes(done, 'iec') : part}`, onShown)
  }
}

/** ", 12 s left", if the work goes on as it went. */
function timeLeft(elapsed: number, done: number, total: number): string {
  if (elapsed < WORTH_A_GUESS || done < total * PART_FOR_A_GUESS) return ''
  const seconds = Math.ceil((elapsed * (total - done)) / done / 1000)
  return seconds < 120 ? `, ${seconds} s left` : `, ${Math.ceil(seconds / 60)} min left`
}

function show(text: string, onShown: (clear: () => void) => () => void): void {
  if (isEnded || text === shown) return
  if (shown === '') settled = onShown(clearProgress)
  process.stderr.write(`\r${text.padEnd(shown.length)}`)
  shown = text
}
