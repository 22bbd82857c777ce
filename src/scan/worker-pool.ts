import { Worker } from 'node:worker_threads'
import type { ScanJob, ScanJobResult } from './scan-job.ts'
import type { WorkerStart } from './worker.ts'

/** Beside this file as tsc leaves it, or as the bundle has it. */
const WORKER = new URL(import.meta.url.endsWith('.cjs') ? './worker.cjs' : './worker.js', import.meta.url)

/**
 * Runs jobs on threads, each of which takes the next job when it is done with one.
 * @param done is told of each result, in any order
 * @returns the jobs whose thread died under them, to be run in process
 */
export async function runOnWorkers(
  start: WorkerStart,
  jobs: readonly ScanJob[],
  threads: number,
  done: (job: number, result: ScanJobResult) => void,
): Promise<readonly number[]> {
  const lost: number[] = []
  let next = 0
  const runThread = (): Promise<void> =>
    new Promise((resolve) => {
      const worker = new Worker(WORKER, { workerData: start })
      let current: number | undefined
      const give = (): void => {
        current = next < jobs.length ? next : undefined
        next += 1
        if (current === undefined) void worker.terminate()
        else worker.postMessage(jobs[current])
      }
      worker.on('message', (result: ScanJobResult) => {
        done(current!, result)
        give()
      })
      // Whatever ended it: out of memory, a file that is gone, a mistake of ours that in process will show.
      worker.on('error', () => {})
      worker.on('exit', () => {
        if (current !== undefined) lost.push(current)
        resolve()
      })
      give()
    })
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, runThread))
  // All threads died before all jobs were taken.
  for (; next < jobs.length; next += 1) lost.push(next)
  return lost
}
