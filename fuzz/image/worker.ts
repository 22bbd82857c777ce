// The thread that fuzzes whole images. run.js watches it from outside, and ends it if it does not return.
import { parentPort, workerData } from 'node:worker_threads'
import { allocation, hits } from 'isoscope-fuzz-counters'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { formatOf } from '../../parsers/formats.ts'
import { Coverage, cpuMilliseconds, signature } from '../coverage.js'
import { Random } from '../random.js'
import { examine } from './examine.ts'
import { mutate } from './mutate.ts'
import { type Anatomy, anatomyOf } from './places.ts'
import { seedsFrom } from './seeds.ts'

/**
 * The job from run.js. `control` has: executions, length of the current image, room, whether we ask a reference, stop.
 */
interface Job {
  readonly seed: number
  readonly counters: number
  readonly control: Int32Array
  readonly current: Uint8Array
  readonly images: string
  /** The only format of the images that we begin with; undefined for all. */
  readonly format: string | undefined
}

interface Specimen {
  readonly bytes: Uint8Array
  anatomy?: Anatomy
}

/** CPU time for examining an image of some hundred KiB. We measure three times before we report it. */
const SLOW_MILLISECONDS = 1000
/** Elements of one typed array. A block of 1 MiB and a copy of the image are smaller. */
const LARGEST_ALLOCATION = 4 << 20
/** We mutate larger images only now and then, and do not keep the results. */
const LARGE = 256 << 10
const REPORT_MILLISECONDS = 500
const SHRINK_ATTEMPTS = 400

const job: Job = workerData
const { control, current } = job
const random = new Random(job.seed)
const coverage = new Coverage(hits.subarray(0, job.counters))
const corpus: Specimen[] = []
const reported = new Set<string>()
let executions = 0
let opened = 0
allocation.limit = LARGEST_ALLOCATION

/** Tells the watching thread which image we examine, and that the last one is done. */
function announce(bytes: Uint8Array): void {
  current.set(bytes)
  Atomics.store(control, 1, bytes.length)
  Atomics.add(control, 0, 1)
}

