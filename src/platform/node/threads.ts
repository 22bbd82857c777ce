import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Thread } from '../thread.ts'

/** In the bundle the script lies next to this one. */
const SCRIPT = new URL(import.meta.url.endsWith('.cjs') ? './worker.cjs' : '../../scan/worker.js', import.meta.url)

/** How many threads the machine runs at once. */
export function availableThreads(): number {
  return availableParallelism()
}

/** Starts a thread. This takes it 45 ms, while this one goes on. */
export function startThread(script: URL = SCRIPT): Thread {
  const worker = new Worker(script)
  // The event `exit` follows.
  worker.on('error', () => {})
  return {
    name: `thread ${worker.threadId}`,
    post: (message) => worker.postMessage(message),
    onMessage: (take) => worker.on('message', take),
    onEnd: (take) => worker.on('exit', take),
    end: () => void worker.terminate(),
  }
}
