#!/usr/bin/env node
// npm run bench -- IMAGE.iso        the image against mounting it, and against unsquashfs
// npm run bench -- --files 500000   a squashfs of that many files, made for it, against unsquashfs
// npm run bench -- --store-paths 20000   a squashfs of that many store paths, 15 references each, made for it
// npm run bench codecs [NAME ...]   our decoders against the C libraries, on files of this machine
//
// Whole processes, the two sides in turn, medians; figures are ratios, for a machine's speed says nothing about ours.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeManyFiles } from './many-files.js'
import { writeManyStorePaths } from './many-store-paths.js'

const BIN = fileURLToPath(new URL('../bin/isoscope.js', import.meta.url))
const ROUNDS = 5

/** @param {string[]} command @param {string} [input] */
function run(command, input) {
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

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Runs ours and the peer in turn and prints the ratio of the medians. @param {string} title @param {() => number} ours @param {() => number} peer @param {number} goal */
function compare(title, ours, peer, goal) {
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

/** Peak memory of a command of ours, in MB. @param {string[]} args */
function peakMemory(args) {
  const script = `process.on('exit', () => console.error(process.resourceUsage().maxRSS)); process.argv.splice(1, 0, ${JSON.stringify(BIN)}); await import(${JSON.stringify(BIN)})`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return Number(stderr.toString().trim().split('\n').at(-1)) / 1000
}

/** @param {string} title @param {string[]} args @param {number} goal */
function printMemory(title, args, goal) {
  console.log(`${title.padEnd(58)} ${peakMemory(args).toFixed(0).padStart(6)}   goal ${goal} MB`)
}

const isoscope = (/** @type {string[]} */ ...args) => run([process.execPath, BIN, ...args])

/** Where the first squashfs begins in an ISO, as xorriso tells it; 0 in a bare squashfs. @param {string} image */
function squashfsOffset(image) {
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

/** @param {string} image */
function benchImage(image) {
  const offset = squashfsOffset(image)
  console.log(`${image}, ${statSync(image).size} bytes, squashfs at ${offset}; node ${process.version}`)
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-mount-'))
  const mount = `mount -t squashfs -o loop,ro,offset=${offset} "$0" "$1" && du --max-depth=1 "$1" >/dev/null; code=$?; umount "$1"; exit $code`
  const mountAndDu = () => run(['/bin/sh', '-c', mount, image, folder])
  try {
    mountAndDu()
    compare('report --json : mount as root, du --max-depth=1', () => isoscope(image, '--json'), mountAndDu, 1)
  } catch (error) {
    console.log(`report --json : cannot mount here (${String(error).split('\n')[0]})`)
  }
  rmSync(folder, { recursive: true })
  const list = () => run(['unsquashfs', '-lln', '-o', String(offset), image])
  compare('ls -R : unsquashfs -lln', () => isoscope('ls', '-R', image), list, 4)
  compare('node -e 0 : unsquashfs -lln   (the floor under ours)', () => run([process.execPath, '-e', '0']), list, 0)
  printMemory('report --json, peak memory in MB', [image, '--json'], 200)
}

/** @param {number} count */
function benchManyFiles(count) {
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-many-'))
  try {
    const image = join(folder, 'many.squashfs')
    writeManyFiles(image, count)
    console.log(`${count} files, ${statSync(image).size} bytes; node ${process.version}`)
    const list = () => run(['unsquashfs', '-lln', image])
    compare('report --json : unsquashfs -lln', () => isoscope(image, '--json'), list, 8)
    compare('ls -R : unsquashfs -lln', () => isoscope('ls', '-R', image), list, 4)
    printMemory('report --json, peak memory in MB', [image, '--json'], 500)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Questions about references, as whole processes: in seconds, for there is no peer. @param {number} count */
function benchManyStorePaths(count) {
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-many-'))
  try {
    const image = join(folder, 'many.squashfs')
    const { references, last } = writeManyStorePaths(image, count)
    console.log(
      `${count} store paths, ${references} references, ${statSync(image).size} bytes; node ${process.version}`,
    )
    for (const [command, ...rest] of [
      ['report', image],
      ['report', image, '--references', 'scan'],
      ['tree', image],
      ['why', image, last],
      ['why', image, last, '--all'],
      ['why-depends', image, last, '--precise'],
    ]) {
      const question = [command ?? '', ...rest, '--no-cache']
      const title = question.filter((word) => word !== image && word !== '--no-cache' && word !== last).join(' ')
      const times = Array.from({ length: ROUNDS }, () => isoscope(...question))
      console.log(`${`${title}, seconds`.padEnd(58)} ${(median(times) / 1000).toFixed(2).padStart(6)}   goal 3.00`)
      printMemory(`${title}, peak memory in MB`, question, 500)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const args = process.argv.slice(2)
const storePaths = args.indexOf('--store-paths')
const files = args.indexOf('--files')
if (storePaths >= 0) benchManyStorePaths(Number(args[storePaths + 1] ?? 20_000))
else if (files >= 0) benchManyFiles(Number(args[files + 1] ?? 500_000))
else if (args[0] === 'codecs') await (await import('./codecs.js')).benchCodecs(args.slice(1))
else if (args[0] !== undefined) benchImage(resolve(process.env['INIT_CWD'] ?? '.', args[0]))
else {
  console.error('usage: npm run bench -- IMAGE.iso | --files COUNT | --store-paths COUNT | codecs [NAME ...]')
  process.exitCode = 2
}