/** The problem of an image, or undefined. */
async function problemWith(bytes: Uint8Array): Promise<string | undefined> {
  announce(bytes)
  executions += 1
  try {
    const { refusal } = await examine(bytes)
    if (refusal === undefined) opened += 1
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) return String(error)
    // The function that threw identifies a finding: it is the same for all errors that it throws.
    const [, thrownBy = ''] = /at (?:async )?([\w.#<>]+)/.exec(error.stack ?? '') ?? []
    return error.name === 'BrokenRule' ? error.message : `threw ${error.name}: ${error.message} (${thrownBy})`
  }
}

async function reportFinding(
  kind: string,
  text: string,
  bytes: Uint8Array,
  isSame: (bytes: Uint8Array) => Promise<boolean>,
): Promise<void> {
  const key = `${kind} ${signature(text)}`
  if (reported.has(key)) return
  reported.add(key)
  parentPort?.postMessage({ type: 'finding', kind, text, bytes: await shrink(bytes, isSame), room: 0 })
}

/**
 * Shortens the image and zeroes parts of it while the finding stays the same. It moves nothing, because offsets must
 * stay valid.
 */
async function shrink(bytes: Uint8Array, isSame: (bytes: Uint8Array) => Promise<boolean>): Promise<Uint8Array> {
  let best = bytes
  let attempts = 0
  const attempt = async (smaller: Uint8Array): Promise<boolean> => {
    attempts += 1
    if (attempts > SHRINK_ATTEMPTS || !(await isSame(smaller))) return false
    best = smaller
    return true
  }
  for (let size = bytes.length >> 1; size >= 512; size >>= 1) {
    while (best.length > size && (await attempt(best.slice(0, best.length - size))));
  }
  for (let size = best.length >> 1; size >= 16; size >>= 1) {
    for (let start = 0; start < best.length && attempts <= SHRINK_ATTEMPTS; start += size) {
      if (best.subarray(start, start + size).every((byte) => byte === 0)) continue
      await attempt(Uint8Array.from(best).fill(0, start, start + size))
    }
  }
  return best
}

/** Whether an image has the format that the user asked for. */
function isWanted(name: string, bytes: Uint8Array): boolean {
  return job.format === undefined || formatOf(bytesSource(bytes, name))?.format.name === job.format
}

/** Runs one image; true if it reached new branches. */
async function check(bytes: Uint8Array): Promise<boolean> {
  coverage.clear()
  const start = performance.now()
  const problem = await problemWith(bytes)
  const milliseconds = performance.now() - start
  const fresh = coverage.isNew()
  if (problem !== undefined) {
    const same = signature(problem)
    await reportFinding(
      'broken rule',
      problem,
      bytes,
      async (other) => signature((await problemWith(other)) ?? '') === same,
    )
  }
  if (milliseconds < SLOW_MILLISECONDS) return fresh
  const times: number[] = []
  for (let time = 0; time < 3; time += 1) times.push(await cpuMilliseconds(() => problemWith(bytes)))
  const least = Math.min(...times)
  if (least > SLOW_MILLISECONDS) await reportFinding('slow', `took ${least.toFixed(0)} ms`, bytes, async () => false)
  return fresh
}

function summary(done = false): void {
  parentPort?.postMessage({
    type: 'summary',
    ...{
      done,
      executions,
      accepted: opened,
      asked: 0,
      laxer: 0,
      stricter: 0,
      branches: coverage.branches,
      corpus: corpus.length,
    },
  })
}

function anatomy(specimen: Specimen): Anatomy {
  specimen.anatomy ??= anatomyOf(specimen.bytes)
  return specimen.anatomy
}

/** Picks newer images more often, because they reached further. */
function pick(): Specimen {
  return corpus[Math.floor(corpus.length * Math.sqrt(random.word() / 2 ** 32))]!
}

/** Checks a seed without errors: we can read all of it, and repeated reads give the same result. */
async function checkSeed(name: string, bytes: Uint8Array, known: string | undefined): Promise<string> {
  announce(bytes)
  const { refusal, complete, warnings, paths, digest } = await examine(bytes)
  if (refusal !== undefined || !complete || paths.length === 0) {
    throw new Error(`the seed ${name} is not whole: ${[refusal, ...warnings].join('; ')}`)
  }
  if (known !== undefined && known !== digest) {
    await reportFinding('depends on the run before', `${name} is not what it was`, bytes, async () => false)
  }
  return digest
}

const seeds = seedsFrom(job.images).filter(({ name, bytes }) => isWanted(name, bytes))
if (seeds.length === 0) throw new Error(`no seed has the format ${job.format}`)
const digests = new Map<string, string>()
const large: Specimen[] = []
for (const { name, bytes } of seeds) {
  digests.set(name, await checkSeed(name, bytes, undefined))
  await check(bytes)
  if (bytes.length > LARGE) large.push({ bytes })
  else corpus.push({ bytes })
}
let reportAt = performance.now() + REPORT_MILLISECONDS
while (Atomics.load(control, 4) === 0) {
  const isLarge = large.length > 0 && random.once(64)
  const parent = isLarge ? random.pick(large) : pick()
  const other = pick()
  const subject = { anatomy: anatomy(parent), other: { bytes: other.bytes, anatomy: anatomy(other) }, random }
  const bytes = mutate(parent.bytes, subject, current.length)
  if ((await check(bytes)) && bytes.length <= LARGE) corpus.push({ bytes })
  if (random.once(500)) {
    const { name, bytes: good } = random.pick(seeds)
    await checkSeed(name, good, digests.get(name))
  }
  if (performance.now() > reportAt) {
    reportAt = performance.now() + REPORT_MILLISECONDS
    summary()
  }
}
summary(true)
