import { nextTurn } from '#platform/next-turn'
import { availableThreads, startThread } from '#platform/threads'
import type { StartThread, Thread } from '../platform/thread.ts'
import { clock, mark, worked } from '../platform/timeline.ts'
import type { WorkerAnswer, WorkerStart } from './worker.ts'

/**
 * How many jobs a thread holds at a time. It works at one, and the others keep it busy while the main thread is at work
 * or waits for the processor. Near the end a thread holds fewer jobs, so that no thread runs out while another has
 * several.
 */
const MOST_AHEAD = 64
const LEAST_AHEAD = 2

/** The jobs that threads share. We make each job when a thread takes it. */
export interface JobQueue<Planned> {
  /** A job for another thread; undefined when no more are left. */
  forThread(): Planned | undefined
  /** A job for the main thread; undefined when no more are left. */
  forMain(): Planned | undefined
  /** How many jobs another thread may hold. */
  ahead(): number
}

/** Threads that run jobs of one kind beside the main thread. */
export class WorkerPool<Job, Result> {
  /** Threads that have not ended. */
  readonly #running: Set<Thread>

  constructor(threads: number, start: StartThread = startThread) {
    this.#running = new Set(Array.from({ length: threads }, () => start()))
    // Whatever ends a thread, the main thread runs the job again and reports the cause.
    for (const thread of this.#running) thread.onEnd(() => this.#running.delete(thread))
  }

  /**
   * Runs jobs on all threads, the main thread included. Each thread takes the next job when it is done with one, and
   * the others end when no jobs are left. If a thread dies, the main thread runs its jobs.
   * @param start makes the task that the jobs are parts of, for each thread
   * @param jobs we make the other jobs only when the threads are at work on the first ones
   * @param expected about how many jobs there are, to share the first ones
   * @param runHere runs a job in the main thread
   * @param done receives each result, in any order
   * @param plain the part of a job that we send to a thread: only places, because a job may hold data that cannot be
   * sent
   */
  async run<Planned extends Job>(
    start: () => WorkerStart,
    jobs: Iterable<Planned>,
    expected: number,
    runHere: (job: Planned) => Result,
    done: (job: Planned, result: Result) => void,
    plain: (job: Planned) => Job = (job) => job,
  ): Promise<void> {
    const queue = inOrder(jobs, expected, this.#running.size + 1)
    await this.runQueue(start, queue, runHere, done, plain)
  }

  /** Like `run`, with jobs out of a queue. */
  async runQueue<Planned extends Job>(
    start: () => WorkerStart,
    queue: JobQueue<Planned>,
    runHere: (job: Planned) => Result,
    done: (job: Planned, result: Result) => void,
    plain: (job: Planned) => Job = (job) => job,
  ): Promise<void> {
    const lost: Planned[] = []
    const runThread = (thread: Thread): Promise<void> =>
      new Promise((resolve) => {
        /** The jobs that the thread holds and has not finished, in order. */
        const given: Planned[] = []
        const give = (): void => {
          const ahead = queue.ahead()
          while (given.length < ahead) {
            const job = queue.forThread()
            if (job === undefined) break
            given.push(job)
            thread.post(plain(job))
          }
          if (given.length > 0) return
          thread.end()
          resolve()
        }
        thread.onMessage((message) => {
          const answer = message as WorkerAnswer<Result>
          worked(thread.name, answer.start, answer.end)
          done(given.shift()!, answer.result)
          give()
        })
        thread.onEnd(() => {
          lost.push(...given)
          resolve()
        })
        thread.post(start())
        give()
      })
    const threads = [...this.#running].map(runThread)
    for (let job = queue.forMain(); job !== undefined; job = queue.forMain()) {
      const jobStart = clock()
      const result = runHere(job)
      worked('main thread', jobStart, clock())
      done(job, result)
      // Lets the results of other threads in.
      await nextTurn()
    }
    await Promise.all(threads)
    for (const job of lost) done(job, runHere(job))
  }

  /** Ends threads that have got no task. */
  end(): void {
    for (const thread of this.#running) thread.end()
  }
}

/** With fewer stored bytes than this, threads save less time than they take to start: 45 ms each. */
const WORTH_A_THREAD = 4 << 20

/** How many threads work at an image, and how they start. */
export interface ThreadOptions {
  /** How many threads work, this one included; by default as many as the machine runs in parallel. */
  readonly jobs?: number
  /** Starts a thread. A page needs it if a bundler moved the script of the threads. */
  readonly startThread?: StartThread | undefined
}

/**
 * Starts threads for work on some bytes; undefined if there is too little work for them.
 * @param size stored bytes
 * @param worth how many of the bytes are worth a thread
 */
export function startPool<Job, Result>(
  size: number,
  { jobs = availableThreads(), startThread: start }: ThreadOptions,
  worth: number = WORTH_A_THREAD,
): WorkerPool<Job, Result> | undefined {
  const threads = Math.min(jobs, Math.floor(size / worth))
  return threads < 2 ? undefined : new WorkerPool(threads - 1, start)
}

/** Jobs in their order. The main thread makes all that are left before it takes the first. */
function inOrder<Planned>(jobs: Iterable<Planned>, expected: number, threadCount: number): JobQueue<Planned> {
  const making = jobs[Symbol.iterator]()
  const made: Planned[] = []
  let isMade = false
  let left = expected
  let next = 0
  const take = (): Planned | undefined => {
    if (next === made.length && !isMade) {
      const { done, value } = making.next()
      if (done === true) return undefined
      made.push(value)
    }
    if (next === made.length) return undefined
    next += 1
    left -= 1
    return made[next - 1]
  }
  return {
    forThread: take,
    forMain() {
      if (!isMade) {
        for (let rest = making.next(); rest.done !== true; rest = making.next()) made.push(rest.value)
        isMade = true
        left = made.length - next
        mark('jobs are planned')
      }
      return take()
    },
    ahead: () => Math.max(LEAST_AHEAD, Math.min(MOST_AHEAD, Math.floor(left / (2 * threadCount)))),
  }
}
