import type { Thread } from '../../platform/thread.ts'
import { send } from './send.ts'

let started = 0
/** What ends the threads that run, by their numbers. */
const running = new Map<number, () => void>()

/** Starts a thread. The page does so: a worker that came out of a page in a file may start none. */
export function startThread(): Thread {
  started += 1
  const thread = started
  const { port1: here, port2: there } = new MessageChannel()
  const onEnd: (() => void)[] = []
  running.set(thread, () => {
    running.delete(thread)
    for (const take of onEnd.splice(0)) take()
  })
  send({ kind: 'start thread', thread, port: there }, [there])
  return {
    name: `worker ${thread}`,
    post: (message) => here.postMessage(message),
    onMessage(take) {
      here.onmessage = ({ data }) => take(data)
    },
    onEnd: (take) => void onEnd.push(take),
    end() {
      send({ kind: 'end thread', thread })
      threadEnded(thread)
    },
  }
}

/** Hears from the page that a thread has ended. */
export function threadEnded(thread: number): void {
  running.get(thread)?.()
}
