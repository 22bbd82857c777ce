// node scripts/fleet-trial.js [COUNT]: many images through a queue and through GNU parallel, while we kill what reads them.
// It needs redis-server and parallel. test/agreement/fleet.test.ts does the same with fewer images.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BIN = join(ROOT, 'bin/isoscope.js')
const QUEUE = 'fleet'
const WORKERS = 4

/**
 * Images, and in each of them a word of a file that is stored as it is. Another word makes another image, which is as valid.
 * @type {readonly (readonly [string, string])[]}
 */
const ORIGINALS = [
  ['joliet.iso', 'kasi jope'],
  ['mini-slim.iso', 'DEFAULT'],
  ['rockridge.iso', 'kasi jope'],
  ['plain.iso', 'kasi jope'],
  ['mini.iso', 'DEFAULT'],
]

/**
 * Writes images of which no two have the same contents.
 * @param {string} folder
 * @param {number} count
 * @returns {readonly string[]} their paths
 */
export function writeVariants(folder, count) {
  const originals = ORIGINALS.map(([name, word]) => {
    const bytes = readFileSync(join(ROOT, 'fixtures/images', name))
    return { name, bytes, at: bytes.indexOf(word) }
  })
  return Array.from({ length: count }, (_, number) => {
    const { name, bytes, at } = /** @type {typeof originals[0]} */ (originals[number % originals.length])
    bytes.write(String(number).padStart(7, '0'), at, 'latin1')
    const path = join(folder, `${number}-${name}`)
    writeFileSync(path, bytes)
    return path
  })
}

/**
 * An image that is cut short.
 * @param {string} folder
 */
export function writeBroken(folder) {
  const path = join(folder, 'broken.iso')
  writeFileSync(path, readFileSync(join(ROOT, 'fixtures/images/mini.iso')).subarray(0, 700_000))
  return path
}

/**
 * The bytes that the rows of each file in a directory of results add up to, by the path of its image.
 * @param {string} directory
 * @throws {Error} if two files are about one image
 */
export function sumsIn(directory) {
  const sums = /** @type {Map<string, number>} */ (new Map())
  for (const name of readdirSync(directory)) {
    if (!name.endsWith('.ndjson')) continue
    const rows = readFileSync(join(directory, name), 'utf8').trimEnd().split('\n')
    const parsed = rows.map((row) => /** @type {{ image: string, own: number }} */ (JSON.parse(row)))
    const [{ image } = { image: '' }] = parsed
    if (sums.has(image)) throw new Error(`${image} has two files`)
    sums.set(
      image,
      parsed.reduce((sum, { own }) => sum + own, 0),
    )
  }
  return sums
}

/**
 * What is wrong with a directory of results; nothing if each image is there once, and adds up.
 * @param {string} directory
 * @param {readonly string[]} images
 */
export function faultsIn(directory, images) {
  const sums = sumsIn(directory)
  const wrong = images.flatMap((image) => {
    const [sum, { size }] = [sums.get(image), statSync(image)]
    sums.delete(image)
    return sum === size ? [] : [`${image}: ${sum === undefined ? 'lost' : `adds up to ${sum} of ${size}`}`]
  })
  return [...wrong, ...[...sums.keys()].map((image) => `${image}: is none of ours`)]
}

/**
 * Sends images through a queue with four workers, kills two of them, and starts Redis again.
 * @param {string} folder a folder of its own
 * @param {readonly string[]} images
 */
