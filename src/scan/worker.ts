import { parentPort } from 'node:worker_threads'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { ReferenceScanner } from '../owners/nix/reference-scanner.ts'
import { clock } from '../platform/timeline.ts'
import { type CompareJob, type CompareJobResult, compareJobRunner } from './compare-job.ts'
import { type ScanJob, type ScanJobResult, scanJobRunner } from './scan-job.ts'

/** The task of a worker: it looks for hashes in a file, or compares the contents of two files. */
export type WorkerStart =
  | { readonly file: string; readonly name: string; readonly hashes: readonly string[] }
  | { readonly old: string; readonly new: string }

/** The result of a job, and when the thread worked at it: `clock` says. */
export interface WorkerAnswer<Result> {
  readonly result: Result
  readonly start: number
  readonly end: number
}

// The protocol: the first message is the task, each other one a job of it, and the answer its result.
let run: ((job: ScanJob & CompareJob) => ScanJobResult | CompareJobResult) | undefined
parentPort!.on('message', (message: WorkerStart | (ScanJob & CompareJob)) => {
  if (run === undefined) {
    run = jobsOf(message as WorkerStart)
    return
  }
  const start = clock()
  const result = run(message as ScanJob & CompareJob)
  parentPort!.postMessage({ result, start, end: clock() })
})

function jobsOf(start: WorkerStart): (job: ScanJob & CompareJob) => ScanJobResult | CompareJobResult {
  if ('hashes' in start) {
    const source = fileSource(start.file, start.name)
    const scan = scanJobRunner(new ReferenceScanner(start.hashes))
    return (job) => scan(job, source)
  }
  const [old, now] = [fileSource(start.old), fileSource(start.new)]
  const compare = compareJobRunner()
  return (job) => compare(job, old, now)
}
