import type { Thread } from '../thread.ts'

/** How many threads the machine runs at once. */
export function availableThreads(): number {
  return navigator.hardwareConcurrency
}

/** Starts a thread: another worker. Bundlers know this form, and bundle the script too. */
export function startThread(): Thread {
  return workerThread(new Worker(new URL('../../scan/worker.js', import.meta.url), { type: 'module' }))
}

let started = 0

/** A worker that runs the script of threads. */
export function workerThread(worker: Worker): Thread {
  started += 1
  const name = `worker ${started}`
  const onEnd: (() => void)[] = []
  const end = (): void => {
    worker.terminate()
    for (const take of onEnd.splice(0)) take()
  }
  // Unlike a thread of Node, a worker does not end by an error.
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    end()
  })
  worker.addEventListener('messageerror', end)
  return {
    name,
    post: (message) => worker.postMessage(message),
    onMessage: (take) => worker.addEventListener('message', ({ data }) => take(data)),
    onEnd: (take) => void onEnd.push(take),
    end,
  }
}
