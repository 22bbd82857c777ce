import { parentPort, workerData } from 'node:worker_threads'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { ReferenceScanner } from '../owners/nix/reference-scanner.ts'
import { type CompareJob, type CompareJobResult, compareJobRunner } from './compare-job.ts'
import { type ScanJob, type ScanJobResult, scanJobRunner } from './scan-job.ts'

/** The task of a worker: it looks for hashes in a file, or compares the contents of two files. */
export type WorkerStart =
  | { readonly file: string; readonly name: string; readonly hashes: readonly string[] }
  | { readonly old: string; readonly new: string }

// The protocol: each message is a job, and the answer is its result.
const run = jobsOf(workerData as WorkerStart)
parentPort!.on('message', (job: ScanJob & CompareJob) => {
  parentPort!.postMessage(run(job))
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
