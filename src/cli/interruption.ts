const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What is to be put in order before the process ends. */
const pending = new Set<() => void>()

/**
 * Has something put in order should the process be interrupted by a signal, which then ends it as if nobody had caught it.
 * @returns a function to call when there is nothing left to put in order
 */
export function onInterruption(cleanUp: () => void): () => void {
  if (pending.size === 0) for (const signal of SIGNALS) process.on(signal, interrupted)
  pending.add(cleanUp)
  return () => {
    pending.delete(cleanUp)
    if (pending.size === 0) for (const signal of SIGNALS) process.off(signal, interrupted)
  }
}

function interrupted(signal: NodeJS.Signals): void {
  for (const cleanUp of pending) cleanUp()
  for (const each of SIGNALS) process.off(each, interrupted)
  process.kill(process.pid, signal)
}
