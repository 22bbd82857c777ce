import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BIN, isoscope } from '../cli/run.ts'
import { describeWith, mustRun, ROOT, runTool } from '../oracle.ts'
import { addDevices, makeIsoSource } from './iso9660-source.ts'
import { makeSource } from './squashfs-source.ts'
import { type Facts, factsOfFolder } from './unpacked.ts'

const work = mkdtempSync(join(tmpdir(), 'isoscope-extract-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))
const at = (name: string): string => join(work, name)

/** A path of a folder as bytes; the path in it is a byte string. */
function pathIn(folder: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from(path, 'latin1')])
}

/** The names of each file below a folder that has several. */
function hardLinks(folder: string): string[][] {
  const names = new Map<number, string[]>()
  for (const [path, { type }] of factsOfFolder(folder)) {
    const { ino, nlink } = lstatSync(pathIn(folder, path))
    if (type !== 'directory' && nlink > 1) names.set(ino, [...(names.get(ino) ?? []), path].sort())
  }
  return [...names.values()].sort()
}

/** What a tool keeps of a tree. */
interface Kept {
  /** Whether a symbolic link has the time of the image, and not the present one; true by default. */
  readonly linkTimes?: boolean
  /** Paths that it is known to write otherwise. */
  readonly except?: readonly string[]
}

/** Compares two folders: types, sizes, modes, owners, times, targets, devices, hard links and contents. */
function expectSame(ours: string, theirs: string, least: number, { linkTimes = true, except = [] }: Kept = {}): void {
  const [found, expected] = [ours, theirs].map((folder) => {
    const facts = [...factsOfFolder(folder)].filter(([path]) => !except.includes(path))
    return new Map(facts.map(([path, one]) => [path, linkTimes || one.type !== 'symlink' ? one : { ...one, mtime: 0 }]))
  }) as [Map<string, Facts>, Map<string, Facts>]
  expect(expected.size).toBeGreaterThan(least)
  expect(found).toEqual(expected)
  expect(hardLinks(ours)).toEqual(hardLinks(theirs))
  for (const [path, { type }] of expected) {
    if (type !== 'file') continue
    const [a, b] = [ours, theirs].map((folder) => readFileSync(pathIn(folder, path)))
    if (!a!.equals(b!)) expect.fail(`${path}: the contents differ`)
  }
}

function extract(image: string, target: string, ...more: string[]): string {
  const { code, stderr } = isoscope(['extract', image, ...(more.length === 0 ? ['/'] : more), '-o', at(target)])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return at(target)
}

describeWith(['mksquashfs', 'unsquashfs', ROOT], 'extract beside unsquashfs', () => {
  beforeAll(() => {
    mkdirSync(at('source'))
    makeSource(at('source'), 131_072)
    mustRun('mksquashfs', [at('source'), at('a.squashfs'), '-noappend', '-no-progress', '-quiet'])
    mustRun('unsquashfs', ['-no-progress', '-quiet', '-d', at('unsquashed'), at('a.squashfs')])
  })

  it('writes the same tree, with holes', () => {
    const ours = extract(at('a.squashfs'), 'ours')
    expectSame(ours, at('unsquashed'), 600)
    // 384 KiB of zeros and five bytes.
    expect(lstatSync(join(ours, 'holes/all')).blocks).toBeLessThanOrEqual(8)
  })

  it('writes the same part of a tree', () => {
    mustRun('unsquashfs', ['-no-progress', '-quiet', '-d', at('part'), at('a.squashfs'), 'links', 'names'])
    // On the way to what was named, unsquashfs gives directories the attributes of the image; here it is the root.
    const ours = extract(at('a.squashfs'), 'our-part', 'links', '/names/')
    const [found, expected] = [factsOfFolder(ours), factsOfFolder(at('part'))]
    found.delete('/')
    expected.delete('/')
    expect(expected.size).toBeGreaterThan(9)
    expect(found).toEqual(expected)
  })

  it('keeps as little as unsquashfs for a user who is not root', () => {
    mkdirSync(at('user'))
    chmodSync(at('user'), 0o777)
    chmodSync(work, 0o755)
    const asUser = ['--reuid=65534', '--regid=65534', '--clear-groups']
    const args = [process.execPath, BIN, 'extract', at('a.squashfs'), '/', '-o', at('user/ours')]
    const said = runTool('setpriv', [...asUser, ...args])
    expect(said.code).toBe(2)
    expect(said.stderr.trimEnd().split('\n')).toEqual(
      ['block', 'char'].map(
        (name) => `isoscope: ${at('user/ours')}/special/${name}: is a device, which only root can make`,
      ),
    )
    runTool('setpriv', [...asUser, 'unsquashfs', '-no-progress', '-quiet', '-d', at('user/theirs'), at('a.squashfs')])
    expectSame(at('user/ours'), at('user/theirs'), 600)
  })
})

/** A time that no test runs at, in seconds since 1970. */
const TIME = 1_000_000_000

describeWith(['cpio'], 'extract beside cpio', () => {
  it('writes the same tree', () => {
    mkdirSync(at('cpio-source'))
    makeIsoSource(at('cpio-source'))
    if (addDevices(at('cpio-source'))) expect(lstatSync(at('cpio-source/char device')).isCharacterDevice()).toBe(true)
    utimesSync(at('cpio-source'), TIME, TIME)
    mustRun('sh', [
      '-c',
      'cd "$0" && find . -depth -print0 | cpio --quiet -0 -o -H newc > "$1"',
      at('cpio-source'),
      at('a.cpio'),
    ])
    mkdirSync(at('cpio'))
    mustRun('sh', ['-c', 'cd "$0" && cpio --quiet -idm < "$1"', at('cpio'), at('a.cpio')])
    // cpio leaves the time of the folder that it writes to.
    expectSame(extract(at('a.cpio'), 'our-cpio'), at('cpio'), 200, { linkTimes: false, except: ['/'] })
    expect(lstatSync(at('our-cpio')).mtimeMs).toBe(TIME * 1000)
    expect(hardLinks(at('our-cpio'))).toHaveLength(1)
  })
})

describeWith(['xorriso', 'bsdtar', ROOT], 'extract beside xorriso and bsdtar', () => {
  beforeAll(() => {
    mkdirSync(at('iso-source'))
    makeIsoSource(at('iso-source'))
    addDevices(at('iso-source'))
    const env = { LC_ALL: 'C.UTF-8' }
    const write = ['-as', 'mkisofs', '-quiet', '-R', '--hardlinks', '-o', at('a.iso'), at('iso-source')]
    mustRun('xorriso', write, { env })
    extract(at('a.iso'), 'our-iso')
  })

  it('writes the tree that xorriso restores', () => {
    const args = ['-hardlinks', 'on', '-osirrox', 'device_files', '-indev', at('a.iso'), '-extract', '/', at('xorriso')]
    mustRun('xorriso', args, { env: { LC_ALL: 'C.UTF-8' } })
    expectSame(at('our-iso'), at('xorriso'), 200, { linkTimes: false })
    expect(hardLinks(at('our-iso'))).toHaveLength(1)
  })

  it('writes the tree that bsdtar extracts', () => {
    mkdirSync(at('bsdtar'))
    mustRun('bsdtar', ['-x', '-p', '-f', at('a.iso'), '-C', at('bsdtar')], { env: { LC_ALL: 'C.UTF-8' } })
    // libarchive 3.6 loses the slash between the components of a target that lie in two SL entries.
    expectSame(at('our-iso'), at('bsdtar'), 200, { except: ['/', '/link-5', '/link-6'] })
  })
})
