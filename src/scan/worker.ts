import { parentPort, workerData } from 'node:worker_threads'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { ReferenceScanner } from '../store/reference-scanner.ts'
import { type ScanJob, scanJobRunner } from './scan-job.ts'

/** What a worker is started with. */
export interface WorkerStart {
  readonly file: string
  /** What messages call the file. */
  readonly name: string
  readonly hashes: readonly string[]
}

// The protocol: a job comes, its result goes back.
const { file, name, hashes } = workerData as WorkerStart
const source = fileSource(file, name)
const run = scanJobRunner(new ReferenceScanner(hashes))
parentPort!.on('message', (job: ScanJob) => {
  parentPort!.postMessage(run(job, source))
})
