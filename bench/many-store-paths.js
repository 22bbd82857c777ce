import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tarEntry } from './many-files.js'

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'
const NO_HASH = '0'.repeat(64)

/** References of each store path. */
const REFERENCES = 15

/** The base names of `count` store paths, in byte order. @param {number} count */
export function storePathNames(count) {
  const names = Array.from({ length: count }, (_, index) => {
    const digest = createHash('sha256').update(`store path ${index}`).digest()
    const hash = Array.from(digest, (byte) => DIGITS[byte % 32]).join('')
    return `${hash}-${index === 0 ? 'nixos-system-many' : `package-${index}`}`
  })
  return names.sort()
}

/**
 * The references of each path, by number: 15 each. Nine in ten lead away from the system, and the others lead anywhere,
 * which makes cycles. A tenth of all paths has hundreds of referrers.
 * @param {number} count @param {number} system
 */
function storePathReferences(count, system) {
  let state = 1
  /** @param {number} limit */
  const random = (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  return Array.from({ length: count }, (_, path) => {
    const place = (path - system + count) % count
    const to = new Set()
    for (let index = 0; index < REFERENCES; index += 1) {
      const far = place + random(count - place)
      const target = random(10) === 0 ? random(count) : random(3) === 0 ? far - (far % 10) : far
      to.add((Math.max(target, 1) + system) % count)
    }
    return [...to].sort((a, b) => a - b)
  })
}

/**
 * Makes a squashfs of `count` store paths with 15 references each, both in their contents and in a registration.
 * @param {string} image @param {number} count
 */
export function writeManyStorePaths(image, count) {
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-tar-'))
  const tar = join(folder, 'many.tar')
  try {
    const names = storePathNames(count)
    const system = names.findIndex((name) => name.endsWith('-nixos-system-many'))
    const references = storePathReferences(count, system)
    const output = openSync(tar, 'w')
    const registration = []
    for (const [path, name] of names.entries()) {
      const to = references[path]?.map((reference) => `/nix/store/${names[reference]}\n`) ?? []
      registration.push(`/nix/store/${name}\n${NO_HASH}\n0\n\n${to.length}\n${to.join('')}`)
      writeSync(output, Buffer.concat(tarEntry(`${name}/references`, to.join(''))))
    }
    writeSync(output, Buffer.concat([...tarEntry('nix-path-registration', registration.join('')), Buffer.alloc(1024)]))
    closeSync(output)
    const made = spawnSync('/bin/sh', ['-c', 'exec sqfstar -comp lz4 -b 1M "$0" < "$1"', image, tar])
    if (made.status !== 0) throw new Error(`sqfstar: ${made.stderr}`)
    return { references: references.reduce((sum, to) => sum + to.length, 0), last: names.at(-1) ?? '' }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