export async function queueTrial(folder, images) {
  const socket = join(folder, 'redis.sock')
  let redis = await startRedis(folder, socket)
  const connection = new Redis(socket, { maxRetriesPerRequest: null, retryStrategy: () => 100 })
  connection.on('error', () => {})
  const queue = new Queue(QUEUE, { connection })
  queue.on('error', () => {})
  const started = performance.now()
  const workers = /** @type {import('node:child_process').ChildProcess[]} */ ([])
  try {
    const list = join(folder, 'images.txt')
    writeFileSync(list, images.join('\n'))
    const submit = () => isoscope(['submit', '--redis', socket, '--queue', QUEUE, '--files-from', list]).trim()
    const submitted = [submit(), submit()]
    const args = ['--redis', socket, '--queue', QUEUE, '--output-dir', join(folder, 'results'), '--summary-every', '1']
    let [stdout, stderr] = ['', '']
    for (let count = 0; count < WORKERS; count += 1) {
      const worker = spawn(process.execPath, [BIN, 'worker', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
      worker.stdout.on('data', (piece) => {
        stdout += piece
      })
      worker.stderr.on('data', (piece) => {
        stderr += piece
      })
      workers.push(worker)
    }
    /** @param {number} from @param {number} to @param {() => Promise<void>} act at some point between these parts of all */
    const between = async (from, to, act) => {
      const at = Math.floor(images.length * (from + Math.random() * (to - from)))
      while ((await queue.getCompletedCount()) < at) await pause(20)
      await pause(Math.random() * 100)
      await act()
    }
    const kill = async () => {
      const [victim] = workers.splice(Math.floor(Math.random() * workers.length), 1)
      victim?.kill('SIGKILL')
    }
    await between(0.05, 0.3, kill)
    await between(0.35, 0.5, async () => {
      redis.kill()
      await once(redis, 'exit')
      await pause(500)
      redis = await startRedis(folder, socket)
    })
    await between(0.55, 0.8, kill)
    const left = async () => {
      const { waiting = 0, active = 0, delayed = 0 } = await queue.getJobCounts('waiting', 'active', 'delayed')
      return waiting + active + delayed
    }
    while ((await left()) > 0) await pause(100)
    const seconds = (performance.now() - started) / 1000
    for (const worker of workers) worker.kill()
    const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0]))
    const [completed, failed] = [await queue.getCompleted(), await queue.getFailed()]
    return {
      submitted,
      seconds,
      codes,
      stdout,
      stderr,
      results: completed.map((job) => job.returnvalue),
      failures: failed.map((job) => ({ image: job.data.image, reason: job.failedReason, attempts: job.attemptsMade })),
      /** Jobs that another worker took over. */
      takenOver: [...completed, ...failed].filter((job) => job.stalledCounter > 0).length,
    }
  } finally {
    for (const worker of workers) worker.kill('SIGKILL')
    await queue.close()
    connection.disconnect()
    redis.kill('SIGKILL')
  }
}

/**
 * Gives images to GNU parallel, ends it with all that it runs, and has it go on.
 * @param {string} folder a folder of its own
 * @param {readonly string[]} images
 */
export async function parallelTrial(folder, images) {
  const [results, log, list] = ['results', 'jobs.log', 'images.txt'].map((name) => join(folder, name))
  const started = performance.now()
  writeFileSync(list, images.join('\n'))
  const command = `'${process.execPath}' '${BIN}' {} --output-dir '${results}' --resume`
  const args = ['-j', '4', '-n', '4', '--joblog', log, '--resume-failed', '-a', list, command]
  for (const part of [0.1, 0.5]) {
    const run = spawn('parallel', args, { stdio: 'ignore', detached: true })
    while (doneIn(results) < images.length * (part + Math.random() * 0.2)) await pause(20)
    // The group has all processes of this run.
    process.kill(-Number(run.pid), 'SIGKILL')
    await once(run, 'exit')
  }
  const last = spawnSync('parallel', args, { encoding: 'utf8' })
  return { code: last.status, stderr: last.stderr, seconds: (performance.now() - started) / 1000 }
}

/** @param {string} directory */
function doneIn(directory) {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.ndjson')).length
  } catch {
    return 0
  }
}

/** @param {readonly string[]} args */
function isoscope(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/**
 * A Redis of our own, which keeps what it has when it is started again.
 * @param {string} folder
 * @param {string} socket
 */
export async function startRedis(folder, socket) {
  const args = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--appendonly', 'yes', '--save', '']
  const redis = spawn('redis-server', args, { stdio: 'ignore' })
  const client = new Redis(socket, { maxRetriesPerRequest: null, retryStrategy: () => 50 })
  client.on('error', () => {})
  await client.ping()
  client.disconnect()
  return redis
}

/** @param {number} count */
async function trial(count) {
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-fleet-'))
  try {
    const images = writeVariants(folder, count)
    const broken = writeBroken(folder)
    const bytes = images.reduce((sum, image) => sum + statSync(image).size, 0)
    console.log(`${count} images, ${bytes} bytes, and one that is cut short; node ${process.version}`)
    const [queued, parallel] = ['queue', 'parallel'].map((name) => join(folder, name))
    for (const directory of [queued, parallel]) mkdirSync(String(directory))
    const queue = await queueTrial(String(queued), [...images, broken])
    const faults = faultsIn(join(String(queued), 'results'), images)
    console.log(`queue: ${queue.seconds.toFixed(1)} s with ${WORKERS} workers, of which two were killed`)
    console.log(`  ${queue.takenOver} jobs taken over; faults: ${faults.join('; ') || 'none'}`)
    for (const { image, reason, attempts } of queue.failures) {
      console.log(`  failed after ${attempts}: ${reason.replace(image, basename(image))}`)
    }
    const other = await parallelTrial(String(parallel), [...images, broken])
    const otherFaults = faultsIn(join(String(parallel), 'results'), images)
    console.log(
      `parallel: ${other.seconds.toFixed(1)} s, of three runs of which two were killed; ends with ${other.code}`,
    )
    console.log(`  faults: ${otherFaults.join('; ') || 'none'}`)
    if (faults.length + otherFaults.length > 0) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // What a user may have set for Node would count as ours.
  for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS']) delete process.env[name]
  await trial(Number(process.argv[2] ?? 500))
}
