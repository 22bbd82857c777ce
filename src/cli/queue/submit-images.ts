import type { Queue } from 'bullmq'
import type { ListedImage } from '../image-file.ts'
import { type ImageJob, JOB_NAME, jobId, jobOf } from './image-job.ts'

/** How many images we ask Redis about at once. */
const BATCH = 500

/** The wait before the second try, in milliseconds; it doubles with each. */
const FIRST_PAUSE = 2000

/** What became of the images of a list. */
export interface Submitted {
  readonly added: number
  /** They are waiting, being read, or done. */
  readonly known: number
  /** They had failed, and wait anew. */
  readonly again: number
}

/** Adds a job for each image that has none. */
export async function submitImages(
  images: AsyncIterable<ListedImage>,
  queue: Queue<ImageJob>,
  attempts: number,
): Promise<Submitted> {
  const total = { added: 0, known: 0, again: 0 }
  let batch = new Map<string, ImageJob>()
  const send = async (): Promise<void> => {
    const sent = batch
    batch = new Map()
    const done = await submitBatch(sent, queue, attempts)
    total.added += done.added
    total.known += done.known
    total.again += done.again
  }
  for await (const image of images) {
    const job = jobOf(image)
    const id = jobId(job)
    if (batch.has(id)) total.known += 1
    batch.set(id, job)
    if (batch.size === BATCH) await send()
  }
  await send()
  return total
}

async function submitBatch(
  batch: ReadonlyMap<string, ImageJob>,
  queue: Queue<ImageJob>,
  attempts: number,
): Promise<Submitted> {
  const ids = [...batch.keys()]
  const states = await Promise.all(ids.map((id) => queue.getJobState(id)))
  const withState = (state: string): readonly string[] => ids.filter((_, index) => states[index] === state)
  const unknown = withState('unknown')
  const options = { attempts, backoff: { type: 'exponential', delay: FIRST_PAUSE } }
  await queue.addBulk(unknown.map((id) => ({ name: JOB_NAME, data: batch.get(id)!, opts: { ...options, jobId: id } })))
  let again = 0
  for (const id of withState('failed')) if (await retry(id, queue)) again += 1
  return { added: unknown.length, known: ids.length - unknown.length - again, again }
}

/** Has a job that failed wait anew. @returns false if another process has done so in the meantime */
async function retry(id: string, queue: Queue<ImageJob>): Promise<boolean> {
  const job = await queue.getJob(id)
  try {
    await job?.retry('failed', { resetAttemptsMade: true })
    return job !== undefined
  } catch (error) {
    if (await job!.isFailed()) throw error
    return false
  }
}
