import { onInterruption } from './interruption.ts'
import { isQuiet } from './output.ts'

/** If the work takes less than this, in milliseconds, we show nothing. */
const PATIENCE = 500

/** A line on stderr about a scan: see `progressOf`. */
export function scanProgress(): (done: number, total: number) => void {
  return progressOf('looking for references')
}

/** A line on stderr about work that takes more than half a second. It appears only on a terminal. */
export function progressOf(what: string): (done: number, total: number) => void {
  return progressLine(what, onInterruption)
}

/**
 * Like `progressOf`, for work that lets no other code of this process run. Had we a handler for a signal, the signal
 * would wait for the end of the work. So the line stays when a signal ends the process.
 */
export function blockingProgressOf(what: string): (done: number, total: number) => void {
  return progressLine(what, () => () => {})
}

function progressLine(what: string, onShown: (clear: () => void) => () => void): (done: number, total: number) => void {
  const { stderr } = process
  const start = performance.now()
  let shown = ''
  let settled = (): void => {}
  const clear = (): void => {
    if (shown !== '') stderr.write(`\r${' '.repeat(shown.length)}\r`)
    shown = ''
  }
  return (done, total) => {
    if (done >= total) {
      clear()
      settled()
      return
    }
    if (isQuiet() || !stderr.isTTY || performance.now() - start < PATIENCE) return
    if (shown === '') settled = onShown(clear)
    const text = `${what}: ${Math.floor((done / total) * 100)} %`
    if (text !== shown) stderr.write(`\r${text}`)
    shown = text
  }
}
