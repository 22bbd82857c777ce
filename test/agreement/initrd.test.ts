import { createHash } from 'node:crypto'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { byteString } from '../../parsers/bytes/byte-string.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { type FileTree, hardLinksOf, type Image, pathBuilder } from '../../parsers/image.ts'
import { initrd } from '../../parsers/initrd/format.ts'
import { describeWith, eachWith, mustRun, ROOT } from '../oracle.ts'
import { examine } from '../parsers/initrd/examine.ts'
import { missingOf } from '../tools.ts'
import { noise } from './squashfs-source.ts'

const work = mkdtempSync(join(tmpdir(), 'isoscope-initrd-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))
const isRoot = missingOf([ROOT]).length === 0

/** What one entry is, as a line: paths are byte strings. */
type Listing = Readonly<Record<string, string>>

const TIME = 1_700_000_000

/** A tree with all that an archive can hold, in a folder of its own. */
function makeTree(): string {
  const tree = join(work, 'tree')
  const at = (name: string): string => join(tree, name)
  for (const folder of ['', 'usr', 'usr/bin', 'usr/lib', 'scripts', 'empty', 'with spaces']) mkdirSync(at(folder))
  for (const size of [0, 1, 2, 3, 4, 5, 511, 512, 513]) writeFileSync(at(`scripts/${size}`), 'x'.repeat(size))
  writeFileSync(at('init'), '#!/bin/sh\nexec /usr/bin/busybox\n')
  chmodSync(at('init'), 0o755)
  writeFileSync(at('usr/bin/busybox'), Buffer.concat([noise(300_000, 1), Buffer.alloc(200_000, 'text ')]))
  chmodSync(at('usr/bin/busybox'), 0o4755)
  for (const name of ['ls', 'cat', 'aaa']) linkSync(at('usr/bin/busybox'), at(`usr/bin/${name}`))
  writeFileSync(at('usr/lib/libc.so'), noise(100_000, 2))
  symlinkSync('usr/bin', at('bin'))
  symlinkSync('../../etc/nowhere', at('usr/lib/dangling'))
  writeFileSync(at('with spaces/caf\u00e9 "quoted"'), 'name')
  writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0xfe])]), 'bytes')
  mustRun('mkfifo', [at('pipe')])
  chmodSync(at('pipe'), 0o640)
  if (isRoot) {
    mustRun('mknod', [at('console'), 'c', '5', '1'])
    mustRun('mknod', [at('sda1'), 'b', '8', '1'])
  }
  chmodSync(at('empty'), 0o1777)
  // Without the links, whose times Node cannot set.
  mustRun('find', [tree, '-exec', 'touch', '-h', '-d', `@${TIME}`, '{}', '+'])
  utimesSync(at('init'), TIME + 1, TIME + 1)
  return tree
}
const tree = makeTree()

/** Microcode, which a writer puts before the other archive. */
function makeEarly(): string {
  const folder = join(work, 'early')
  mkdirSync(join(folder, 'kernel/x86/microcode'), { recursive: true })
  writeFileSync(join(folder, 'kernel/x86/microcode/GenuineIntel.bin'), noise(5000, 3))
  mustRun('find', [folder, '-exec', 'touch', '-d', `@${TIME}`, '{}', '+'])
  return folder
}
const early = makeEarly()

/** An archive of a folder by GNU cpio, as mkinitramfs makes it. */
function packed(folder: string, format: string): Buffer {
  const command = `find . -print0 | LC_ALL=C sort -z | cpio -0 --quiet -R 0:0 --reproducible -o -H ${format}`
  return mustRun('/bin/sh', ['-c', command], { cwd: folder })
}

/** What a folder has, by the system. Sizes of directories are its own matter. */
function onDisk(folder: string): Listing {
  const found: Record<string, string> = {}
  const look = (path: Buffer, name: string): void => {
    const stat = lstatSync(path)
    const mode = stat.mode.toString(8)
    const rest = stat.isFile()
      ? `${stat.size} ${sha256(readFileSync(path))} ${stat.nlink}`
      : stat.isSymbolicLink()
        ? byteString(readlinkSync(path, 'buffer'))
        : stat.isBlockDevice() || stat.isCharacterDevice()
          ? `${(stat.rdev >>> 8) & 0xfff},${stat.rdev & 0xff}`
          : ''
    found[name === '' ? '/' : name] = `${mode} ${Math.floor(stat.mtimeMs / 1000)} ${rest}`
    if (!stat.isDirectory()) return
    for (const child of readdirSync(path, { encoding: 'buffer' })) {
      look(Buffer.concat([path, Buffer.from('/'), child]), `${name}/${byteString(child)}`)
    }
  }
  look(Buffer.from(folder), '')
  return found
}

const TYPES = {
  file: 0o100000,
  directory: 0o40000,
  symlink: 0o120000,
  blockDevice: 0o60000,
  charDevice: 0o20000,
  fifo: 0o10000,
  socket: 0o140000,
}

