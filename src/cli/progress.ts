/** Nothing is shown of what is done sooner, in milliseconds. */
const PATIENCE = 500

/** A line on stderr about a scan that takes more than half a second, for a person at a terminal; else nothing. */
export function scanProgress(): { show(done: number, total: number): void; clear(): void } {
  const { stderr } = process
  const start = performance.now()
  let shown = ''
  return {
    show(done, total) {
      if (!stderr.isTTY || performance.now() - start < PATIENCE) return
      const text = `looking for references: ${Math.floor((done / Math.max(total, 1)) * 100)} %`
      if (text !== shown) stderr.write(`\r${text}`)
      shown = text
    },
    clear() {
      if (shown !== '') stderr.write(`\r${' '.repeat(shown.length)}\r`)
    },
  }
}
