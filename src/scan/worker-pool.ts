import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { WorkerStart } from './worker.ts'

/** Beside this file as tsc leaves it, or as the bundle has it. */
const WORKER = new URL(import.meta.url.endsWith('.cjs') ? './worker.cjs' : './worker.js', import.meta.url)

/**
 * Jobs a thread has at a time: one to work at, and others lest it wait while this one is at work too, or kept from it by
 * other programs. Towards the end there are few left to be had, for no thread is to have several when another has none.
 */
const MOST_AHEAD = 16
const LEAST_AHEAD = 2

/** Threads that run jobs beside this one, of the kind that they are started for. */
export class WorkerPool<Job, Result> {
  /** Threads that have not ended. */
  readonly #running: Set<Worker>

  /**
   * Starts threads, which takes them 45 ms while this one goes on.
   * @param script what they run
   */
  constructor(start: WorkerStart, threads: number, script: URL = WORKER) {
    this.#running = new Set(Array.from({ length: threads }, () => new Worker(script, { workerData: start })))
    for (const worker of this.#running) {
      // Whatever ended it: out of memory, a file that is gone, a mistake of ours that in process will show.
      worker.on('error', () => {})
      worker.on('exit', () => this.#running.delete(worker))
    }
  }

  /**
   * Runs jobs on all threads, this one included, each of which takes the next when it is done with one. The others end
   * when there are no more. Jobs of a thread that dies are run in this one.
   * @param runHere runs a job in this thread
   * @param done is told of each result, in any order
   * @param plain what of a job is sent to a thread: places alone, as the job itself may hold what cannot be sent
   */
  async run<Planned extends Job>(
    jobs: readonly Planned[],
    runHere: (job: Planned) => Result,
    done: (job: Planned, result: Result) => void,
    plain: (job: Planned) => Job = (job) => job,
  ): Promise<void> {
    const lost: Planned[] = []
    const threadCount = this.#running.size + 1
    let next = 0
    const runThread = (worker: Worker): Promise<void> =>
      new Promise((resolve) => {
        /** What it was given and is not done with, in order. */
        const given: Planned[] = []
        const give = (): void => {
          const share = Math.floor((jobs.length - next) / (4 * threadCount))
          const ahead = Math.max(LEAST_AHEAD, Math.min(MOST_AHEAD, share))
          for (; given.length < ahead && next < jobs.length; next += 1) {
            const job = jobs[next]!
            given.push(job)
            worker.postMessage(plain(job))
          }
          if (given.length > 0) return
          void worker.terminate()
          resolve()
        }
        worker.on('message', (result: Result) => {
          done(given.shift()!, result)
          give()
        })
        worker.on('exit', () => {
          lost.push(...given)
          resolve()
        })
        give()
      })
    const threads = [...this.#running].map(runThread)
    while (next < jobs.length) {
      const job = jobs[next]!
      next += 1
      done(job, runHere(job))
      // Lets the others' results in.
      await setImmediate()
    }
    await Promise.all(threads)
    for (const job of lost) done(job, runHere(job))
  }
}
