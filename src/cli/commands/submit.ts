import { formatCount, plural } from '../../present/units.ts'
import type { SubmitArguments } from '../definitions/submit.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { listedImages } from '../many/image-list.ts'
import { checkQueue, type ImageJob } from '../queue/image-job.ts'
import { queuePackages } from '../queue/queue-packages.ts'
import { answeredError, connectRedis, tellOutages } from '../queue/redis-connection.ts'
import { submitImages } from '../queue/submit-images.ts'

/** `isoscope submit IMAGE...`: adds images to a queue, each once. */
export async function runSubmit({
  images = [],
  filesFrom,
  redis,
  queue,
  attempts,
}: SubmitArguments): Promise<ExitCode> {
  checkQueue(queue)
  if (images.length === 0 && filesFrom === undefined) {
    throw new UsageError('submit needs an image, or a list of them: isoscope submit [images..] --files-from LIST')
  }
  if (!Number.isInteger(attempts) || attempts < 1) throw new UsageError('--attempts: takes a whole number, 1 or more')
  const { bullmq, Redis } = await queuePackages()
  const connection = await connectRedis(redis, Redis)
  const added = new bullmq.Queue<ImageJob>(queue, { connection: connection.client })
  // What is refused fails where we ask for it, and an outage is told once.
  added.on('error', () => {})
  const tellNoMore = tellOutages(connection)
  try {
    const counts = await submitImages(listedImages(images, filesFrom, undefined), added, attempts)
    const known = `${formatCount(counts.known)} known`
    console.log(`${plural(counts.added, 'image')} added, ${known}, ${formatCount(counts.again)} failed and tried again`)
  } catch (error) {
    throw answeredError(error, connection)
  } finally {
    tellNoMore()
    await added.close()
    connection.client.disconnect()
  }
  return EXIT.ok
}
