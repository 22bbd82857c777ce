import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { archive, folder, symlink } from '../parsers/cpio/writer.ts'
import {
  extendedFileInode,
  type Node,
  pack,
  squashfsOf,
  storedWord,
  symlinkInode,
  text,
  treeOf,
  typedInode,
  writeSquashfs,
} from '../parsers/squashfs/writer.ts'
import { BIN, isoscope } from './run.ts'

let work = ''
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-extract-'))
})
afterEach(() => rmSync(work, { recursive: true, force: true }))

const at = (...names: string[]): string => join(work, ...names)

/** Everything below a folder, with the targets of links. */
function below(folder: string, path = ''): string[] {
  return readdirSync(join(folder, path)).flatMap((name) => {
    const each = join(path, name)
    const stat = lstatSync(join(folder, each))
    if (stat.isSymbolicLink()) return `${each} -> ${readlinkSync(join(folder, each))}`
    return stat.isDirectory() ? [each, ...below(folder, each)] : each
  })
}

const written = (): string[] => below(work).sort()

function extract(image: string, ...args: string[]) {
  const { code, stdout, stderr } = isoscope(['extract', image, ...args])
  return { code, stdout: stdout.toString(), lines: stderr.split('\n').slice(0, -1) }
}

/** An image with these nodes in its root, in the folder of the test. */
function squashfs(...children: Node[]): string {
  writeFileSync(at('image'), writeSquashfs({ ...treeOf({ name: '', children }), data: text('content'), ids: [0] }))
  return at('image')
}

const file = (name: string): Node => ({
  name,
  inode: extendedFileInode({ size: 7, blocks: [storedWord(7)] }),
  type: 2,
})
const link = (name: string, target: string): Node => ({ name, inode: symlinkInode(target), type: 3 })

