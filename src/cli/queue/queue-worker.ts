import type { Job } from 'bullmq'
import { listedImage } from '../image-file.ts'
import type { ManyRequest } from '../many/answer-image.ts'
import type { ImageProblem } from '../many/image-problem.ts'
import { ImageProcess } from '../many/image-processes.ts'
import type { StoredImage } from '../many/store-image.ts'
import { note, say } from '../output.ts'
import type { ImageJob, ImageResult } from './image-job.ts'
import type { QueuePackages } from './queue-packages.ts'
import { type RedisConnection, refusalOf, tellOutages } from './redis-connection.ts'
import type { Metrics } from './worker-metrics.ts'

/**
 * How long a job belongs to a worker that says nothing, in milliseconds. A worker renews it after half of that: images are
 * read by processes of their own, so that nothing keeps it from doing so.
 */
const LOCK = 10_000

/** How often workers look for jobs of workers that are gone, in milliseconds. */
const STALLED_INTERVAL = 5000

/**
 * How many workers may be gone with one job before it fails. An image that is too large for the memory usually ends only
 * the process that reads it; machines that are taken away end workers.
 */
const MOST_STALLS = 10

/** What may be otherwise at the next try: networks, disks, a process that was killed. Other problems are of the image. */
const PASSING: readonly ImageProblem['code'][] = ['IO', 'INTERNAL']

/** A job that failed, with what we know of it. */
class JobFailure extends Error {
  readonly problem: ImageProblem

  /** @param name by which the queue tells whether to try again */
  constructor(problem: ImageProblem, name: string) {
    super(problem.message)
    this.name = name
    // The queue keeps the stack, which would say nothing about the image.
    this.stack = problem.message
    this.problem = problem
  }
}

export interface WorkerSettings {
  readonly queue: string
  readonly imagesAtOnce: number
  readonly request: ManyRequest
  readonly metrics: Metrics
}

/**
 * Takes the jobs of a queue until a signal asks for an end. At the first one, images that are being read are finished; at
 * the second one, they are given back.
 * @throws {UsageError} if Redis refuses what a queue needs
 */
export async function workOnQueue(
  { UnrecoverableError, WaitingError, Worker }: QueuePackages['bullmq'],
  connection: RedisConnection,
  { queue, imagesAtOnce, request, metrics }: WorkerSettings,
): Promise<void> {
  const { client } = connection
  const readers = Array.from({ length: imagesAtOnce }, () => new ImageProcess(request, true))
  const idle = [...readers]
  let isGivingBack = false

  const failureOf = (problem: ImageProblem): JobFailure =>
    new JobFailure(problem, PASSING.includes(problem.code) ? 'Error' : UnrecoverableError.name)

  const readImage = async (job: Job<ImageJob>, token?: string): Promise<ImageResult> => {
    const name = imageIn(job)
    if (name === '') {
      throw failureOf({ code: 'USAGE', message: `job ${job.id}: its data must be {"image": a path or a URL}` })
    }
    const reader = idle.pop()!
    try {
      const { stored, problem } = await reader.answer(listedImage(name, request.options.header))
      if (stored !== undefined) return resultOf(stored)
      if (!isGivingBack) throw failureOf(problem!)
    } finally {
      idle.push(reader)
    }
    await job.moveToWait(token)
    throw new WaitingError()
  }

  const worker = new Worker<ImageJob, ImageResult>(queue, readImage, {
    connection: client,
    concurrency: imagesAtOnce,
    lockDuration: LOCK,
    stalledInterval: STALLED_INTERVAL,
    maxStalledCount: MOST_STALLS,
  })
  const tellNoMore = tellOutages(connection)
  // The queue asks again at once, thousands of times a second.
  const told = new Set<string>()
  const refused = new Promise<never>((_, reject) => {
    worker.on('error', (error) => {
      const refusal = refusalOf(error, connection)
      if (refusal !== undefined) reject(refusal)
      // An error of the system is that of a connection, and an outage is told once.
      const isOutage = client.status !== 'ready' || (error as NodeJS.ErrnoException).code !== undefined
      if (isOutage || refusal !== undefined || told.has(error.message)) return
      told.add(error.message)
      say(`queue ${queue}: ${error.message}`)
    })
  })
  worker.on('completed', (job, result) => {
    told.clear()
    metrics.done(shownName(job), result, secondsOf(job))
  })
  worker.on('failed', (job, error) => {
    told.clear()
    if (job === undefined) return
    const known = error instanceof JobFailure ? error.problem : undefined
    const problem = known ?? { code: 'INTERNAL', message: error.message }
    metrics.failed(shownName(job), problem, job.attemptsMade, job.finishedOn === undefined)
  })

  const ended = untilSignal((count) => {
    const isLost = client.status !== 'ready'
    if (count === 1 && !isLost) {
      if (idle.length < imagesAtOnce) note('finishing what is being read; a second signal gives it back')
      return worker.close()
    }
    isGivingBack = true
    for (const reader of readers) reader.kill()
    // Without Redis nothing can be given back. Other workers take it over.
    return isLost ? Promise.resolve() : worker.close()
  })
  try {
    await Promise.race([ended, refused])
  } catch (error) {
    for (const reader of readers) reader.kill()
    // It would go on to ask, and keep the process.
    await worker.close(true)
    client.disconnect()
    throw error
  } finally {
    tellNoMore()
    for (const reader of readers) reader.end()
  }
}

/** Calls a function at each signal that asks for an end, with their number, until what it waits for has happened. */
function untilSignal(end: (count: number) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let count = 0
    const signalled = (): void => {
      count += 1
      end(count).then(resolve, reject)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, signalled)
  })
}

/** '' if another program added a job that is not ours. */
function imageIn({ data }: Job<Partial<ImageJob> | null>): string {
  const image: unknown = data?.image
  return typeof image === 'string' ? image : ''
}

function shownName(job: Job<ImageJob>): string {
  return listedImage(imageIn(job)).name
}

function secondsOf({ processedOn = 0, finishedOn = 0 }: Job): number {
  return (finishedOn - processedOn) / 1000
}

function resultOf({ identity, size, file, written }: StoredImage): ImageResult {
  return { identity, size, file, written }
}
