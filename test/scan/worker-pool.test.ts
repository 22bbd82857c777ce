import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { ReferenceScanner } from '../../src/owners/nix/reference-scanner.ts'
import { startThread } from '../../src/platform/node/threads.ts'
import { type ScanJob, type ScanJobResult, scanJobRunner } from '../../src/scan/scan-job.ts'
import type { WorkerStart } from '../../src/scan/worker.ts'
import { WorkerPool } from '../../src/scan/worker-pool.ts'

const HASH = '0123456789abcdfghijklmnpqrsvwxyz'
const JOBS = 40
const THREADS = 3
const LENGTH = 4096
/** What the build makes of src/scan/worker.ts. */
const BUILT = new URL('../../dist/src/scan/worker.js', import.meta.url)

describe('threads', () => {
  let folder = ''
  let file = ''
  /** Job `n` is a stored block, with the hash at byte `n`. */
  const jobs: ScanJob[] = Array.from({ length: JOBS }, (_, number) => ({
    blocks: [
      {
        offset: number * LENGTH,
        storedLength: LENGTH,
        unpackedLimit: LENGTH,
        codec: 'stored',
        pieces: [{ id: number, skip: 0, length: LENGTH }],
      },
    ],
  }))

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'isoscope-pool-'))
    file = join(folder, 'content')
    const content = Buffer.alloc(JOBS * LENGTH, '.')
    for (let number = 0; number < JOBS; number += 1) content.write(HASH, number * LENGTH + number)
    writeFileSync(file, content)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** A worker's script, from its text. */
  const script = (name: string, text: string): URL => {
    writeFileSync(join(folder, name), text)
    return pathToFileURL(join(folder, name))
  }

  /** Runs all jobs, and tells how many of them in this thread. */
  const runAll = async (
    pool: WorkerPool<ScanJob, ScanJobResult>,
    start: WorkerStart = { file, name: file, hashes: [HASH] },
  ): Promise<{ here: number }> => {
    const source = fileSource(file)
    const scanner = new ReferenceScanner([HASH])
    const run = scanJobRunner(scanner)
    const results = new Map<ScanJob, ScanJobResult>()
    let here = 0
    const runHere = (job: ScanJob): ScanJobResult => {
      here += 1
      return run(job, source)
    }
    await pool.run(
      () => start,
      jobs,
      jobs.length,
      runHere,
      (job, result) => {
        expect(results.has(job)).toBe(false)
        results.set(job, result)
      },
    )
    source.close()
    expect(jobs.map((job) => [...results.get(job)!.found])).toEqual(jobs.map((_, number) => [number, 0, number]))
    return { here }
  }

  it('run jobs beside this one', async () => {
    const pool = new WorkerPool<ScanJob, ScanJobResult>(2, () => startThread(BUILT))
    // As a plan takes time to make.
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect((await runAll(pool)).here).toBeLessThan(JOBS)
  })

  it('run none where they have nothing to do', async () => {
    const pool = new WorkerPool<ScanJob, ScanJobResult>(2, () => startThread(BUILT))
    await pool.run(
      () => ({ file, name: file, hashes: [HASH] }),
      [],
      0,
      () => expect.unreachable(),
      expect.unreachable,
    )
  })

  /** A worker that does its work until its third result is due. */
  const dying = (end: string) => ({
    start: { file, name: file, hashes: [HASH] },
    worker: script(
      'dying.mjs',
      `import { parentPort } from 'node:worker_threads'
       const send = parentPort.postMessage.bind(parentPort)
       let results = 0
       parentPort.postMessage = (result) => {
         results += 1
         if (results === 3) ${end}
         send(result)
       }
       await import(${JSON.stringify(BUILT.href)})`,
    ),
    results: 2,
  })

  it.each([
    [
      'cannot open the file',
      () => ({ start: { file: join(folder, 'none'), name: 'none', hashes: [HASH] }, worker: BUILT, results: 0 }),
    ],
    ['cannot begin', () => ({ start: { file, name: file, hashes: ['too short'] }, worker: BUILT, results: 0 })],
    [
      'have no script',
      () => ({
        start: { file, name: file, hashes: [HASH] },
        worker: pathToFileURL(join(folder, 'none.js')),
        results: 0,
      }),
    ],
    ['throw in their third job', () => dying(`throw new Error('the third')`)],
    ['exit in their third job', () => dying('process.exit(1)')],
  ])('that %s leave their jobs to this one', async (_, given) => {
    const { start, worker, results } = given()
    const early = new WorkerPool<ScanJob, ScanJobResult>(THREADS, () => startThread(worker))
    // Those that cannot begin have ended before there is a job, and the others are ready for one.
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect((await runAll(early, start)).here).toBe(JOBS - THREADS * results)
    expect(
      (await runAll(new WorkerPool<ScanJob, ScanJobResult>(THREADS, () => startThread(worker)), start)).here,
    ).toBeGreaterThanOrEqual(JOBS - THREADS * results)
  })

  it('that throw let a mistake be seen in this one', async () => {
    const broken = [{ blocks: undefined }] as unknown as ScanJob[]
    const pool = new WorkerPool<ScanJob, ScanJobResult>(1, () => startThread(BUILT))
    const runHere = (job: ScanJob): ScanJobResult => scanJobRunner(new ReferenceScanner([HASH]))(job, fileSource(file))
    await expect(
      pool.run(
        () => ({ file, name: file, hashes: [HASH] }),
        broken,
        broken.length,
        runHere,
        () => {},
      ),
    ).rejects.toThrow(TypeError)
  })
})
