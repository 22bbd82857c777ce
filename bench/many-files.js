import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Files in one folder. */
const PER_FOLDER = 250

/**
 * Makes a squashfs of `count` small, different files in folders, from a tar archive.
 * @param {string} image
 * @param {number} count
 */
export function writeManyFiles(image, count) {
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-tar-'))
  const tar = join(folder, 'many.tar')
  try {
    const output = openSync(tar, 'w')
    let pending = []
    for (let index = 0; index < count; index += 1) {
      const name = `usr/share/package-${Math.floor(index / PER_FOLDER / 20)}/folder-${Math.floor(index / PER_FOLDER)}/file-${index}.txt`
      pending.push(...tarEntry(name, `file ${index}, ${(index * 2654435761) % 4294967296}\n`.repeat(1 + (index % 20))))
      if (pending.length > 1000) {
        writeSync(output, Buffer.concat(pending))
        pending = []
      }
    }
    writeSync(output, Buffer.concat([...pending, Buffer.alloc(1024)]))
    closeSync(output)
    const made = spawnSync('/bin/sh', ['-c', 'exec sqfstar -comp lz4 -b 1M "$0" < "$1"', image, tar])
    if (made.status !== 0) throw new Error(`sqfstar: ${made.stderr}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A ustar entry: a header block and the content, padded to whole blocks. @param {string} name @param {string} text */
export function tarEntry(name, text) {
  const header = Buffer.alloc(512)
  const slash = name.lastIndexOf('/')
  header.write(name.slice(slash + 1), 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${text.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000001\0', 136)
  header.write('        0', 148)
  header.write('ustar\u000000', 257)
  header.write(name.slice(0, Math.max(slash, 0)), 345)
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const content = Buffer.alloc(Math.ceil(text.length / 512) * 512)
  content.write(text)
  return [header, content]
}
