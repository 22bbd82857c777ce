// The thread that fuzzes one target. run.js watches it from outside, and ends it if it does not return.
import { parentPort, workerData } from 'node:worker_threads'
import { Coverage, cpuMilliseconds, signature } from './coverage.js'
import { Executor } from './execute.js'
import { mutate } from './mutate.js'
import { Random } from './random.js'
import { library, references } from './references.js'
import { limitsOf, targets } from './targets.js'
import { difference } from './verdicts.js'
import { wasmOnly } from './wasm-only.js'

/** @typedef {import('./run.js').Job} Job */
/** @typedef {{ bytes: Uint8Array, room: number }} Entry */
/** @typedef {'broken rule' | 'slow' | 'depends on the output before' | 'depends on the call before' | 'other bytes than the reference' | 'differs from WebAssembly'} Kind */

const ROOMS = [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 100, 1000, 4096, 65_536, 262_144]
/** For our inputs, all decoders take far less. We measure three times before we report it. */
const SLOW_MILLISECONDS = 100
/** The largest share of the time that we spend on asking a reference. */
const REFERENCE_SHARE = 0.3
/** The same for starting tools. */
const SPAWN_SHARE = 0.1
/** How many bytes a stream decoder reads at a time, and how much of its output it may keep. */
const READ_AHEADS = [1, 13, 100, 1000, 262_144]
const WINDOW_LIMIT = 16 << 20
const REPORT_MILLISECONDS = 500
const SHRINK_ATTEMPTS = 2000

/** @type {Job} */
const job = workerData
const target = /** @type {import('./targets.js').Target} */ (targets.find(({ name }) => name === job.target))
const limits = limitsOf(target)
const { decompress: decoder, twin: named, FormatError, bytesSource, hits } = await import(job.module)
const codec = target.twin?.codec
const twin = codec === undefined ? named : undefined
const decompress = target.stream === true ? fromPieces : decoder
const { control, current } = job
const reference = references[target.name]
const askLibrary = job.pipes === undefined ? undefined : library(job.pipes.questions, job.pipes.answers)
const random = new Random(job.seed)
const executor = new Executor(decompress, FormatError, limits.input, limits.output)
const wasm =
  codec === undefined ? undefined : new Executor(wasmOnly(named[codec]()), FormatError, limits.input, limits.output)
const coverage = new Coverage(hits.subarray(0, job.counters))
/**
 * Inputs that the decoder accepts, and inputs that it refuses in a new way.
 * @type {{ accepted: Entry[], refused: Entry[] }}
 */
const corpus = { accepted: [], refused: [] }
/** @type {Set<string>} */
const reported = new Set()
let executions = 0
let accepted = 0
let asked = 0
let askedMilliseconds = 0
let spawnedMilliseconds = 0
let laxer = 0
let stricter = 0
/** The contents of the seeds. @type {Set<string>} */
const known = new Set()

/** A stream decoder with the interface of a block decoder. @type {(input: Uint8Array, output: Uint8Array) => number} */
function fromPieces(input, output) {
  const readAhead = READ_AHEADS[input.length % READ_AHEADS.length]
  let written = 0
  for (const piece of decoder(bytesSource(input, 'input'), { windowSize: WINDOW_LIMIT, readAhead })) {
    if (written + piece.length > output.length) {
      throw new FormatError('LIMIT', 'is longer than the room', { source: 'input', structure: 'stream', offset: 0 })
    }
    output.set(piece, written)
    written += piece.length
  }
  return written
}

/** The output of the twin, or of the library. @param {Entry} entry @returns {Uint8Array | undefined} */
function askAnother({ bytes, room }) {
  if (twin === undefined) return askLibrary?.(bytes, room)
  const output = new Uint8Array(room)
  try {
    return output.subarray(0, twin(bytes, output))
  } catch {
    return undefined
  }
}

/** @param {Entry} entry */
function announce({ bytes, room }) {
  current.set(bytes)
  Atomics.store(control, 1, bytes.length)
  Atomics.store(control, 2, room)
  Atomics.add(control, 0, 1)
}

/** @param {Entry} entry @param {number} [before] */
function run(entry, before) {
  announce(entry)
  executions += 1
  return executor.run(entry.bytes, entry.room, before)
}

/**
 * @param {Kind} kind
 * @param {string} text
 * @param {Entry} entry
 * @param {(entry: Entry) => boolean} [holds] whether it is the same finding
 */
function report(kind, text, entry, holds) {
  const key = `${kind} ${signature(text)}`
  if (reported.has(key)) return
  reported.add(key)
  const small = holds === undefined ? entry : shrink(entry, holds)
  parentPort?.postMessage({ type: 'finding', kind, text, bytes: small.bytes, room: small.room })
}