describe('extract', () => {
  it.each([
    ['/version.txt', ['version.txt']],
    ['boot/efi.img/', ['boot', 'boot/efi.img', 'boot/efi.img/EFI', 'boot/efi.img/EFI/BOOT']],
    ['boot/nix/store/*/bzImage', ['boot/nix/store/i4bzckfsh58gp8a074rv87ax4bqj6g8y-linux-6.18.2/bzImage']],
    [
      '/boot/**/initrd*/',
      ['boot/nix/store/fgws7a64f76h6qpx3kaakm1mjra07j75-initrd-linux-6.18.2/initrd/lib/isofs.ko.xz'],
    ],
    ['/nix/store/*-boost-*/lib/*', []],
    ['boost-1.87.0/lib', []],
    ['boost/lib', []],
    ['boost*', []],
    ['boost/l*', []],
  ])('finds what ls finds at %s', (path, some) => {
    const { code, lines } = extract('mini.iso', path, '-o', at('out'))
    expect({ code, lines }).toEqual({ code: 0, lines: [] })
    const names = written()
    for (const name of some) expect(names).toContain(`out/${name}`)
    if (path.includes('boost'))
      expect(names.at(-1)).toMatch(/^out\/nix-store\.squashfs\/\w{32}-boost-1\.87\.0\/(lib|share)/)
    for (const name of readdirSync(at('out'), { recursive: true, encoding: 'utf8' })) {
      if (!lstatSync(at('out', name)).isFile()) continue
      expect(readFileSync(at('out', name)).equals(isoscope(['cat', 'mini.iso', `/${name}`]).stdout)).toBe(true)
    }
  })

  it('goes into images of images', () => {
    const inner = '/payload.dat/cache.bin/'
    expect(extract('nested.iso', inner, '-o', at('out')).code).toBe(0)
    const listed = isoscope(['ls', '-R', 'nested.iso', inner]).stdout.toString().trimEnd().split('\n')
    const names = readdirSync(at('out'), { recursive: true, encoding: 'utf8' }).map((name) => `/${name}`)
    expect(names.filter((name) => name.startsWith(inner)).sort()).toEqual(listed.sort())
  })

  it('lists what it would write, and writes nothing', () => {
    const { code, stdout, lines } = extract('rockridge.iso', '/', '-o', at('out'), '--list')
    expect({ code, lines, written: written() }).toEqual({ code: 0, lines: [], written: [] })
    expect(extract('rockridge.iso', '/', '-o', at('out')).code).toBe(0)
    const made = written().map(
      (name) => at(name) + (/ -> /.test(name) || !lstatSync(at(name)).isDirectory() ? '' : '/'),
    )
    expect(stdout.trimEnd().split('\n').sort()).toEqual(made.sort())
    expect(extract('rockridge.iso', '/', '-o', at('out'), '--list').code).toBe(2)
  })

  it('writes nothing if there is no such path', () => {
    for (const path of ['/nothing', 'nothing*', '/boot/x*', 'no-store-path']) {
      const { code, lines } = extract('mini.iso', '/version.txt', path, '-o', at('out'))
      expect({ code, count: lines.length, written: written() }).toEqual({ code: 2, count: 1, written: [] })
    }
  })

  it('keeps files that are there, and replaces them with --force, but never through a link', () => {
    const image = squashfs(file('file'), { name: 'folder', children: [file('file')] }, link('link', 'new'))
    mkdirSync(at('elsewhere'))
    const prepare = (): void => {
      rmSync(at('out'), { recursive: true, force: true })
      mkdirSync(at('out'))
      writeFileSync(at('victim'), 'victim')
      symlinkSync('../victim', at('out/file'))
      symlinkSync('old', at('out/link'))
      symlinkSync('../elsewhere', at('out/folder'))
    }
    prepare()
    const refused = `isoscope: ${at('out/folder')}: is a symbolic link already, so nothing is written below it`
    expect(extract(image, '/', '-o', at('out'))).toMatchObject({
      code: 2,
      lines: [
        `isoscope: ${at('out/file')}: is there already; --force replaces it`,
        refused,
        `isoscope: ${at('out/link')}: is there already; --force replaces it`,
      ],
    })
    expect(readlinkSync(at('out/file'))).toBe('../victim')
    prepare()
    expect(extract(image, '/', '-o', at('out'), '--force')).toMatchObject({ code: 2, lines: [refused] })
    expect(readFileSync(at('out/file'), 'latin1')).toBe('content')
    expect(lstatSync(at('out/file')).isFile()).toBe(true)
    expect(readlinkSync(at('out/link'))).toBe('new')
    expect([readFileSync(at('victim'), 'latin1'), readdirSync(at('elsewhere'))]).toEqual(['victim', []])
    rmSync(at('out/folder'))
    mkdirSync(at('out/folder/file'), { recursive: true })
    expect(extract(image, '/folder', '-o', at('out'), '--force')).toMatchObject({
      code: 2,
      lines: [`isoscope: ${at('out/folder/file')}: is a directory already`],
    })
  })

  it.each([[[]], [['--force']]])('writes below no link that the image has, %j', (force) => {
    mkdirSync(at('elsewhere'))
    const names = ['absolute', 'relative', 'self', 'file']
    const image = squashfs(
      link('absolute', at('elsewhere')),
      { name: 'absolute', children: [file('planted')] },
      link('file', '../elsewhere/planted'),
      file('file'),
      link('relative', '../elsewhere'),
      { name: 'relative', children: [file('planted')] },
      link('self', '.'),
      { name: 'self', children: [{ name: 'relative', children: [file('planted')] }] },
    )
    expect(isoscope(['ls', '-R', image]).stdout.toString()).toContain('/self/relative/planted')
    const { code } = extract(image, '/', '-o', at('out'), ...force)
    expect(code).toBe(2)
    expect(readdirSync(at('elsewhere'))).toEqual([])
    expect(readdirSync(at('out')).sort()).toEqual(expect.arrayContaining(names.filter((name) => name !== 'file')))
    expect(existsSync(at('planted'))).toBe(false)
    for (const name of names) expect(written().filter((each) => each.startsWith(`out/${name}`))).toHaveLength(1)
  })

  it('leaves out names that lead out of the directory', () => {
    mkdirSync(at('out'))
    const image = squashfs(file('..'), file('a/b'), file('../up'), file('/absolute'), file('x\0y'), file('good'))
    const { code, lines } = extract(image, '/', '-o', at('out'))
    expect({ code, written: written() }).toEqual({ code: 2, written: ['image', 'out', 'out/good'] })
    expect(lines.length).toBeGreaterThan(0)
    const members = [
      { name: '../up', content: 'x' },
      { name: '/absolute', content: 'x' },
      folder('d'),
      symlink('d/out', '../../elsewhere'),
      { name: 'd/out/planted', content: 'x' },
      { name: 'd/../../up', content: 'x' },
    ]
    writeFileSync(at('image'), archive(...members))
    mkdirSync(at('elsewhere'))
    rmSync(at('out'), { recursive: true })
    extract(at('image'), '/', '-o', at('out'))
    expect(readdirSync(at('elsewhere'))).toEqual([])
    expect(readdirSync(work).sort()).toEqual(['elsewhere', 'image', 'out'])
  })

  it('names what the system cannot have, and goes on', () => {
    const long = 'n'.repeat(256)
    const socket = { name: 'socket', inode: typedInode(7, pack([4, 1])), type: 7 }
    const image = squashfs(file(long), socket, file('z'))
    const { code, lines } = extract(image, '/', '-o', at('out'))
    expect({ code, written: written() }).toEqual({ code: 2, written: ['image', 'out', 'out/z'] })
    expect(lines).toEqual([
      `isoscope: ${at('out')}/${long}: cannot be written: the name is too long`,
      `isoscope: ${at('out/socket')}: is a socket, which only the program that listens on it can make`,
    ])
  })

  it('leaves no part of a file that is damaged', () => {
    const bytes = squashfsOf(
      { a: 'x'.repeat(9000), b: new Uint8Array(5000).map((_, index) => index * index) },
      { blockSize: 4096, fragments: false },
    )
    // The second block of the first file.
    bytes.fill(0xff, 96 + 30, 96 + 60)
    writeFileSync(at('image'), bytes)
    const { code, lines } = extract(at('image'), '/', '-o', at('out'))
    expect({ code, written: written() }).toEqual({ code: 2, written: ['image', 'out', 'out/b'] })
    expect(lines[0]).toMatch(/^isoscope: .*\/out\/a: is not written: .*: data block at 0x/)
  })

  it('writes no more than the image may have', () => {
    // Files that share one block.
    const one = { size: 4096, blocks: [storedWord(4096)] }
    const names = Array.from(
      { length: 300 },
      (_, index): Node => ({
        name: `f${String(index).padStart(3, '0')}`,
        inode: extendedFileInode({ ...one, number: index + 2 }),
        type: 2,
      }),
    )
    writeFileSync(at('image'), writeSquashfs({ ...treeOf({ name: '', children: names }), data: new Uint8Array(4096) }))
    const { code, lines } = extract(at('image'), '/', '-o', at('out'), '--parser-limit', 'unpacked=1MiB')
    expect(code).toBe(2)
    expect(lines).toEqual([expect.stringMatching(/too much content for .*; the limit is unpacked=1048576/)])
    expect(readdirSync(at('out'))).toHaveLength(256)
  })

  it('writes a huge hole as a hole', () => {
    const size = 2 ** 36
    const blocks = Array.from({ length: size / 2 ** 20 }, () => 0)
    const tree = treeOf({ name: '', children: [{ name: 'huge', inode: extendedFileInode({ size, blocks }), type: 2 }] })
    writeFileSync(at('image'), writeSquashfs({ ...tree, superblock: { blockSize: 2 ** 20, blockLog: 20 } }))
    expect(extract(at('image'), '/', '-o', at('out'))).toMatchObject({ code: 0, lines: [] })
    expect(lstatSync(at('out/huge'))).toMatchObject({ size, blocks: 0 })
  })

  it('leaves no part of a file when a signal ends it', async () => {
    const children = Array.from({ length: 900 }, (_, index): Node => {
      const inode = extendedFileInode({ size: 2 ** 20, blocks: [storedWord(2 ** 20)], number: index + 2 })
      return { name: `f${String(index).padStart(3, '0')}`, inode, type: 2 }
    })
    const tree = treeOf({ name: '', children })
    const superblock = { blockSize: 2 ** 20, blockLog: 20 }
    writeFileSync(at('image'), writeSquashfs({ ...tree, data: new Uint8Array(2 ** 20), superblock }))
    const child = spawn(process.execPath, [BIN, 'extract', at('image'), '/', '-o', at('out')])
    const ended = once(child, 'exit')
    while (!existsSync(at('out')) || readdirSync(at('out')).length === 0) await setTimeout(5)
    child.kill('SIGINT')
    expect(await ended).toEqual([null, 'SIGINT'])
    const names = readdirSync(at('out'))
    expect(names.length).toBeLessThan(children.length)
    for (const name of names) expect([name, lstatSync(at('out', name)).size]).toEqual([name, 2 ** 20])
    expect(names.every((name) => /^f\d+$/.test(name))).toBe(true)
  })

  it('refuses standard output, and what is no directory', () => {
    expect(extract('mini.iso', '/', '-o', '-').lines).toEqual([
      'isoscope: -o -: extract writes to a directory; isoscope cat writes a file to stdout',
    ])
    writeFileSync(at('out'), '')
    for (const list of [[], ['--list']]) {
      expect(extract('mini.iso', '/', '-o', at('out'), ...list)).toMatchObject({
        code: 2,
        lines: [`isoscope: ${at('out')}: is not a directory`],
      })
    }
  })
})
