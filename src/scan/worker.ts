import { parentPort, workerData } from 'node:worker_threads'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { ReferenceScanner } from '../owners/nix/reference-scanner.ts'
import { type CompareJob, type CompareJobResult, compareJobRunner } from './compare-job.ts'
import { type ScanJob, type ScanJobResult, scanJobRunner } from './scan-job.ts'

/** What a worker is started with: to look for hashes in a file, or to compare contents of two. */
export type WorkerStart =
  | { readonly file: string; readonly name: string; readonly hashes: readonly string[] }
  | { readonly old: string; readonly new: string }

// The protocol: a job comes, its result goes back.
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
