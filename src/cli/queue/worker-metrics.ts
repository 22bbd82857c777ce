import { jsonText } from '../../present/json/json-text.ts'
import type { ImageProblem } from '../many/image-problem.ts'
import type { ImageResult } from './image-job.ts'

/** What a worker tells about its work, as lines of NDJSON. */
export interface Metrics {
  done(image: string, result: ImageResult, seconds: number): void
  /** @param isRetried whether it is tried again */
  failed(image: string, error: ImageProblem, attempt: number, isRetried: boolean): void
  /** @param isLast whether the worker has ended */
  summary(isLast: boolean): void
}

/** @param write takes a line */
export function startMetrics(write: (line: string) => void): Metrics {
  const start = performance.now()
  const counts = { done: 0, failed: 0, retried: 0, bytes: 0 }
  const tell = (event: string, facts: object): void => write(`${jsonText({ event, ...facts })}\n`)
  return {
    done(image, result, seconds) {
      counts.done += 1
      counts.bytes += result.size
      tell('done', { image, ...result, seconds: rounded(seconds) })
    },
    failed(image, error, attempt, isRetried) {
      counts[isRetried ? 'retried' : 'failed'] += 1
      tell('failed', { image, error, attempt, retried: isRetried })
    },
    summary(isLast) {
      const seconds = (performance.now() - start) / 1000
      tell('summary', {
        ...counts,
        seconds: rounded(seconds),
        imagesPerSecond: rounded(counts.done / seconds),
        last: isLast,
      })
    },
  }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
