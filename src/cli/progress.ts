/** Nothing is shown of what is done sooner, in milliseconds. */
const PATIENCE = 500

/** A line on stderr about a scan that takes more than half a second, for a person at a terminal; else nothing. */
export function scanProgress(): (done: number, total: number) => void {
  const { stderr } = process
  const start = performance.now()
  let shown = ''
  return (done, total) => {
    if (done >= total) {
      if (shown !== '') stderr.write(`\r${' '.repeat(shown.length)}\r`)
      return
    }
    if (!stderr.isTTY || performance.now() - start < PATIENCE) return
    const text = `looking for references: ${Math.floor((done / total) * 100)} %`
    if (text !== shown) stderr.write(`\r${text}`)
    shown = text
  }
}
