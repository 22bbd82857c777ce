import { threadSource } from '#platform/thread-file'
import { answerMessages } from '#platform/thread-messages'
import { ReferenceScanner } from '../owners/nix/reference-scanner.ts'
import type { ThreadFile } from '../platform/shared-file.ts'
import { clock } from '../platform/timeline.ts'
import { type CompareJob, type CompareJobResult, compareJobRunner } from './compare-job.ts'
import { readJobAhead } from './place-order.ts'
import { type ReadJob, type ReadJobResult, readJobRunner } from './read-job.ts'
import { type ScanJob, type ScanJobResult, scanJobRunner } from './scan-job.ts'

/** The task of a worker: it looks for hashes in a file, reads contents in it, or compares the contents of two files. */
export type WorkerStart =
  | { readonly file: ThreadFile; readonly name: string; readonly hashes: readonly string[] }
  | { readonly contents: ThreadFile; readonly name: string; readonly hashes: readonly string[] }
  | {
      readonly old: ThreadFile
      readonly new: ThreadFile
      readonly names: { readonly old: string; readonly new: string }
    }

type AnyJob = ScanJob & ReadJob & CompareJob
type AnyResult = ScanJobResult | ReadJobResult | CompareJobResult

/** The result of a job, and when the thread worked at it: `clock` says. */
export interface WorkerAnswer<Result> {
  readonly result: Result
  readonly start: number
  readonly end: number
}

// The protocol: the first message is the task, each other one a job of it, and the answer its result.
let run: ((job: AnyJob) => AnyResult) | undefined
answerMessages((message): WorkerAnswer<AnyResult> | undefined => {
  if (run === undefined) {
    run = jobsOf(message as WorkerStart)
    return undefined
  }
  const start = clock()
  const result = run(message as AnyJob)
  return { result, start, end: clock() }
})

function jobsOf(start: WorkerStart): (job: AnyJob) => AnyResult {
  if ('old' in start) {
    const [old, now] = [threadSource(start.old, start.names.old), threadSource(start.new, start.names.new)]
    const compare = compareJobRunner()
    return (job) => compare(job, old, now)
  }
  const scanner = new ReferenceScanner(start.hashes)
  if ('contents' in start) {
    const source = threadSource(start.contents, start.name)
    const read = readJobRunner(scanner)
    return (job) => read(job, source)
  }
  const source = threadSource(start.file, start.name)
  const scan = scanJobRunner(scanner)
  return (job) => {
    readJobAhead(job, source)
    return scan(job, source)
  }
}
