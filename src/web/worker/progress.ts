import { takenText } from '../../present/server-words.ts'
import { formatBytes } from '../../present/units.ts'
import { send } from './send.ts'

/** The page hears of progress no more often than this, in milliseconds. */
const PACE = 100

let last = Number.NEGATIVE_INFINITY

/** Tells the page how much of some work on bytes is done. */
export function progressOf(what: string): (done: number, total: number) => void {
  return (done, total) => {
    if (!isTime()) return
    const part = total === 0 ? 1 : done / total
    send({ kind: 'progress', text: `${what}: ${Math.floor(part * 100)} % of ${formatBytes(total, 'iec')}`, part })
  }
}

/** Tells the page how many bytes of an image were read. */
export function readProgress(name: string): (bytes: number) => void {
  let total = 0
  return (bytes) => {
    total += bytes
    if (isTime()) send({ kind: 'progress', text: `reading ${name}: ${formatBytes(total, 'iec')}` })
  }
}

/** Tells the page, before work that reads much of a file on a server, how many bytes that takes. */
export function planned(work: string): (bytes: number) => void {
  return (bytes) => {
    send({ kind: 'progress', text: takenText(work, bytes) })
    last = performance.now()
  }
}

function isTime(): boolean {
  const now = performance.now()
  if (now - last < PACE) return false
  last = now
  return true
}
