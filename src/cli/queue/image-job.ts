import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { UsageError } from '../exit-codes.ts'
import type { ListedImage } from '../image-file.ts'

/** What a job is about. Other programs may add jobs, too. */
export interface ImageJob {
  /** A path or a URL, as a worker reads it. */
  readonly image: string
}

/** What a job returns. */
export interface ImageResult {
  /** The identity of the image, which is the name of the file. */
  readonly identity: string
  /** The bytes of the image. The sizes in the file add up to it. */
  readonly size: number
  /** The path of the file. */
  readonly file: string
  /** Whether this job wrote it; false if it was there. */
  readonly written: boolean
}

/** The name of a job, for those who look at the queue with other programs. */
export const JOB_NAME = 'report'

/** The job of an image. A worker may run in another directory, so that a path is told from the root on. */
export function jobOf({ file }: ListedImage): ImageJob {
  return { image: typeof file === 'string' ? resolve(file) : file.url }
}

/** The id of a job, which its image decides: whoever adds it again adds nothing. */
export function jobId({ image }: ImageJob): string {
  return createHash('sha256').update(image).digest('hex')
}

/** @throws {UsageError} if a queue cannot have this name */
export function checkQueue(name: string): void {
  if (name === '' || name.includes(':')) throw new UsageError('--queue: takes a name without a colon')
}