/** What an image has, in the same words. */
function inImage({ tree: files, source, runs }: Image): Listing {
  const pathOf = pathBuilder(files)
  const links = hardLinksOf(files)
  const found: Record<string, string> = {}
  for (const entry of files.entries) {
    const mode = (TYPES[entry.type] | entry.mode).toString(8)
    let rest = ''
    if (entry.type === 'file') {
      const content = Buffer.concat([...runs(entry)].map(({ offset, length }) => source.read(offset, length).slice()))
      rest = `${entry.size} ${sha256(content)} ${links.get(entry.identity)?.length ?? 1}`
    } else if (entry.type === 'symlink') rest = entry.target!
    else if (entry.device !== undefined) rest = `${entry.device.major},${entry.device.minor}`
    found[pathOf(entry.index)] = `${mode} ${entry.mtime} ${rest}`
  }
  return found
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Opens an initrd that has nothing wrong with it. */
function opened(bytes: Uint8Array): Image {
  expect(initrd.recognise(bytesSource(bytes, 'test.img'))).toBe('yes')
  const { image, warnings, complete } = examine(bytes)
  expect({ warnings, complete }).toEqual({ warnings: [], complete: true })
  return image
}

const paths = ({ tree: files }: { readonly tree: FileTree }): string[] => {
  const pathOf = pathBuilder(files)
  return Array.from({ length: files.count }, (_, index) => pathOf(index)).sort()
}

describeWith(['cpio', 'bsdtar'], 'cpio archives', () => {
  const writers: readonly (readonly [string, () => Buffer])[] = [
    ...['newc', 'crc', 'odc'].map((format) => [`cpio -H ${format}`, () => packed(tree, format)] as const),
    ...['newc', 'odc'].map(
      (format) =>
        [
          `bsdtar --format ${format}`,
          () => mustRun('bsdtar', ['-cf', '-', '--uid', '0', '--gid', '0', '--format', format, '.'], { cwd: tree }),
        ] as const,
    ),
  ]

  it.each(writers)('%s: what is on the disk, and what cpio extracts', (_, write) => {
    const bytes = write()
    const found = inImage(opened(bytes))
    expect(found).toEqual(onDisk(tree))
    expect(Object.keys(found).length).toBeGreaterThan(25)
    const out = mkdtempSync(join(work, 'out-'))
    mustRun('cpio', ['-idm', '--quiet', '--no-absolute-filenames'], { cwd: out, input: bytes })
    // cpio sets no times of links. Those of a directory are from when its last file was made.
    expect(paths(opened(bytes))).toEqual(Object.keys(onDisk(out)).sort())
    const withoutTimes = (listing: Listing): string[] =>
      Object.entries(listing).map(([path, line]) =>
        line.startsWith('4') ? path : `${path} ${line.replace(/(?<=^12\d+) \d+/, '')}`,
      )
    expect(withoutTimes(found).sort()).toEqual(withoutTimes(onDisk(out)).sort())
  })

  it.each(writers)('%s: owners and devices as cpio lists them', (_, write) => {
    const bytes = write()
    const lines = mustRun('cpio', ['-itvn', '--quiet'], { input: bytes }).toString('latin1').trim().split('\n')
    const { entries } = examine(bytes)
    let compared = 0
    for (const line of lines) {
      const [, letters, , uid, gid, sizes, , name] =
        /^(\S{10}) +(\d+) +(\d+) +(\d+) +(\d+(?:, +\d+)?) (.{12}) (.*?)(?: -> .*)?$/.exec(line)!
      const entry = entries[`/${name!.replace(/^\.\/|^\.$/, '')}`]
      // cpio escapes some names.
      if (entry === undefined) continue
      compared += 1
      expect([entry.uid, entry.gid]).toEqual([Number(uid), Number(gid)])
      expect(
        '-dlbcps'['file directory symlink blockDevice charDevice fifo socket'.split(' ').indexOf(entry.type)],
      ).toBe(letters![0])
      if (entry.device !== undefined) {
        expect(sizes!.split(/, +/).map(Number)).toEqual([entry.device.major, entry.device.minor])
      } else if (entry.type === 'file' && sizes !== '0') expect(entry.size).toBe(Number(sizes))
    }
    expect(compared).toBeGreaterThan(20)
  })

  it('has other owners, and sums that cpio verifies', () => {
    const command = `find . | LC_ALL=C sort | cpio --quiet -R 1000:70000 -o -H crc`
    const bytes = mustRun('/bin/sh', ['-c', command], { cwd: early })
    const { entries } = examine(bytes)
    for (const { uid, gid, index } of Object.values(entries)) if (index > 0) expect([uid, gid]).toEqual([1000, 70_000])
    // cpio says the same of a damaged one.
    const damaged = Buffer.from(bytes)
    damaged[damaged.length - 1000]! ^= 1
    const { warnings } = examine(damaged)
    expect(warnings).toEqual([expect.stringMatching(/crc header at .*: check: its content has another sum/)])
    const { stderr } = { stderr: mustRunAnyway(damaged) }
    expect(stderr).toMatch(/checksum error/)
  })

  /** What `cpio -i` says of an archive. */
  function mustRunAnyway(input: Uint8Array): string {
    const out = mkdtempSync(join(work, 'out-'))
    return mustRun('/bin/sh', ['-c', 'cpio -id --quiet 2>&1 || true'], { cwd: out, input }).toString()
  }
})

/** How each tool is called, as mkinitramfs does it; lz4 also with its newer frames. */
const COMPRESSORS: readonly [name: string, tool: string, args: readonly string[]][] = [
  ['gzip', 'gzip', ['-n', '-c']],
  ['zstd', 'zstd', ['-q', '-19', '-c']],
  ['xz', 'xz', ['--check=crc32', '-c']],
  ['lz4', 'lz4', ['-9', '-l', '-c']],
  ['lz4', 'lz4', ['-q', '-c']],
  ['lzop', 'lzop', ['-9', '-c']],
  ['lzma', 'xz', ['--format=lzma', '-c']],
  ['bzip2', 'bzip2', ['-c']],
]

describeWith(['cpio'], 'initrds', () => {
  const main = packed(tree, 'newc')
  const microcode = packed(early, 'newc')
  const expected = inImage(opened(main))

  eachWith<(typeof COMPRESSORS)[number]>(
    COMPRESSORS,
    (_, tool) => [tool],
    'compressed by %s (%s %j)',
    (name, tool, args) => {
      const compressed = mustRun(tool, args, { input: main })
      const alone = opened(compressed)
      expect(inImage(alone)).toEqual(expected)
      expect(alone.facts).toEqual({ archives: 1, compression: name })
      expect(alone.source.size).toBe(main.length)
      const both = opened(Buffer.concat([microcode, compressed]))
      expect(both.facts).toEqual({ archives: 2, compression: `none, ${name}` })
      const merged = inImage(both)
      expect(merged).toMatchObject(expected)
      expect(Object.keys(merged)).toHaveLength(Object.keys(expected).length + 4)
      // Another archive after it, compressed otherwise: a boot loader adds secrets so.
      const secrets = mustRun('gzip', ['-c'], { input: microcode })
      // gzip would take it for a further member, and the older frames of lz4 end only at a size of 0.
      const between = name === 'gzip' || args.includes('-l') ? 4 : 0
      const three = opened(Buffer.concat([compressed, Buffer.alloc(between), secrets]))
      expect(three.facts).toEqual({ archives: 2, compression: name === 'gzip' ? 'gzip' : `${name}, gzip` })
      expect(inImage(three)).toEqual({ ...merged, '/': expect.anything() })
    },
  )

  eachWith<(typeof COMPRESSORS)[number]>(
    COMPRESSORS,
    (_, tool) => [tool],
    'cut at 200 places, compressed by %s (%s %j)',
    (_, tool, args) => {
      const small = packed(early, 'newc')
      const whole = Buffer.concat([small, mustRun(tool, args, { input: main }), Buffer.alloc(16)])
      for (let step = 0; step < 200; step += 1) {
        // The parts by tools that read slowly are large, so half of the cuts are in the first archive.
        const end =
          step < 100 ? (step * small.length) / 100 : small.length + ((whole.length - small.length) * step) / 200
        const cut = whole.subarray(0, Math.floor(end))
        if (initrd.recognise(bytesSource(cut, 'test.img')) !== 'yes') {
          expect(cut.length).toBeLessThan(110)
          continue
        }
        const { content } = examine(cut)
        for (const [path, text] of Object.entries(content)) {
          const { length } = text
          const original = readFileSync(
            join(path.startsWith('/kernel/') ? early : tree, Buffer.from(path, 'latin1').toString()),
          )
          if (length > 0) expect(original.subarray(0, length).equals(Buffer.from(text, 'latin1'))).toBe(true)
        }
      }
    },
  )
})

describeWith(['cpio', 'lsinitramfs', 'zstd', 'xz', 'gzip', 'bzip2', 'lz4', 'lzop'], 'lsinitramfs', () => {
  it.each(COMPRESSORS)('lists the same names in an initrd by %s (%s %j)', (_, tool, args) => {
    const file = join(work, 'initrd.img')
    const plainTree = join(work, 'plain')
    mkdirSync(join(plainTree, 'usr/bin'), { recursive: true })
    writeFileSync(join(plainTree, 'init'), 'init')
    writeFileSync(join(plainTree, 'usr/bin/tool'), noise(50_000, 4))
    const main = mustRun(tool, args, { input: packed(plainTree, 'newc') })
    const bytes = Buffer.concat([packed(early, 'newc'), main])
    writeFileSync(file, bytes)
    const listed = mustRun('lsinitramfs', [file]).toString().trim().split('\n')
    const names = [...new Set(listed.map((name) => (name === '.' ? '/' : `/${name}`)))].sort()
    expect(paths(opened(bytes))).toEqual(names)
    expect(names.length).toBeGreaterThan(7)
  })
})

describe('what tests compare with', () => {
  it('has entries of each type', () => {
    const types = new Set(Object.values(onDisk(tree)).map((line) => /^\d+(?=\d{4} )/.exec(line)?.[0]))
    expect(types.size).toBe(isRoot ? 6 : 4)
  })
})
