import type { WorkerArguments } from '../definitions/worker.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { checkOptions } from '../many/report-many.ts'
import { prepareStore } from '../many/store-image.ts'
import { flushOut } from '../output.ts'
import { checkQueue } from '../queue/image-job.ts'
import { queuePackages } from '../queue/queue-packages.ts'
import { workOnQueue } from '../queue/queue-worker.ts'
import { connectRedis } from '../queue/redis-connection.ts'
import { startMetrics } from '../queue/worker-metrics.ts'

/** `isoscope worker`: reports on the images of a queue, a file for each. */
export async function runWorker(given: WorkerArguments): Promise<ExitCode> {
  const { redis, queue, format, outputDir, imagesAtOnce, summaryEvery } = given
  checkQueue(queue)
  if (!Number.isInteger(summaryEvery) || summaryEvery < 0 || summaryEvery > LONGEST) {
    throw new UsageError('--summary-every: takes a whole number of seconds, 0 or more, of a day at most')
  }
  // What is there has been written by a worker that was killed before it could say so.
  const options = { ...given, ...OF_REPORTS, format: undefined, resume: true }
  checkOptions(options)
  const { bullmq, Redis } = await queuePackages()
  prepareStore(outputDir, format)
  const connection = await connectRedis(redis, Redis)
  const metrics = startMetrics((line) => process.stdout.write(line))
  const timer = summaryEvery === 0 ? undefined : setInterval(() => metrics.summary(false), summaryEvery * 1000)
  try {
    await workOnQueue(bullmq, connection, { queue, imagesAtOnce, request: { options, format }, metrics })
  } finally {
    clearInterval(timer)
    metrics.summary(true)
    await flushOut()
  }
  // What waits for a Redis that is gone would keep the process.
  if (connection.client.status !== 'ready') process.exit(EXIT.ok)
  connection.client.disconnect()
  return EXIT.ok
}

const LONGEST = 86_400

/** What a report is asked for besides, and no file depends on. */
const OF_REPORTS = { sort: 'own', min: '0', color: 'auto' } as const
