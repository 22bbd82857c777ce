#!/usr/bin/env node
// npm run fuzz -- --seconds 60 [--target zstd] [--seed 1] [--corpus DIR] [--notes DIR]
//
// Mutates streams and watches what the decoders of dist/ do with them. A mutation that reaches new branches is kept and
// mutated further. The targets `wasm-...` compare each decoder in TypeScript with its twin in WebAssembly, of which we
// count no branches: any difference is a finding, but for those in verdicts.js. The target `image` does the same with whole images and every operation on an image. `--target` may
// be given several times. `--corpus` keeps the inputs that reached far for the next run. `--notes` keeps inputs that
// either our decoder or its reference accepts and the other refuses; a person has to judge those.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { instrumentedDecoder, instrumentedImages } from './instrument.js'
import { installed, libraries, references } from './references.js'
import { images, limitsOf, targets } from './targets.js'

/** @typedef {import('./targets.js').Target} Target */
/** @typedef {{ bytes: Uint8Array, content: Uint8Array | undefined }} Seed */
/**
 * What a worker gets. `control`: executions, length and room of the current one, whether we ask a reference, stop;
 * `images`: the folder of whole images.
 * @typedef {{ target: string, module: string, counters: number, seed: number, seeds: Seed[], control: Int32Array, current: Uint8Array, hasReference: boolean, pipes: { questions: string, answers: string } | undefined, notes: boolean, keepCorpus: boolean, images: string, format: string | undefined }} Job
 */
/** @typedef {{ executions: number, accepted: number, asked: number, laxer: number, stricter: number, branches: number, corpus: number }} Summary */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FIXTURES = join(ROOT, 'fixtures/codecs')
/** CPU time, because a busy machine does not stretch it. No execution takes a tenth of this. */
const DEADLINE_MILLISECONDS = 5000
/**
 * Wall time, for waits that take no CPU time of ours: a thread that starts, or a reference, which has its own limit.
 */
const PATIENCE_MILLISECONDS = 120_000
const POLL_MILLISECONDS = 100
const MEMORY_MIB = 512

const print = (/** @type {string} */ line) => process.stdout.write(`${line}\n`)

/** @param {string} folder */
function filesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort()
  } catch {
    return []
  }
}

/** @param {Target} target @param {string | undefined} corpus @returns {Seed[]} */
function seedsOf(target, corpus) {
  const folder = join(FIXTURES, 'seeds', target.seeds ?? target.name)
  const seeds = filesOf(folder).map((name) => ({
    bytes: new Uint8Array(readFileSync(join(folder, name))),
    content: new Uint8Array(readFileSync(join(FIXTURES, 'contents', name.split('.')[0] ?? ''))),
  }))
  const kept = corpus === undefined ? '' : join(corpus, target.name)
  const more = corpus === undefined ? [] : filesOf(kept)
  return [
    ...seeds,
    ...more.map((name) => ({ bytes: new Uint8Array(readFileSync(join(kept, name))), content: undefined })),
  ]
}

/** @param {Uint8Array} bytes */
const nameOf = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 8)

/** @param {string} folder @param {string} name @param {Uint8Array} bytes */
function save(folder, name, bytes) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), bytes)
  return join(folder, name)
}

/**
 * Starts the C library as a process that answers.
 * @param {string} name
 * @param {string | undefined} native the program, where it could be made
 */
