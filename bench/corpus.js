import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'

const ELF_FOLDERS = ['/usr/lib', '/usr/bin']
const TEXT_FOLDERS = ['/usr/share', '/usr/include', '/usr/lib/python3']
const TEXT_ENDS = new Set(
  '.c .conf .css .h .html .js .json .md .pl .pm .po .py .rst .sh .tcl .tex .txt .xml'.split(' '),
)
const PROGRAM_ENDS = new Set(['', '.so'])
/** Smaller files are mostly headers, and larger ones would dominate the content. */
const FILE_SIZE = { elf: [32 << 10, 8 << 20], text: [2 << 10, 1 << 20] }

/**
 * Files of this machine, joined: `size` bytes of ELF files and as much text. We take them evenly from all files, in the
 * order of their paths, so the same machine gives the same bytes.
 * @param {number} size @returns {{ elf: Buffer, text: Buffer }}
 */
export function collect(size) {
  const programs = filesBelow(
    ELF_FOLDERS,
    FILE_SIZE.elf,
    (name) => PROGRAM_ENDS.has(extname(name)) || /\.so\./.test(name),
  )
  const texts = filesBelow(TEXT_FOLDERS, FILE_SIZE.text, (name) => TEXT_ENDS.has(extname(name)))
  return {
    elf: joined(programs, size, (bytes) => bytes.readUInt32BE(0) === 0x7f454c46),
    text: joined(texts, size, (bytes) => !bytes.includes(0)),
  }
}

/** @param {string[]} folders @param {number[]} sizes @param {(name: string) => boolean} wanted */
function filesBelow(folders, [smallest = 0, largest = 0], wanted) {
  /** @type {{ path: string, size: number }[]} */
  const found = []
  const visit = (/** @type {string} */ folder) => {
    /** @type {import('node:fs').Dirent[]} */
    let entries = []
    try {
      entries = readdirSync(folder, { withFileTypes: true })
    } catch {
      // We cannot read the folder, or it does not exist.
    }
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (entry.isFile() && wanted(entry.name)) {
        const { size } = statSync(path)
        if (size >= smallest && size <= largest) found.push({ path, size })
      }
    }
  }
  for (const folder of folders) visit(folder)
  return found.sort((left, right) => (left.path < right.path ? -1 : 1))
}

/** @param {{ path: string, size: number }[]} files @param {number} size @param {(bytes: Buffer) => boolean} accepted */
function joined(files, size, accepted) {
  const total = files.reduce((sum, file) => sum + file.size, 0)
  const result = Buffer.alloc(size)
  let length = 0
  // One file for each step of `total / size`, counted in bytes, so that large files count for more.
  for (let [index, passed, taken] = [0, 0, 0]; index < files.length && length < size; index += 1) {
    const file = /** @type {{ path: string, size: number }} */ (files[index])
    passed += file.size
    if (passed * Math.min(1, (size * 1.5) / total) < taken) continue
    const bytes = Buffer.alloc(file.size)
    const descriptor = openSync(file.path, 'r')
    const read = readSync(descriptor, bytes, 0, file.size, 0)
    closeSync(descriptor)
    if (read < file.size || !accepted(bytes)) continue
    taken += file.size
    length += bytes.copy(result, length)
  }
  return result.subarray(0, length)
}
