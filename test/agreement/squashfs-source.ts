import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/** Bytes that do not compress, the same in every run: a xorshift generator. */
export function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed | 1
  for (let at = 0; at < length; at += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state & 0xff
  }
  return bytes
}

/** Text that compresses well. */
export function prose(length: number, seed: number): Buffer {
  const line = `${seed}: the quick brown fox jumps over the lazy dog, and /nix/store/${seed} is read again\n`
  return Buffer.from(line.repeat(Math.ceil(length / line.length)).slice(0, length))
}

/**
 * Makes a folder that holds what squashfs writers treat differently: sizes around the block size, holes, duplicates of
 * whole files and of parts, hard links, every special file, odd names, attributes.
 */
export function makeSource(folder: string, blockSize: number): void {
  const file = (name: string, content: Buffer): void => writeFileSync(join(folder, name), content)
  const dir = (name: string): void => {
    mkdirSync(join(folder, name), { recursive: true })
  }
  dir('sizes')
  for (const [index, size] of [
    0,
    1,
    100,
    blockSize - 1,
    blockSize,
    blockSize + 1,
    3 * blockSize,
    3 * blockSize + 77,
  ].entries()) {
    file(`sizes/prose-${index}`, prose(size, index))
    file(`sizes/noise-${index}`, noise(size, index + 1))
  }
  dir('copies')
  file('copies/whole', prose(3 * blockSize + 77, 7))
  file('copies/again', prose(3 * blockSize + 77, 7))
  file('copies/longer', Buffer.concat([noise(2 * blockSize, 3), prose(50, 1)]))
  file('copies/shorter', noise(2 * blockSize, 3))
  file('copies/tail', Buffer.concat([prose(blockSize, 9), prose(50, 1)]))
  file('copies/small-a', prose(333, 5))
  file('copies/small-b', prose(333, 5))
  // Blocks that stand in the middle of another file, which gensquashfs shares and mksquashfs does not.
  file('copies/middle', noise(3 * blockSize, 11).subarray(blockSize))
  file('copies/around', noise(3 * blockSize, 11))
  dir('holes')
  for (const [name, start, end] of [
    ['front', 0, 2],
    ['middle', 1, 3],
    ['end', 2, 4],
  ] as const) {
    const path = join(folder, 'holes', name)
    const descriptor = openSync(path, 'w')
    for (let block = 0; block < 4; block += 1) {
      if (block < start || block >= end) writeSync(descriptor, prose(blockSize, block), 0, blockSize, block * blockSize)
    }
    closeSync(descriptor)
    truncateSync(path, 4 * blockSize)
  }
  file('holes/all', Buffer.alloc(0))
  truncateSync(join(folder, 'holes/all'), 3 * blockSize + 5)
  dir('many')
  for (let index = 0; index < 600; index += 1) file(`many/a-name-of-some-length-${index}`, prose(index % 40, index))
  dir('empty')
  dir('deep/er/and/deeper')
  file('deep/er/and/deeper/file', prose(10, 2))
  dir('links')
  file('links/one', prose(500, 8))
  linkSync(join(folder, 'links/one'), join(folder, 'links/two'))
  symlinkSync('one', join(folder, 'links/symlink'))
  symlinkSync(`/${'long/'.repeat(60)}target`, join(folder, 'links/long'))
  symlinkSync('nowhere', join(folder, 'links/dangling'))
  dir('names')
  file('names/with space', prose(5, 1))
  file('names/ünïcödé-名前', prose(5, 2))
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/names/not-utf8-`), Buffer.from([0xff, 0xfe])]), prose(5, 3))
  file(`names/${'n'.repeat(255)}`, prose(5, 4))
  file('names/back\\slash', prose(5, 5))
  dir('special')
  execFileSync('mkfifo', [join(folder, 'special/fifo')])
  execFileSync('mknod', [join(folder, 'special/char'), 'c', '5', '1'])
  execFileSync('mknod', [join(folder, 'special/block'), 'b', '259', '300'])
  dir('modes')
  for (const mode of [0o000, 0o444, 0o755, 0o4755, 0o2755, 0o1777]) {
    file(`modes/${mode.toString(8)}`, prose(3, mode))
    chmodSync(join(folder, `modes/${mode.toString(8)}`), mode)
    utimesSync(join(folder, `modes/${mode.toString(8)}`), mode, mode * 1_000_000)
  }
  execFileSync('chown', ['1000:2000', join(folder, 'modes/755')])
  utimesSync(join(folder, 'sizes'), 1, 1)
}

/** Gives some files extended attributes: a short one, one shared by several, a long one, on a folder and a link too. */
export function addXattrs(folder: string): void {
  const set = (path: string, name: string, value: string): void => {
    execFileSync('setfattr', ['-h', '-n', name, '-v', value, join(folder, path)])
  }
  set('sizes/prose-2', 'user.comment', 'short')
  for (let index = 0; index < 20; index += 1) set(`many/a-name-of-some-length-${index}`, 'user.shared', 'x'.repeat(200))
  set('copies/whole', 'user.long', 'y'.repeat(3000))
  set('copies', 'user.folder', 'on a folder')
  set('links/symlink', 'trusted.link', 'on a link')
  set('special/fifo', 'trusted.fifo', 'on a pipe')
}
