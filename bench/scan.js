import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isoscopeCommand, median, ROUNDS, squashfsOffset } from './measure.js'

/** @typedef {{ wall: number, cpu: number, memory: number }} Usage seconds, and bytes at the peak */

const THREADS = '2'
/** Compressors by their number in the superblock, and our goal for the time of a scan, where `unsquashfs -d` is 1. */
const COMPRESSORS = [
  { name: 'none' },
  { name: 'gzip', goal: 0.65 },
  { name: 'lzma' },
  { name: 'lzo' },
  { name: 'xz', goal: 0.9 },
  { name: 'lz4', goal: 0.9 },
  { name: 'zstd', goal: process.versions.node.startsWith('20.') ? 1.2 : 0.9 },
]
const GOAL_WITH_RG = 0.75
const GOAL_PRECISE_SECONDS = 0.5
const HASH = /^[0-9abcdfghijklmnpqrsvwxyz]{32}(?=-)/

/**
 * The resources of a process and its children, from GNU time.
 * @param {readonly string[]} command
 * @param {string} workspace
 * @returns {Usage}
 */
export function usage(command, workspace) {
  const told = join(workspace, 'time')
  const cache = mkdtempSync(join(workspace, 'cache-'))
  const { status, stderr, error } = spawnSync('time', ['-f', '%e %U %S %M', '-o', told, ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // An empty cache.
    env: { ...process.env, XDG_CACHE_HOME: cache },
  })
  rmSync(cache, { recursive: true })
  if (error || status !== 0) throw new Error(`${command.join(' ')}: ${error?.message ?? stderr}`)
  const [wall = 0, user = 0, system = 0, memory = 0] = readFileSync(told, 'utf8').trim().split(' ').map(Number)
  return { wall, cpu: user + system, memory: memory * 1024 }
}

/** Compressor and block size of a squashfs. @param {string} image @param {number} offset */
function superblock(image, offset) {
  const bytes = Buffer.alloc(96)
  const file = openSync(image, 'r')
  readSync(file, bytes, 0, bytes.length, offset)
  closeSync(file)
  if (bytes.readUInt32LE(0) !== 0x73717368) throw new Error(`${image}: no squashfs at ${offset}`)
  const compressor = COMPRESSORS[bytes.readUInt16LE(20)]
  if (compressor === undefined) throw new Error(`${image}: an unknown compressor`)
  return { ...compressor, blockSize: bytes.readUInt32LE(12) }
}

/**
 * The registered path with the most referrers, which is deep in the graph; undefined without a registration.
 * @param {string} registration its file
 */
function mostReferred(registration) {
  if (!existsSync(registration)) return undefined
  const lines = readFileSync(registration, 'latin1').split('\n')
  /** @type {Map<string, number>} */
  const counts = new Map()
  // Each path has its hash, its size, its deriver, the number of references, and the references.
  for (let at = 0; at + 4 < lines.length; ) {
    const references = Number(lines[at + 4])
    for (const path of lines.slice(at + 5, at + 5 + references)) counts.set(path, (counts.get(path) ?? 0) + 1)
    at += 5 + references
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a)
  return most === undefined ? undefined : basename(most[0])
}

/**
 * @param {string} title
 * @param {readonly Usage[]} ours
 * @param {readonly Usage[]} peer
 * @param {number | undefined} goal
 */
export function printRatio(title, ours, peer, goal) {
  const ratio = (/** @type {'wall' | 'cpu'} */ what) =>
    median(ours.map((one) => one[what])) / median(peer.map((one) => one[what]))
  const goalText = goal === undefined ? ' none' : goal.toFixed(2).padStart(5)
  // The two runs of a round are close in time, so other load on the machine affects both.
  const rounds = ours.map(({ wall }, round) => wall / (peer[round]?.wall ?? Number.NaN))
  const spread = `${Math.min(...rounds).toFixed(2)} to ${Math.max(...rounds).toFixed(2)}`
  console.log(
    `  ${title.padEnd(46)}${ratio('wall').toFixed(2).padStart(6)}${ratio('cpu').toFixed(2).padStart(6)}${goalText.padStart(7)}   ${spread}`,
  )
}

/** @param {string} image */
function benchImage(image) {
  const offset = squashfsOffset(image)
  const { name, goal, blockSize } = superblock(image, offset)
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const workspace = mkdtempSync(join(memory, 'isoscope-scan-'))
  try {
    const unpacked = join(workspace, 'unpacked')
    const hashes = join(workspace, 'hashes')
    const unsquashfs = ['unsquashfs', '-q', '-n', '-p', THREADS, '-o', String(offset), '-d', unpacked, image]
    const rg = ['rg', '-a', '-F', '--no-ignore', '--hidden', '-j', THREADS, '-o', '-f', hashes, unpacked]
    usage(unsquashfs, workspace)
    const names = readdirSync(unpacked).filter((name) => HASH.test(name))
    writeFileSync(hashes, names.map((name) => `${HASH.exec(name)?.[0]}\n`).join(''))
    const registered = mostReferred(join(unpacked, 'nix-path-registration'))
    const target = registered ?? names[0] ?? ''
    // A full scan with a graph and an answer. Without a registration, there may be no single system to begin at.
    const question = ['why-depends', image, ...(registered === undefined ? [target] : []), target]
    const scan = isoscopeCommand(...question, '--references', 'scan', '--jobs', THREADS)
    usage(scan, workspace)
    usage(rg, workspace)
    const times = {
      scan: /** @type {Usage[]} */ ([]),
      unpack: /** @type {Usage[]} */ ([]),
      both: /** @type {Usage[]} */ ([]),
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      times.scan.push(usage(scan, workspace))
      rmSync(unpacked, { recursive: true })
      const unpack = usage(unsquashfs, workspace)
      const search = usage(rg, workspace)
      times.unpack.push(unpack)
      times.both.push({ wall: unpack.wall + search.wall, cpu: unpack.cpu + search.cpu, memory: 0 })
    }
    console.log(
      `${basename(image)}: ${name}, blocks of ${blockSize} bytes; ${names.length} store paths; node ${process.version}`,
    )
    printRatio('full scan : unsquashfs -d', times.scan, times.unpack, goal)
    printRatio('full scan : unsquashfs -d and rg -a', times.scan, times.both, GOAL_WITH_RG)
    console.log(
      `  full scan, peak memory in MB ${(median(times.scan.map((one) => one.memory)) / 1e6).toFixed(0).padStart(23)}`,
    )
    if (registered === undefined) return
    const precise = isoscopeCommand('why-depends', image, target, '--precise', '--references', 'registration')
    const seconds = Array.from({ length: ROUNDS }, () => usage(precise, workspace).cpu)
    console.log(
      `  why-depends --precise, registered: CPU seconds ${''.padStart(5)}${median(seconds).toFixed(2).padStart(6)}${GOAL_PRECISE_SECONDS.toFixed(2).padStart(7)}`,
    )
  } finally {
    rmSync(workspace, { recursive: true })
  }
}

/**
 * npm run bench scan IMAGE ...: a scan for all references, against unpacking alone and against unpacking and searching.
 * It starts cold, with an empty cache.
 * @param {readonly string[]} images
 */
export function benchScan(images) {
  console.log('  ratios of medians, and of single rounds             wall   CPU   goal   wall from to')
  for (const image of images) benchImage(image)
}