function startLibrary(name, native) {
  if (native === undefined || !libraries.has(name)) return undefined
  const pipes = { questions: `${native}-questions`, answers: `${native}-answers` }
  for (const path of Object.values(pipes)) {
    rmSync(path, { force: true })
    if (spawnSync('mkfifo', [path]).status !== 0) return undefined
  }
  const child = spawn(native, ['answer', name, pipes.questions, pipes.answers], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return { pipes, child }
}

/** Compiles native.c, if there is a compiler. @param {string} folder */
function makeNative(folder) {
  const native = join(folder, 'native')
  const source = fileURLToPath(new URL('../bench/native.c', import.meta.url))
  return spawnSync('cc', ['-O2', '-o', native, source, '-ldl']).status === 0 ? native : undefined
}

/**
 * Fuzzes one target, and returns the number of findings.
 * @param {Target} target
 * @param {string} module
 * @param {{ counters: number, branches: number }} made
 * @param {{ seconds: number, seed: number, native: string | undefined, corpus: string | undefined, notes: string | undefined, format: string | undefined }} options
 */
async function fuzz(target, module, { counters, branches }, options) {
  const reference = target.twin === undefined ? references[target.name] : undefined
  const job = {
    ...{ target: target.name, module: pathToFileURL(module).href, counters, seed: options.seed },
    seeds: seedsOf(target, options.corpus),
    control: new Int32Array(new SharedArrayBuffer(5 * 4)),
    current: new Uint8Array(new SharedArrayBuffer(limitsOf(target).input)),
    hasReference: reference !== undefined && (reference.tool === undefined || installed(reference.tool)),
    pipes: undefined,
    notes: options.notes !== undefined,
    keepCorpus: options.corpus !== undefined,
    images: join(ROOT, 'fixtures/images'),
    format: options.format,
  }
  const totals = { executions: 0, accepted: 0, asked: 0, laxer: 0, stricter: 0, branches: 0, corpus: 0 }
  let findings = 0
  const finding = (
    /** @type {string} */ kind,
    /** @type {string} */ text,
    /** @type {Uint8Array} */ bytes,
    /** @type {number} */ room,
  ) => {
    findings += 1
    const path =
      target === images
        ? save(join(ROOT, 'fixtures/failures'), `found-${nameOf(bytes)}.img`, bytes)
        : save(join(FIXTURES, 'findings'), `${target.name}-${nameOf(bytes)}.${room}.bin`, bytes)
    print(`  FINDING ${target.name}: ${kind}: ${text}\n    ${path}, ${bytes.length} bytes, room for ${room}`)
  }
  const start = performance.now()
  const end = start + options.seconds * 1000
  let restarts = 0
  while (performance.now() < end) {
    const asked = startLibrary(target.name, options.native)
    const seed = options.seed + 1000 * restarts
    const hung = await watch({ ...job, seed, pipes: asked?.pipes }, end, totals, finding, options)
    asked?.child.kill()
    restarts += 1
    if (!hung) break
  }
  const seconds = (performance.now() - start) / 1000
  const asked =
    job.hasReference || target.twin !== undefined
      ? `; ${totals.asked} compared with the reference: ${totals.laxer} only ours accepts, ${totals.stricter} only it accepts`
      : '; no reference here'
  print(
    `${target.name}: ${totals.executions} executions, ${Math.round(totals.executions / seconds)} a second; ${totals.accepted} accepted`,
  )
  print(`  ${totals.branches} of ${branches} branches, ${totals.corpus} inputs kept${asked}; ${findings} findings`)
  return findings
}

/**
 * Runs a worker until it ends, hangs or dies; true if it hung or died.
 * @param {Job} job
 * @param {number} end
 * @param {Summary} totals
 * @param {(kind: string, text: string, bytes: Uint8Array, room: number) => void} finding
 * @param {{ corpus: string | undefined, notes: string | undefined }} options
 * @returns {Promise<boolean>}
 */
function watch(job, end, totals, finding, options) {
  return new Promise((done, failed) => {
    for (let index = 0; index < 5; index += 1) Atomics.store(job.control, index, 0)
    const worker = new Worker(new URL(job.target === images.name ? job.module : 'worker.js', import.meta.url), {
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
    })
    const before = { ...totals }
    let execution = -1
    let since = performance.now()
    let cpu = process.cpuUsage()
    const current = () => Uint8Array.from(job.current.subarray(0, Atomics.load(job.control, 1)))
    const room = () => Atomics.load(job.control, 2)
    const finish = (/** @type {boolean} */ hung) => {
      clearInterval(timer)
      totals.executions = Math.max(totals.executions, before.executions + Atomics.load(job.control, 0))
      worker.terminate().then(() => done(hung), failed)
    }
    const timer = setInterval(() => {
      const now = performance.now()
      if (now > end) Atomics.store(job.control, 4, 1)
      const counted = Atomics.load(job.control, 0)
      if (counted !== execution) {
        execution = counted
        since = now
        cpu = process.cpuUsage()
        return
      }
      const { user, system } = process.cpuUsage(cpu)
      const works = counted > 0 && Atomics.load(job.control, 3) === 0
      const hangs = works && (user + system) / 1000 > DEADLINE_MILLISECONDS
      if (!hangs && now - since < PATIENCE_MILLISECONDS) return
      if (!works) {
        clearInterval(timer)
        worker
          .terminate()
          .then(
            () =>
              failed(new Error(`${job.target}: ${counted === 0 ? 'does not start' : 'the reference does not answer'}`)),
            failed,
          )
        return
      }
      finding('hang', `no end after ${DEADLINE_MILLISECONDS} ms of CPU time`, current(), room())
      finish(true)
    }, POLL_MILLISECONDS)
    worker.on('message', (message) => {
      if (message.type === 'finding') finding(message.kind, message.text, message.bytes, message.room)
      else if (message.type === 'note' && options.notes !== undefined) {
        const name = `${message.note}-${message.code}-${nameOf(message.bytes)}.${message.room}.bin`
        save(join(options.notes, job.target), name, message.bytes)
      } else if (message.type === 'corpus' && options.corpus !== undefined) {
        for (const { bytes } of message.entries) save(join(options.corpus, job.target), nameOf(bytes), bytes)
      } else if (message.type === 'summary') {
        for (const name of /** @type {const} */ (['executions', 'accepted', 'asked', 'laxer', 'stricter'])) {
          totals[name] = before[name] + message[name]
        }
        totals.branches = Math.max(totals.branches, message.branches)
        totals.corpus = message.corpus
        if (message.done) finish(false)
      }
    })
    worker.on('error', (error) => {
      if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
        finding('memory', `more than ${MEMORY_MIB} MiB`, current(), room())
        finish(true)
        return
      }
      clearInterval(timer)
      failed(error)
    })
  })
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    target: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
    corpus: { type: 'string' },
    notes: { type: 'string' },
    format: { type: 'string' },
  },
})
const unknown = values.target.filter((name) => !targets.some((target) => target.name === name))
const seconds = Number(values.seconds)
const seed = Number(values.seed)
if (unknown.length > 0 || !(seconds > 0) || !Number.isInteger(seed)) {
  process.stderr.write(
    `usage: npm run fuzz -- --seconds N [--target ${targets.map(({ name }) => name).join('|')}] [--seed N] [--format NAME]\n`,
  )
  process.exit(2)
}
const wanted = targets.filter(({ name }) => values.target.length === 0 || values.target.includes(name))
const folder = mkdtempSync(join(tmpdir(), 'isoscope-fuzz-'))
let findings = 0
try {
  const made = makeNative(folder)
  for (const target of wanted) {
    const native = made !== undefined && spawnSync(made, ['version', target.name]).status === 0 ? made : undefined
    const { code, counters, branches } = await (target === images
      ? instrumentedImages(ROOT)
      : instrumentedDecoder(join(ROOT, 'dist/parsers/'), target))
    const file = save(folder, `${target.name}.mjs`, Buffer.from(code))
    const options = {
      seconds: seconds / wanted.length,
      seed,
      native,
      corpus: values.corpus,
      notes: values.notes,
      format: values.format,
    }
    findings += await fuzz(target, file, { counters, branches }, options)
  }
} finally {
  rmSync(folder, { recursive: true })
}
process.exitCode = findings > 0 ? 1 : 0
