import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { expect } from 'vitest'
import { bytesOf } from '../../parsers/bytes/byte-string.ts'
import { type EntryType, pathOf } from '../../parsers/image.ts'
import type { OpenImage } from '../../src/images/open-image.ts'

/** What a file system says of an entry; directories without size, which every system counts its own way. */
export interface Facts {
  readonly type: EntryType
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
  readonly target: string
  readonly device: string
}

/** Everything below a folder that a tool unpacked, by path as a byte string. */
export function factsOfFolder(folder: string): Map<string, Facts> {
  const facts = new Map<string, Facts>()
  const visit = (path: Buffer, name: string): void => {
    const stat = lstatSync(path)
    const isLink = stat.isSymbolicLink()
    const isDevice = stat.isBlockDevice() || stat.isCharacterDevice()
    facts.set(name === '' ? '/' : name, {
      type: typeOf(stat),
      size: stat.isDirectory() ? 0 : Number(stat.size),
      mode: isLink ? 0o777 : stat.mode & 0o7777,
      uid: stat.uid,
      gid: stat.gid,
      mtime: Math.floor(stat.mtimeMs / 1000),
      target: isLink ? readlinkSync(path, { encoding: 'latin1' }) : '',
      // glibc's gnu_dev_major and gnu_dev_minor, for numbers below 2^32.
      device: isDevice ? `${(stat.rdev >>> 8) & 0xfff},${(stat.rdev & 0xff) | ((stat.rdev >>> 12) & 0xfff00)}` : '',
    })
    if (!stat.isDirectory()) return
    for (const child of readdirSync(path, { encoding: 'buffer' })) {
      visit(Buffer.concat([path, Buffer.from('/'), child]), `${name}/${child.toString('latin1')}`)
    }
  }
  visit(Buffer.from(folder), '')
  return facts
}

/** The same of an opened image. */
export function factsOfImage({ image }: OpenImage): Map<string, Facts> {
  const facts = new Map<string, Facts>()
  for (const entry of image.tree.entries) {
    const { type, size, mode, uid, gid, mtime, target, device } = entry
    facts.set(pathOf(image.tree, entry), {
      type,
      size: type === 'directory' ? 0 : size,
      mode: type === 'symlink' ? 0o777 : mode,
      uid,
      gid,
      mtime,
      target: target ?? '',
      device: device === undefined ? '' : `${device.major},${device.minor}`,
    })
  }
  return facts
}

/** Compares the content of every file with the unpacked one's, and returns how many there were. */
export function expectSameContent(open: OpenImage, folder: string): number {
  let compared = 0
  for (const entry of open.image.tree.entries) {
    if (entry.type !== 'file') continue
    const path = pathOf(open.image.tree, entry)
    const expected = readFileSync(Buffer.concat([Buffer.from(folder), Buffer.from(bytesOf(path))]))
    const found = Buffer.concat([...open.reader.chunks(entry)].map((chunk) => Buffer.from(chunk)))
    if (!found.equals(expected)) expect.fail(`${path}: its content differs from the unpacked file's`)
    compared += 1
  }
  return compared
}

function typeOf(stat: ReturnType<typeof lstatSync> & {}): EntryType {
  if (stat.isDirectory()) return 'directory'
  if (stat.isSymbolicLink()) return 'symlink'
  if (stat.isBlockDevice()) return 'blockDevice'
  if (stat.isCharacterDevice()) return 'charDevice'
  if (stat.isFIFO()) return 'fifo'
  if (stat.isSocket()) return 'socket'
  return 'file'
}