/** Removes pieces while the finding stays the same. @param {Entry} entry @param {(entry: Entry) => boolean} holds */
function shrink(entry, holds) {
  let { bytes } = entry
  let attempts = 0
  for (let size = bytes.length >> 1; size > 0; size >>= 1) {
    for (let start = 0; start + size <= bytes.length && attempts < SHRINK_ATTEMPTS; ) {
      const shorter = new Uint8Array(Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + size)]))
      attempts += 1
      if (holds({ bytes: shorter, room: entry.room })) bytes = shorter
      else start += size
    }
  }
  return { bytes, room: entry.room }
}

/** @param {Entry} entry @param {import('./execute.js').Outcome} outcome */
async function check(entry, outcome) {
  if (outcome.problem !== undefined) {
    const same = signature(outcome.problem)
    report('broken rule', outcome.problem, entry, (other) => signature(run(other).problem ?? '') === same)
  }
  if (outcome.milliseconds > SLOW_MILLISECONDS) {
    const times = []
    for (let time = 0; time < 3; time += 1) times.push(await cpuMilliseconds(() => run(entry)))
    const least = Math.min(...times)
    if (least > SLOW_MILLISECONDS) report('slow', `took ${least.toFixed(0)} ms`, entry)
  }
}

/**
 * Runs an input again on other memory, then one that is known to be good.
 * @param {Entry} entry
 * @param {import('./execute.js').Outcome} outcome
 * @param {{ bytes: Uint8Array, content: Uint8Array } | undefined} good
 */
function checkState(entry, outcome, good) {
  const first = Buffer.from(executor.written(outcome))
  const again = run(entry, 0xa5)
  if (again.written !== outcome.written || again.code !== outcome.code) {
    report(
      'depends on the call before',
      `${outcome.written} ${outcome.code}, then ${again.written} ${again.code}`,
      entry,
    )
  } else if (Buffer.compare(first, executor.written(again)) !== 0) {
    report('depends on the output before', `${outcome.written} bytes`, entry)
  }
  if (good === undefined) return
  run(entry)
  const after = run({ bytes: good.bytes, room: good.content.length })
  if (after.written !== good.content.length || Buffer.compare(executor.written(after), good.content) !== 0) {
    report(
      'depends on the call before',
      `a good stream gave ${after.written} ${after.code} ${after.problem ?? ''}`,
      entry,
    )
  }
}

/**
 * Asks the C library, and the tool too if they disagree: the tool takes more than one stream, and says why it refuses.
 * @param {Entry} entry @param {import('./execute.js').Outcome} outcome @param {Uint8Array} written
 */
function compare(entry, outcome, written) {
  const start = performance.now()
  Atomics.store(control, 3, 1)
  asked += 1
  let theirs = askAnother(entry)
  const agrees =
    theirs === undefined ? outcome.written < 0 : outcome.written >= 0 && Buffer.compare(theirs, written) === 0
  const maySpawn = reference !== undefined && job.hasReference && spawnedMilliseconds < SPAWN_SHARE * (start - begin)
  if (twin === undefined && (!agrees || askLibrary === undefined)) {
    if (maySpawn) {
      theirs = reference.reference(entry.bytes, Math.max(0, outcome.written))
      spawnedMilliseconds += performance.now() - start
    } else if (askLibrary === undefined || theirs === undefined) asked -= 1
  }
  Atomics.store(control, 3, 0)
  askedMilliseconds += performance.now() - start
  if (agrees || (!maySpawn && theirs === undefined && twin === undefined)) return
  if (outcome.written >= 0 && theirs === undefined) {
    laxer += 1
    note('laxer', entry, outcome)
  } else if (outcome.written >= 0 && theirs !== undefined && Buffer.compare(theirs, written) !== 0) {
    report('other bytes than the reference', `${outcome.written} bytes, the reference ${theirs.length}`, entry)
  } else if (
    theirs !== undefined &&
    theirs.length <= entry.room &&
    outcome.code !== 'UNSUPPORTED' &&
    outcome.written < 0
  ) {
    stricter += 1
    note('stricter', entry, outcome)
  }
}

/**
 * How the decoder in WebAssembly differs from the one in TypeScript.
 * @param {Executor} executorOfTwin @param {Entry} entry @param {import('./execute.js').Outcome} outcome
 */
