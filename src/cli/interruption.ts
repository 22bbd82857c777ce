const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What to clean up before the process ends. */
const pending = new Set<() => void>()

let isOutliving = false

/**
 * Registers a clean-up for the case that a signal ends the process. After the clean-up, the signal ends the process as
 * if we had not caught it.
 * @returns a function to call once there is nothing left to clean up
 */
export function onInterruption(cleanUp: () => void): () => void {
  if (isOutliving) return () => {}
  if (pending.size === 0) for (const signal of SIGNALS) process.on(signal, interrupted)
  pending.add(cleanUp)
  return () => {
    pending.delete(cleanUp)
    if (pending.size === 0) for (const signal of SIGNALS) process.off(signal, interrupted)
  }
}

/** From now on such signals are for another process, which ends this one. */
export function outliveSignals(): void {
  isOutliving = true
  for (const signal of SIGNALS) process.on(signal, () => {})
}

function interrupted(signal: NodeJS.Signals): void {
  for (const cleanUp of pending) cleanUp()
  for (const each of SIGNALS) process.off(each, interrupted)
  process.kill(process.pid, signal)
}
