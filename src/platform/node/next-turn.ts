import { setImmediate } from 'node:timers/promises'

/** Lets the process handle signals, and the answers of other threads. */
export function nextTurn(): Promise<void> {
  return setImmediate()
}