function differenceOf(executorOfTwin, entry, outcome) {
  const other = executorOfTwin.run(entry.bytes, entry.room)
  if (other.problem !== undefined) return other.problem
  const verdict = difference(codec ?? '', outcome.code, other.code)
  if (verdict !== undefined) return verdict
  // What it computed is in the message: so they decoded the same.
  if (other.code === 'CHECKSUM' && other.message !== outcome.message) return 'another checksum'
  if (other.code !== 'none') return undefined
  const isSame = Buffer.compare(executorOfTwin.written(other), executor.written(outcome)) === 0
  return isSame ? undefined : `other bytes, ${other.written} and ${outcome.written}`
}

/** @param {Executor} executorOfTwin @param {Entry} entry @param {import('./execute.js').Outcome} outcome */
function compareWithWasm(executorOfTwin, entry, outcome) {
  asked += 1
  const found = differenceOf(executorOfTwin, entry, outcome)
  if (found === undefined) return
  const same = signature(found)
  report('differs from WebAssembly', found, entry, (smaller) => {
    return signature(differenceOf(executorOfTwin, smaller, run(smaller)) ?? '') === same
  })
}

/** @param {string} type @param {Entry} entry @param {import('./execute.js').Outcome} outcome */
function note(type, entry, outcome) {
  if (job.notes)
    parentPort?.postMessage({ type: 'note', note: type, code: outcome.code, bytes: entry.bytes, room: entry.room })
}

/** @param {Entry} entry @param {import('./execute.js').Outcome} outcome */
const keep = (entry, outcome) => corpus[outcome.written >= 0 ? 'accepted' : 'refused'].push(entry)

/**
 * Picks an input to mutate: usually an accepted one, because a refused one leads no further, and rather a newer one,
 * because it reached further.
 */
function pickParent() {
  const { accepted, refused } = corpus
  const entries = refused.length > 0 && (accepted.length === 0 || random.once(4)) ? refused : accepted
  return /** @type {Entry} */ (entries[Math.floor(entries.length * Math.sqrt(random.word() / 2 ** 32))])
}

/** @param {Entry} parent */
function roomFor(parent) {
  const choice = random.below(8)
  if (choice < 3) return parent.room
  if (choice < 5) return 2 * parent.room + 100
  if (choice === 5) return Math.max(0, parent.room + random.below(9) - 4)
  if (choice === 6) return random.pick(ROOMS)
  return random.below(2 * parent.room + 2)
}

function summary(done = false) {
  parentPort?.postMessage({
    type: 'summary',
    done,
    ...{
      executions,
      accepted,
      asked,
      laxer,
      stricter,
      branches: coverage.branches,
      corpus: corpus.accepted.length + corpus.refused.length,
    },
  })
}

const good = job.seeds.flatMap(({ bytes, content }) => (content && content.length > 0 ? [{ bytes, content }] : []))
for (const { bytes, content } of job.seeds) {
  const entry = { bytes, room: content?.length ?? 4096 }
  coverage.clear()
  const outcome = run(entry)
  coverage.isNew()
  await check(entry, outcome)
  if (wasm !== undefined) compareWithWasm(wasm, entry, outcome)
  if (content !== undefined && Buffer.compare(executor.written(outcome), content) !== 0) {
    report('broken rule', `a seed gives other bytes: ${outcome.written} ${outcome.code}`, entry)
  }
  if (content !== undefined) known.add(Buffer.from(content).toString('latin1'))
  keep(entry, outcome)
}
const begin = performance.now()
let reportAt = begin + REPORT_MILLISECONDS
while (Atomics.load(control, 4) === 0) {
  const parent = pickParent()
  const bytes = mutate(parent.bytes, pickParent().bytes, random, limits.input)
  if (target.repair !== undefined && random.once(2)) target.repair(bytes)
  const entry = { bytes, room: Math.min(limits.output, roomFor(parent)) }
  coverage.clear()
  const outcome = run(entry)
  const fresh = coverage.isNew()
  await check(entry, outcome)
  if (outcome.written >= 0) accepted += 1
  if (fresh) keep(entry, outcome)
  const written = executor.written(outcome)
  const now = performance.now()
  if (wasm !== undefined) compareWithWasm(wasm, entry, outcome)
  else if (askedMilliseconds < REFERENCE_SHARE * (now - begin)) {
    // Known contents are right, and asking the reference costs more than anything else here.
    if (outcome.written < 0 ? random.once(8) : !known.has(Buffer.from(written).toString('latin1'))) {
      compare(entry, outcome, written)
    }
  }
  if (fresh || random.once(8)) checkState(entry, outcome, random.once(2) ? random.pick(good) : undefined)
  if (now > reportAt) {
    reportAt = now + REPORT_MILLISECONDS
    summary()
  }
}
if (job.keepCorpus) parentPort?.postMessage({ type: 'corpus', entries: [...corpus.accepted, ...corpus.refused] })
summary(true)
