import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bytesOf } from '../../parsers/bytes/byte-string.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openExt4 } from '../../parsers/ext4/index.ts'
import { type Entry, pathBuilder } from '../../parsers/image.ts'
import { type OpenImage, openSource } from '../../src/images/open-image.ts'
import { attribute } from '../../src/inventory/attribution.ts'
import { describeWith, mustRun, ROOT, runTool } from '../oracle.ts'

const MIB = 1 << 20
let work = ''
const at = (name: string): string => join(work, name)
const inTree = (name: string): string => join(work, 'tree', name)

/** Bytes that do not compress, the same in each run. */
function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    bytes[index] = state >> 16
  }
  return bytes
}

/** A file with data of 1 KiB in every second piece of `step` bytes: it has as many extents. */
function writeSparse(path: string, pieces: number, step: number): void {
  const file = openSync(path, 'w')
  for (let piece = 0; piece < pieces; piece += 1) writeSync(file, noise(1024, piece + 1), 0, 1024, piece * 2 * step)
  closeSync(file)
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-ext4-'))
  mkdirSync(inTree('dir/deeper/deepest'), { recursive: true })
  mkdirSync(inTree('empty'))
  writeFileSync(inTree('dir/small'), 'small')
  writeFileSync(inTree('dir/inline-rest'), noise(100, 3))
  writeFileSync(inTree('dir/nothing'), '')
  writeFileSync(inTree('dir/deeper/large'), noise(5 * MIB + 17, 1))
  writeFileSync(inTree('dir/deeper/deepest/block'), noise(4096, 2))
  writeSparse(inTree('sparse'), 900, 4096)
  writeFileSync(inTree('hole'), '')
  truncateSync(inTree('hole'), 3 * MIB)
  symlinkSync('dir/small', inTree('short'))
  symlinkSync('x/'.repeat(100), inTree('long'))
  symlinkSync('y'.repeat(59), inTree('of-59'))
  symlinkSync('y'.repeat(60), inTree('of-60'))
  linkSync(inTree('dir/small'), inTree('dir/deeper/link'))
  mkdirSync(inTree('big'))
  for (let file = 0; file < 2000; file += 1) {
    writeFileSync(inTree(`big/a-name-of-some-length-${file}`), file % 4 === 0 ? String(file) : '')
  }
  writeFileSync(inTree('na\u00efve \u65e5\u672c'), 'a name of other letters')
  chmodSync(inTree('dir/small'), 0o4751)
  utimesSync(inTree('dir/small'), 1_000_000, 1_000_000)
  if (process.getuid?.() === 0) {
    chownSync(inTree('dir/inline-rest'), 70_000, 80_000)
    mustRun('mknod', [inTree('null'), 'c', '1', '3'])
    mustRun('mknod', [inTree('wide'), 'b', '259', '70000'])
    mustRun('mkfifo', [inTree('fifo')])
  }
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** File systems with features in turn. */
// biome-ignore format: one file system a line
const KINDS: readonly (readonly [name: string, options: readonly string[], size: number])[] = [
  ['ext4 by default', ['-t', 'ext4'], 64 * MIB],
  ['ext4 with blocks of 4 KiB', ['-t', 'ext4', '-b', '4096'], 64 * MIB],
  ['ext4 with blocks of 64 KiB', ['-t', 'ext4', '-b', '65536', '-O', '^has_journal'], 512 * MIB],
  ['ext4 with inline data', ['-t', 'ext4', '-b', '4096', '-O', 'inline_data,^has_journal'], 64 * MIB],
  ['ext4 without 64 bits and checksums', ['-t', 'ext4', '-b', '1024', '-O', '^64bit,^metadata_csum'], 64 * MIB],
  ['ext4 with checksums of groups only', ['-t', 'ext4', '-b', '1024', '-O', '^metadata_csum,uninit_bg,^flex_bg'], 64 * MIB],
  ['ext4 with block maps', ['-t', 'ext4', '-b', '1024', '-O', '^extent,^64bit'], 64 * MIB],
  ['ext4 with inodes of 128 bytes', ['-t', 'ext4', '-b', '1024', '-I', '128'], 64 * MIB],
  ['ext4 with inodes of 1024 bytes', ['-t', 'ext4', '-b', '4096', '-I', '1024'], 64 * MIB],
  ['ext4 with meta block groups', ['-t', 'ext4', '-b', '1024', '-O', 'meta_bg,^resize_inode'], 300 * MIB],
  ['ext4 with clusters', ['-t', 'ext4', '-b', '4096', '-O', 'bigalloc', '-C', '16384'], 64 * MIB],
  ['ext4 with two copies of its superblock', ['-t', 'ext4', '-b', '1024', '-O', 'sparse_super2,mmp'], 64 * MIB],
  ['ext4 with a hash of its own checksums', ['-t', 'ext4', '-b', '4096', '-O', 'metadata_csum_seed,ea_inode,large_dir'], 64 * MIB],
  ['ext3', ['-t', 'ext3', '-b', '1024'], 64 * MIB],
  ['ext2', ['-t', 'ext2', '-b', '4096'], 64 * MIB],
  ['ext2 without file types', ['-t', 'ext2', '-b', '1024', '-O', '^filetype,^sparse_super,^resize_inode'], 64 * MIB],
]

const MAKERS = ['mkfs.ext4', 'debugfs', 'e2fsck', ROOT]

/** The image of a kind, made from the tree. */
function make(options: readonly string[], size: number): string {
  const path = at('image')
  rmSync(path, { force: true })
  writeFileSync(path, '')
  truncateSync(path, size)
  mustRun('mkfs.ext4', ['-q', '-F', '-d', at('tree'), ...options, path])
  return path
}

function debugfs(path: string, commands: readonly string[], write = false): string {
  const args = write ? ['-w', '-f', '-', path] : ['-f', '-', path]
  return mustRun('debugfs', args, { input: Buffer.from(`${commands.join('\n')}\n`) }).toString('latin1')
}

const open = (path: string): OpenImage => openSource(bytesSource(Uint8Array.from(readFileSync(path)), 'test.ext4'))

/** A name in an image as the host has it. */
const pathOfHost = (path: string): Buffer => Buffer.concat([Buffer.from(at('tree')), bytesOf(path)])

/** Expects the entries to be what was packed, but lost+found. */
function expectTree({ image, reader }: OpenImage): void {
  const pathOf = pathBuilder(image.tree)
  let files = 0
  for (const entry of image.tree.entries) {
    const path = pathOf(entry.index)
    if (path === '/' || path === '/lost+found') continue
    const stat = lstatSync(pathOfHost(path))
    expect({ path, mode: entry.mode, uid: entry.uid, gid: entry.gid }).toEqual({
      path,
      mode: stat.mode & 0o7777,
      uid: stat.uid,
      gid: stat.gid,
    })
    expect(entry.mtime).toBe(Math.floor(stat.mtimeMs / 1000))
    files += 1
    if (entry.type === 'symlink') expect(entry.target).toBe(readlinkSync(pathOfHost(path), 'latin1'))
    if (entry.device !== undefined) {
      const { major, minor } = entry.device
      expect(path === '/null' ? [1, 3] : [259, 70_000]).toEqual([major, minor])
    }
    if (entry.type !== 'file') continue
    expect(entry.size).toBe(stat.size)
    const content = Buffer.concat([...reader.chunks(entry)].map((chunk) => Buffer.from(chunk)))
    expect(content.equals(readFileSync(pathOfHost(path))), path).toBe(true)
  }
  expect(files).toBeGreaterThan(2020)
}

/** Expects what debugfs lists: inode, mode, owner, name and size in each directory. */
function expectDebugfs(path: string, { image }: OpenImage): void {
  const pathOf = pathBuilder(image.tree)
  const folders = image.tree.entries.filter(({ type }) => type === 'directory')
  const listed = debugfs(
    path,
    folders.map(({ index }) => `ls -l -p "${Buffer.from(pathOf(index), 'latin1').toString('latin1')}"`),
  )
  const lines = listed.match(/^\/.*$/gm) ?? []
  const theirs = lines
    .map((line) => /^\/(\d+)\/(\d+)\/(\d+)\/(\d+)\/(.*)\/(\d*)\/$/.exec(line)!.slice(1))
    .filter(([inode, , , , name]) => inode !== '0' && name !== '.' && name !== '..')
    .map(([inode, mode, uid, gid, name]) => `${inode} ${Number.parseInt(mode!, 8) & 0o7777} ${uid} ${gid} ${name}`)
  const ours = image.tree.entries
    .filter(({ index }) => index > 0)
    .map(({ identity, mode, uid, gid, name }) => `${identity} ${mode} ${uid} ${gid} ${name}`)
  expect(theirs.length).toBeGreaterThan(2020)
  expect(ours.sort()).toEqual(theirs.sort())
}

/** Blocks of a file as debugfs has them, without those of its tree. */
function expectBlocks(path: string, { image }: OpenImage, name: string, blockSize: number): void {
  const pathOf = pathBuilder(image.tree)
  const entry = image.tree.entries.find(({ index }) => pathOf(index) === name)!
  const told = debugfs(path, [`stat ${name}`])
  const lists = /(?:EXTENTS|BLOCKS):\n([\s\S]*?)(?:TOTAL|$)/.exec(told)?.[1] ?? ''
  const theirs = [...lists.matchAll(/\((\d+)(?:-(\d+))?\):(\d+)(?:-(\d+))?/g)].flatMap(([, from, to, first]) =>
    Array.from({ length: Number(to ?? from) - Number(from) + 1 }, (_, index) => Number(first) + index),
  )
  const ours = [...image.extents(entry)].flatMap(({ offset, length }) =>
    Array.from({ length: Math.ceil(length / blockSize) }, (_, index) => offset / blockSize + index),
  )
  expect(theirs.length).toBeGreaterThan(10)
  expect(ours).toEqual(theirs)
}

/** Expects the accounts to add up, free blocks to be those that the superblock counts, and no block to be left over. */
function expectAccounts(image: OpenImage, size: number, hasClusters: boolean): void {
  const { accounts, warnings } = attribute(image)
  expect(warnings).toEqual([])
  expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(size)
  const named = (name: string): number => accounts.find((account) => account.name === name)?.own ?? 0
  const { freeBlocks, blockSize, freeInodes, inodes, inodeSize } = image.image.facts as Record<string, number>
  expect(named('free blocks')).toBe(freeBlocks! * blockSize!)
  // The blocks of a cluster that a table leaves over are allocated.
  if (!hasClusters) expect(named('allocated, in no file')).toBe(0)
  // All inodes from 1 to 10 are reserved, of which only the root is in the tree.
  const used = inodes! - freeInodes! - 9
  expect(named('unused inodes')).toBe((inodes! - used) * inodeSize!)
}

describeWith(MAKERS, 'ext4', () => {
  it.each(KINDS)('%s', (name, options, size) => {
    const path = make(options, size)
    expect(runTool('e2fsck', ['-fn', path]).code).toBe(0)
    const image = open(path)
    const { blockSize } = image.image.facts as Record<string, number>
    expectTree(image)
    expectDebugfs(path, image)
    expectBlocks(path, image, '/dir/deeper/large', blockSize!)
    expectBlocks(path, image, '/sparse', blockSize!)
    expectAccounts(image, size, name.includes('clusters'))
  })

  it('with directories that e2fsck has made hash trees of', () => {
    const path = make(['-t', 'ext4', '-b', '1024'], 64 * MIB)
    expect(runTool('e2fsck', ['-fyD', path]).code).toBeLessThan(2)
    expect(debugfs(path, ['htree_dump /big'])).toMatch(/Number of entries/)
    const image = open(path)
    expectTree(image)
    expectDebugfs(path, image)
    expectAccounts(image, 64 * MIB, false)
  })

  it('with times after 2038', () => {
    const path = make(['-t', 'ext4', '-b', '1024'], 64 * MIB)
    const times = { small: 3_000_000_000, nothing: 10_000_000_000, 'inline-rest': 2_147_483_648 }
    const commands = Object.entries(times).map(([name, time]) => `set_inode_field /dir/${name} mtime @${time}`)
    debugfs(path, commands, true)
    const { tree } = open(path).image
    const ours = Object.keys(times).map((name) => [name, tree.entries.find((entry) => entry.name === name)?.mtime])
    expect(Object.fromEntries(ours)).toEqual(times)
  })

  it('with blocks that are allocated and not written', () => {
    const path = make(['-t', 'ext4', '-b', '1024'], 64 * MIB)
    debugfs(path, ['fallocate /hole 5 300', 'fallocate /dir/small 0 20'], true)
    const image = open(path)
    const hole = image.image.tree.entries.find(({ name }) => name === 'hole')!
    const content = Buffer.concat([...image.reader.chunks(hole)].map((chunk) => Buffer.from(chunk)))
    expect(content.equals(Buffer.alloc(3 * MIB))).toBe(true)
    const { accounts } = attribute(image)
    expect(accounts.find(({ name }) => name === '/hole')?.own).toBeGreaterThanOrEqual(256 + 296 * 1024)
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(64 * MIB)
  })

  it('with extended attributes, in inodes and in blocks', () => {
    const path = make(['-t', 'ext4', '-b', '4096', '-O', 'ea_inode,^has_journal'], 64 * MIB)
    const values: Readonly<Record<string, Buffer>> = {
      'user.short': Buffer.from('value'),
      'user.longer': noise(900, 4),
      'user.of-its-own': noise(4000, 5),
      'security.capability': noise(20, 6),
      'trusted.overlay.opaque': Buffer.from('y'),
    }
    const commands = Object.entries(values).map(([name, value], index) => {
      writeFileSync(at(`value${index}`), value)
      return `ea_set -f ${at(`value${index}`)} /dir/small ${name}`
    })
    debugfs(path, commands, true)
    const image = open(path)
    const ext4 = openExt4(image.image.source)
    const entry = image.image.tree.entries.find(({ name }) => name === 'small') as Entry
    const ours = Object.fromEntries(ext4.xattrs(entry).map(({ name, value }) => [name, Buffer.from(value)]))
    const hex = (all: Readonly<Record<string, Buffer>>): unknown =>
      Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value.toString('hex').slice(0, 60)]))
    expect(hex(ours)).toEqual(hex(values))
    for (const name of Object.keys(values)) {
      debugfs(path, [`ea_get -f ${at('taken')} /dir/small ${name}`])
      expect(ours[name]!.equals(readFileSync(at('taken')))).toBe(true)
    }
    const { accounts, warnings } = attribute(image)
    expect(warnings).toEqual([])
    // Two inodes and three blocks: of the content, of the attributes, and of the value in an inode of its own.
    const account = accounts.find(({ name }) => name === '/dir/deeper/link')
    expect(account).toMatchObject({ own: 2 * 256 + 3 * 4096, otherNames: ['/dir/small'] })
    expect(accounts.find(({ name }) => name === 'allocated, in no file')).toBeUndefined()
  })
})

describeWith([...MAKERS, '7zz'], '7-Zip', () => {
  it('lists the same files and sizes', () => {
    const path = make(['-t', 'ext4', '-b', '4096'], 64 * MIB)
    const listed = mustRun('7zz', ['l', '-slt', '-ba', path]).toString('latin1')
    const theirs = new Map(
      [...listed.matchAll(/^Path = (.*)\nFolder = (.)\nSize = (\d*)$/gm)].map(([, name, folder, size]) => [
        `/${name}`,
        folder === '+' ? undefined : Number(size),
      ]),
    )
    const { image } = open(path)
    const pathOf = pathBuilder(image.tree)
    let compared = 0
    for (const entry of image.tree.entries) {
      if (entry.type !== 'file') continue
      expect(theirs.get(pathOf(entry.index)), pathOf(entry.index)).toBe(entry.size)
      compared += 1
    }
    expect(compared).toBeGreaterThan(2000)
  })
})
