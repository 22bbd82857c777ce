import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isoscopeCommand, median, ROUNDS, squashfsOffset } from './measure.js'
import { printRatio, usage } from './scan.js'

/** @typedef {import('./scan.js').Usage} Usage */

const THREADS = '2'
const GOAL = 0.75
const GOAL_WITH_NIX = 0.85

/** @param {string} image */
function benchImage(image) {
  const offset = squashfsOffset(image)
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const workspace = mkdtempSync(join(memory, 'isoscope-verify-'))
  try {
    const unpacked = join(workspace, 'unpacked')
    const unsquashfs = ['unsquashfs', '-q', '-n', '-p', THREADS, '-o', String(offset), '-d', unpacked, image]
    // Each file once, with as many processes as we have threads.
    const sums = `find "$0" -type f -print0 | xargs -0 -P ${THREADS} -n 500 sha256sum >/dev/null`
    const sha256sum = ['/bin/sh', '-c', sums, unpacked]
    // The NAR hash of each store path, as Nix computes it.
    const paths = `find "$0" -mindepth 1 -maxdepth 1 -name '????????????????????????????????-*' -print0`
    const nixHash = [
      '/bin/sh',
      '-c',
      `${paths} | xargs -0 -P ${THREADS} -n 20 nix-hash --type sha256 >/dev/null`,
      unpacked,
    ]
    const verify = isoscopeCommand('verify', image, '--jobs', THREADS)
    usage(verify, workspace)
    usage(unsquashfs, workspace)
    /** @type {Record<'verify' | 'unpack' | 'sums' | 'nix', Usage[]>} */
    const times = { verify: [], unpack: [], sums: [], nix: [] }
    for (let round = 0; round < ROUNDS; round += 1) {
      times.verify.push(usage(verify, workspace))
      rmSync(unpacked, { recursive: true })
      const unpack = usage(unsquashfs, workspace)
      const both = (/** @type {Usage} */ other) => ({
        wall: unpack.wall + other.wall,
        cpu: unpack.cpu + other.cpu,
        memory: 0,
      })
      times.unpack.push(unpack)
      times.sums.push(both(usage(sha256sum, workspace)))
      times.nix.push(both(usage(nixHash, workspace)))
    }
    console.log(`${basename(image)}; node ${process.version}`)
    printRatio('verify : unsquashfs -d', times.verify, times.unpack, undefined)
    printRatio('verify : unsquashfs -d and sha256sum', times.verify, times.sums, GOAL)
    printRatio('verify : unsquashfs -d and nix-hash', times.verify, times.nix, GOAL_WITH_NIX)
    const peak = median(times.verify.map((one) => one.memory)) / 1e6
    console.log(`  verify, peak memory in MB ${peak.toFixed(0).padStart(26)}`)
  } finally {
    rmSync(workspace, { recursive: true })
  }
}

/**
 * npm run bench verify IMAGE ...: all hashes, references and files, against unpacking the store and hashing its files, and
 * against Nix's own hashes of the unpacked store paths. Ours reads the other files of the image, too.
 * @param {readonly string[]} images
 */
export function benchVerify(images) {
  console.log('  ratios of medians, and of single rounds             wall   CPU   goal   wall from to')
  for (const image of images) benchImage(image)
}
