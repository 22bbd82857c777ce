#!/usr/bin/env node
// npm run bench -- IMAGE.iso        the image, against mounting it and against unsquashfs
// npm run bench -- --files 500000   a generated squashfs of that many files, against unsquashfs
// npm run bench -- --store-paths 20000   a generated squashfs of that many store paths, with 15 references each
// npm run bench codecs [NAME ...]   our decoders against the C libraries, on files of this machine
// npm run bench browser [IMAGE ...]   our decoders and the page in Chromium beside Node
// npm run bench verify IMAGE ... verifying it, against unsquashfs and sha256sum
// npm run bench fleet IMAGE ...  a list of images on one core, against unsquashfs
// npm run bench scan IMAGE ...      a scan for references, against unsquashfs, and against unsquashfs and rg
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { writeManyFiles } from './many-files.js'
import { writeManyStorePaths } from './many-store-paths.js'
import { compare, isoscope, median, printMemory, ROUNDS, run, squashfsOffset } from './measure.js'

// What a user may have set for Node would count as ours: Node 20 reads a bundle of certificates at each start.
for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_COMPILE_CACHE']) delete process.env[name]

/** @param {string} image */
function benchImage(image) {
  const offset = squashfsOffset(image)
  console.log(`${image}, ${statSync(image).size} bytes, squashfs at ${offset}; node ${process.version}`)
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-mount-'))
  const mount = `mount -t squashfs -o loop,ro,offset=${offset} "$0" "$1" && du --max-depth=1 "$1" >/dev/null; code=$?; umount "$1"; exit $code`
  const cache = mkdtempSync(join(tmpdir(), 'isoscope-cache-'))
  process.env['XDG_CACHE_HOME'] = cache
  const kept = join(cache, 'isoscope')
  /** Forgets images, and not the code that V8 compiled: users have that from their second command on. */
  const firstReport = () => {
    for (const name of existsSync(kept) ? readdirSync(kept) : []) if (name.endsWith('.survey')) rmSync(join(kept, name))
    return isoscope(image, '--json')
  }
  const firstCommand = () => {
    rmSync(kept, { recursive: true, force: true })
    return isoscope(image, '--json')
  }
  const mountAndDu = () => run(['/bin/sh', '-c', mount, image, folder])
  try {
    mountAndDu()
    compare('report --json : mount as root, du --max-depth=1', firstReport, mountAndDu, 1.2)
    compare(
      'report --references none --json : the same',
      () => isoscope(image, '--json', '--references', 'none', '--no-cache'),
      mountAndDu,
      1,
    )
    compare('report --json, asked again : the same', () => isoscope(image, '--json'), mountAndDu, 1)
    compare('report --json, the first command of all : the same', firstCommand, mountAndDu, 1.2)
  } catch (error) {
    console.log(`report --json : cannot mount here (${String(error).split('\n')[0]})`)
  }
  rmSync(folder, { recursive: true })
  const list = () => run(['unsquashfs', '-lln', '-o', String(offset), image])
  compare('ls -R : unsquashfs -lln', () => isoscope('ls', '-R', image), list, 3.5)
  compare('node -e 0 : unsquashfs -lln   (the floor under ours)', () => run([process.execPath, '-e', '0']), list, 0)
  compare(
    'diff of it with itself : report',
    () => isoscope('diff', image, image, '--no-cache'),
    () => isoscope(image, '--no-cache'),
    2.2,
  )
  printMemory('report --json, peak memory in MB', [image, '--json', '--no-cache'], 200)
  rmSync(cache, { recursive: true })
}

/** @param {number} count */
function benchManyFiles(count) {
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-many-'))
  try {
    const image = join(folder, 'many.squashfs')
    writeManyFiles(image, count)
    console.log(`${count} files, ${statSync(image).size} bytes; node ${process.version}`)
    const list = () => run(['unsquashfs', '-lln', image])
    compare('report --json : unsquashfs -lln', () => isoscope(image, '--json'), list, 1.8)
    compare('ls -R : unsquashfs -lln', () => isoscope('ls', '-R', image), list, 4)
    printMemory('report --json, peak memory in MB', [image, '--json'], 350)
    const saved = join(folder, 'report.json.gz')
    isoscope(image, '-o', saved)
    console.log(`a saved report of it: ${statSync(saved).size} bytes   goal 60000000`)
    const times = Array.from({ length: ROUNDS }, () => isoscope(saved))
    console.log(`the report from it, seconds ${(median(times) / 1000).toFixed(2)}   goal 2.00`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Questions about references, as whole processes: in seconds, because there is no peer. @param {number} count */
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

/** @param {string} path */
const fromHere = (path) => resolve(process.env['INIT_CWD'] ?? '.', path)

const args = process.argv.slice(2)
const storePaths = args.indexOf('--store-paths')
const files = args.indexOf('--files')
if (storePaths >= 0) benchManyStorePaths(Number(args[storePaths + 1] ?? 20_000))
else if (files >= 0) benchManyFiles(Number(args[files + 1] ?? 500_000))
else if (args[0] === 'codecs') await (await import('./codecs.js')).benchCodecs(args.slice(1))
else if (args[0] === 'browser') await (await import('./browser.js')).benchBrowser(args.slice(1).map(fromHere))
else if (args[0] === 'scan' && args.length > 1) (await import('./scan.js')).benchScan(args.slice(1).map(fromHere))
else if (args[0] === 'verify' && args.length > 1) (await import('./verify.js')).benchVerify(args.slice(1).map(fromHere))
else if (args[0] === 'fleet' && args.length > 1) (await import('./fleet.js')).benchFleet(args.slice(1).map(fromHere))
else if (args[0] !== undefined) benchImage(fromHere(args[0]))
else {
  console.error(
    'usage: npm run bench -- IMAGE.iso | --files COUNT | --store-paths COUNT | codecs [NAME ...] | browser [IMAGE ...] | fleet IMAGE ... | scan IMAGE ... | verify IMAGE ...',
  )
  process.exitCode = 2
}
