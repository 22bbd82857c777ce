import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collect } from './corpus.js'
import { storePathNames } from './many-store-paths.js'

const SIZE = 96 << 20
const PIECE = 1 << 20

/** Makes a squashfs of store paths that hold this machine's programs, and a registration of them. @param {string} image */
export function writeStoreOfPrograms(image) {
  const content = collect(SIZE).elf
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-store-'))
  try {
    const names = storePathNames(Math.floor(content.length / PIECE))
    for (const [index, name] of names.entries()) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'program'), content.subarray(index * PIECE, (index + 1) * PIECE))
    }
    const registration = names.map((name) => `/nix/store/${name}\n${'0'.repeat(64)}\n0\n\n0\n`).join('')
    writeFileSync(join(folder, 'nix-path-registration'), registration)
    const made = spawnSync('mksquashfs', [folder, image, '-quiet', '-no-progress', '-comp', 'zstd', '-b', '1M'])
    if (made.status !== 0) throw new Error(`mksquashfs: ${made.stderr}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
