import type * as bullmq from 'bullmq'
import type { Redis } from 'ioredis'
import { UsageError } from '../exit-codes.ts'
import { isMissingPackage } from '../missing-package.ts'

/** What a queue needs. Both packages are optional, and we load them only for the commands of a queue. */
export interface QueuePackages {
  readonly bullmq: Pick<typeof bullmq, 'Queue' | 'Worker' | 'UnrecoverableError' | 'WaitingError'>
  readonly Redis: typeof Redis
}

/** @throws {UsageError} if they are not installed */
export async function queuePackages(): Promise<QueuePackages> {
  try {
    const [loaded, ioredis] = await Promise.all([import('bullmq'), import('ioredis')])
    return { bullmq: loaded, Redis: ioredis.Redis }
  } catch (error) {
    if (!isMissingPackage(error, 'bullmq') && !isMissingPackage(error, 'ioredis')) throw error
    throw new UsageError('a queue needs two packages beside isoscope: npm install bullmq ioredis', [], { cause: error })
  }
}
