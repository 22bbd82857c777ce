import { parentPort, workerData } from 'node:worker_threads'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { blockDecompressor } from '../image/node-decoders.ts'
import { ReferenceScanner } from '../store/reference-scanner.ts'
import { runScanJob, ScanBuffers, type ScanJob } from './scan-job.ts'

/** What a worker is started with. */
export interface WorkerStart {
  readonly file: string
  readonly hashes: readonly string[]
}

// The protocol: a job comes, its result goes back.
const { file, hashes } = workerData as WorkerStart
const source = fileSource(file)
const scanner = new ReferenceScanner(hashes)
const buffers = new ScanBuffers()
const decompress = blockDecompressor()
parentPort!.on('message', (job: ScanJob) => {
  parentPort!.postMessage(runScanJob(job, source, decompress, scanner, buffers))
})
