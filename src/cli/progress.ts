import { onInterruption } from './interruption.ts'

/** If the work takes less than this, in milliseconds, we show nothing. */
const PATIENCE = 500

/** A line on stderr about a scan: see `progressOf`. */
export function scanProgress(): (done: number, total: number) => void {
  return progressOf('looking for references')
}

/** A line on stderr about work that takes more than half a second. It appears only on a terminal. */
export function progressOf(what: string): (done: number, total: number) => void {
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
    if (!stderr.isTTY || performance.now() - start < PATIENCE) return
    if (shown === '') settled = onInterruption(clear)
    const text = `${what}: ${Math.floor((done / total) * 100)} %`
    if (text !== shown) stderr.write(`\r${text}`)
    shown = text
  }
}
