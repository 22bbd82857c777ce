import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isoscopeCommand, median, ROUNDS, squashfsOffset } from './measure.js'

/**
 * @typedef {object} Cost what a command takes
 * @property {number} wall seconds
 * @property {number} cpu seconds of all its processes
 * @property {number} read bytes that it asked the system for
 */

/**
 * Runs commands one after the other on one core, and reads from the system what they took together. What several cores do
 * follows, because no image waits for another one.
 * @param {readonly (readonly string[])[]} commands
 * @param {string} workspace
 * @returns {Cost}
 */
function costOf(commands, workspace) {
  const told = join(workspace, 'told')
  const quoted = commands.map((words) => words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' '))
  const script = `set -e\n${quoted.join('\n')}\ntimes >'${told}.times'\ncat /proc/$$/io >'${told}.io'`
  const start = performance.now()
  const { status, stderr } = spawnSync('taskset', ['-c', '0', 'bash', '-c', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 30,
  })
  if (status !== 0) throw new Error(stderr.toString())
  const wall = (performance.now() - start) / 1000
  // The second line is that of the children: "0m1.234s 0m0.567s".
  const [, children = ''] = readFileSync(`${told}.times`, 'utf8').split('\n')
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0)
  const read = Number(/^rchar: (\d+)$/m.exec(readFileSync(`${told}.io`, 'utf8'))?.[1])
  return { wall, cpu, read }
}

/** @param {readonly Cost[]} costs @param {keyof Cost} what */
const middle = (costs, what) => median(costs.map((cost) => cost[what]))

/** @param {string} folder @returns {number} the bytes of all files in it */
function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  )
}

/**
 * npm run bench fleet IMAGE ...: what images of a list take on one core, against unsquashfs on the same list.
 * @param {readonly string[]} images
 */
export function benchFleet(images) {
  const workspace = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'isoscope-fleet-'))
  const [results, unpacked] = [join(workspace, 'results'), join(workspace, 'unpacked')]
  try {
    const ours = (/** @type {string[]} */ ...words) => [isoscopeCommand(...images, '--output-dir', results, ...words)]
    const places = images.map((image) => /** @type {const} */ ([image, String(squashfsOffset(image))]))
    const sides = {
      'sizes and declared references': ours('--jobs', '1'),
      'the same as Parquet': ours('--jobs', '1', '-f', 'parquet'),
      'references by a scan': ours('--jobs', '1', '--references', 'scan'),
      'unsquashfs -lln': places.map(([image, offset]) => ['unsquashfs', '-lln', '-o', offset, image]),
      'unsquashfs -d': places.flatMap(([image, offset]) => [
        ['unsquashfs', '-q', '-n', '-p', '1', '-o', offset, '-d', unpacked, image],
        ['rm', '-rf', unpacked],
      ]),
      'node starts': [isoscopeCommand('version')],
    }
    const costs = Object.entries(sides).map(([name, commands]) => {
      const times = /** @type {Cost[]} */ ([])
      let out = 0
      for (let round = 0; round <= ROUNDS; round += 1) {
        rmSync(results, { recursive: true, force: true })
        const cost = costOf(commands, workspace)
        // The first one brings the images into memory.
        if (round > 0) times.push(cost)
        if (existsSync(results)) out = bytesIn(results)
      }
      return { name, out, wall: middle(times, 'wall'), cpu: middle(times, 'cpu'), read: middle(times, 'read') }
    })
    const list = costs.find(({ name }) => name === 'unsquashfs -lln')
    const unpack = costs.find(({ name }) => name === 'unsquashfs -d')
    const size = images.reduce((sum, image) => sum + statSync(image).size, 0)
    console.log(`${images.length} images, ${size} bytes: ${images.map((image) => basename(image)).join(', ')}`)
    console.log(`one core, medians of ${ROUNDS} rounds, for each image; node ${process.version}`)
    console.log('                                  CPU s  images/s  MB read    KB out  CPU to -lln   CPU to -d')
    for (const { name, out, cpu, read } of costs) {
      const each = images.length
      const columns = [
        (cpu / each).toFixed(2).padStart(8),
        (each / cpu).toFixed(2).padStart(10),
        (read / each / 1e6).toFixed(1).padStart(9),
        (out / each / 1e3).toFixed(0).padStart(10),
        (cpu / (list?.cpu ?? Number.NaN)).toFixed(2).padStart(13),
        (cpu / (unpack?.cpu ?? Number.NaN)).toFixed(2).padStart(12),
      ]
      console.log(`  ${name.padEnd(30)}${columns.join('')}`)
    }
  } finally {
    rmSync(workspace, { recursive: true })
  }
}
