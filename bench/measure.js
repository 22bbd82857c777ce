// We run whole processes, both sides in turn, and take medians. Figures are ratios, because the speed of a machine says
// nothing about our program.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../bin/isoscope.js', import.meta.url))
export const ROUNDS = 5

/** @param {string[]} command @param {string} [input] */
export function run(command, input) {
  const start = performance.now()
  const [program, ...args] = command
  const { status, stderr, error } = spawnSync(program ?? '', args, {
    input,
    stdio: ['pipe', 'ignore', 'pipe'],
    maxBuffer: 1 << 30,
  })
  if (error || status !== 0) throw new Error(`${command.join(' ')}: ${error?.message ?? stderr}`)
  return performance.now() - start
}

/** Our command line with these arguments. @param {string[]} args */
export const isoscopeCommand = (...args) => [process.execPath, BIN, ...args]

export const isoscope = (/** @type {string[]} */ ...args) => run(isoscopeCommand(...args))

/** @param {number[]} values */
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/**
 * Runs our program and the peer in turn, and prints the ratio of the medians.
 * @param {string} title
 * @param {() => number} ours
 * @param {() => number} peer
 * @param {number} goal
 */
export function compare(title, ours, peer, goal) {
  ours()
  peer()
  const times = { ours: /** @type {number[]} */ ([]), peer: /** @type {number[]} */ ([]) }
  for (let round = 0; round < ROUNDS; round += 1) {
    times.ours.push(ours())
    times.peer.push(peer())
  }
  const ratio = median(times.ours) / median(times.peer)
  const spread = `${(Math.min(...times.ours) / median(times.peer)).toFixed(2)} to ${(Math.max(...times.ours) / median(times.peer)).toFixed(2)}`
  console.log(`${title.padEnd(58)} ${ratio.toFixed(2).padStart(6)}   goal ${goal.toFixed(2)}   (${spread})`)
}

/** The peak memory of our program for these arguments, in MB. @param {string[]} args */
function peakMemory(args) {
  const script = `process.on('exit', () => console.error(process.resourceUsage().maxRSS)); process.argv.splice(1, 0, ${JSON.stringify(BIN)}); await import(${JSON.stringify(BIN)})`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return Number(stderr.toString().trim().split('\n').at(-1)) / 1000
}

/** @param {string} title @param {string[]} args @param {number} goal */
export function printMemory(title, args, goal) {
  console.log(`${title.padEnd(58)} ${peakMemory(args).toFixed(0).padStart(6)}   goal ${goal} MB`)
}

/** The offset of the first squashfs in an ISO, from xorriso; 0 for a bare squashfs. @param {string} image */
export function squashfsOffset(image) {
  const { stdout } = spawnSync('xorriso', [
    '-indev',
    image,
    '-find',
    '/',
    '-name',
    '*.squashfs',
    '-exec',
    'report_lba',
    '--',
  ])
  const match = /File data lba:\s*\d+\s*,\s*(\d+)/.exec(stdout?.toString() ?? '')
  return match === null ? 0 : Number(match[1]) * 2048
}
