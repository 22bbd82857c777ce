import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith, mustRun, runTool } from '../oracle.ts'
import { type ExaminedVolume, examineVolume } from '../parsers/fat/examine-volume.ts'
import { entry, volume } from '../parsers/fat/volume-builder.ts'

let work = ''
const at = (name: string): string => join(work, name)
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-fat-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

const MIB = 1 << 20
/** Names of mtools are then UTF-8, and times are UTC. */
const ENV = { LC_ALL: 'C.UTF-8', MTOOLS_SKIP_CHECK: '1' }
const TOOLS = [
  'mkfs.vfat',
  'mcopy',
  'mformat',
  'mmd',
  'mdel',
  'mdir',
  'minfo',
  'mattrib',
  'mshowfat',
  'fsck.fat',
  '7zz',
]

const mtools = (tool: string, ...args: readonly string[]): string => mustRun(tool, args, { env: ENV }).toString()

/** Text that repeats and is not the same for any two seeds. */
function content(seed: number, length: number): Buffer {
  return Buffer.from(`${seed} of ${length}, `.repeat(Math.ceil(length / 8)).slice(0, length), 'latin1')
}

/** Names with which files and directories come in, and how many bytes files have in clusters; undefined: a directory. */
const ENTRIES: readonly (readonly [path: string, bytes: number | undefined])[] = [
  ['EFI', undefined],
  ['EFI/BOOT', undefined],
  ['EFI/BOOT/BOOTX64.EFI', 40_000],
  ['EFI/BOOT/grub.cfg', 58],
  ['EFI/nixos-installer-image', 0],
  ['lower.txt', 512],
  ['UPPER.txt', 511],
  ['lower.TXTX', 513],
  ['a directory with a name longer than thirteen characters', undefined],
  ['a directory with a name longer than thirteen characters/Größe – naïve 日本語 name.txt', 7],
  ['a directory with a name longer than thirteen characters/Ω emoji 😀.bin', 3000],
  ['n'.repeat(200), 100],
  ['read only', 5],
]

/** Makes a file system with these entries, a fragmented file, and a deleted one. */
function make(name: string, size: number, options: readonly string[]): string {
  const path = at(name)
  writeFileSync(path, '')
  truncateSync(path, size)
  mustRun('mkfs.vfat', ['--invariant', '-i', '12345678', '-n', 'MY LABEL', ...options, path])
  const source = at(`${name}.tree`)
  for (const [index, [entry, bytes]] of ENTRIES.entries()) {
    const file = join(source, entry)
    if (bytes === undefined) {
      mkdirSync(file, { recursive: true })
      mtools('mmd', '-i', path, `::${entry}`)
      continue
    }
    writeFileSync(file, content(index, bytes))
    utimesSync(file, 1_700_000_000 + 2 * index, 1_700_000_000 + 2 * index)
    mtools('mcopy', '-m', '-i', path, file, `::${entry}`)
  }
  // The large file comes into the gaps that the others leave.
  const pieces = Array.from({ length: 8 }, (_, index) => `piece${index}`)
  for (const piece of pieces) {
    writeFileSync(join(source, piece), content(100, 5000))
    mtools('mcopy', '-i', path, join(source, piece), `::${piece}`)
  }
  for (const piece of pieces.filter((_, index) => index % 2 === 0)) mtools('mdel', '-i', path, `::${piece}`)
  writeFileSync(join(source, 'fragmented.bin'), content(200, 30_000))
  forgetNextFree(path)
  mtools('mcopy', '-i', path, join(source, 'fragmented.bin'), '::')
  for (const piece of pieces.filter((_, index) => index % 4 === 1)) mtools('mdel', '-i', path, `::${piece}`)
  mtools('mattrib', '+r', '-i', path, '::read only')
  return path
}

/** Mtools take the clusters after the last one they took, which FAT32 notes in its FSInfo sector. */
function forgetNextFree(path: string): void {
  const file = openSync(path, 'r+')
  const sector = Buffer.alloc(512)
  readSync(file, sector, 0, 512, 512)
  if (sector.toString('latin1', 0, 4) === 'RRaA') writeSync(file, Buffer.alloc(4, 0xff), 0, 4, 512 + 492)
  closeSync(file)
}

/** What 7-Zip says of each entry. */
function bySevenZip(path: string): Map<string, Readonly<Record<string, string>>> {
  const listed = mustRun('7zz', ['l', '-slt', path], { env: ENV }).toString().split('----------\n')[1]!
  const entries = listed.split('\n\n').map((block) => {
    const fields = [...block.matchAll(/^(.+?) = (.*)$/gm)].map(([, key, value]) => [key!, value!])
    return Object.fromEntries(fields) as Record<string, string>
  })
  return new Map(entries.filter((entry) => entry['Path'] !== undefined).map((entry) => [`/${entry['Path']}`, entry]))
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The SHA-256 of every file under a folder, by path. */
function sumsOf(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(folder.length), sha256(readFileSync(path))]
    }),
  )
}

describeWith(TOOLS, 'FAT file systems as mtools, 7-Zip and fsck.fat read them', () => {
  it.each<[bits: 12 | 16 | 32, size: number, options: readonly string[]]>([
    [12, 400 << 10, []],
    [12, 1440 << 10, ['-f', '1']],
    [12, 8 * MIB, ['-s', '8', '-r', '64']],
    [16, 9 * MIB, ['-s', '1']],
    [16, 20 * MIB, ['-R', '8']],
    [16, 70 * MIB, ['-S', '2048']],
    [32, 34 * MIB, []],
    [32, 40 * MIB, ['-s', '1']],
    [32, 300 * MIB, ['-s', '8', '-b', '0']],
  ])('FAT%d of %d bytes, made with %j', (bits, size, options) => {
    const name = `fat${bits}-${size}`
    const path = make(name, size, ['-F', String(bits), ...options])
    const bytes = readFileSync(path)
    const ours = examineVolume(bytes)
    expect({ warnings: ours.warnings, complete: ours.complete }).toEqual({ warnings: [], complete: true })
    expectNames(ours, path)
    expectContents(ours, path, at(`${name}.out`))
    expectEntries(ours, bySevenZip(path))
    expectPlaces(ours, path)
    expectParameters(ours, path, bits)
    expectFreeClusters(ours, path)
    const readOnly = ours.entry('/read only')
    expect(readOnly.mode).toBe(0o444)
    rmSync(path)
  })

  it('FAT32 with fewer clusters than FAT12 may have, as mkfs.vfat makes it and 7-Zip and fsck.fat read it', () => {
    const names = ['A          ', 'B          ']
    const root = names.map((name, index) => entry({ name, cluster: 5 + index, size: 100 }))
    const bytes = volume({ fatType: 32, root, chains: [[5], [6]] })
    writeFileSync(at('small32.img'), bytes)
    const ours = examineVolume(bytes)
    expect(ours.open.image.facts['fatType']).toBe(32)
    expectEntries(ours, bySevenZip(at('small32.img')))
    expectFreeClusters(ours, at('small32.img'))
    // mkfs.vfat makes such a file system, which is why it is read as one.
    writeFileSync(at('made32.img'), '')
    truncateSync(at('made32.img'), 2 * MIB)
    mustRun('mkfs.vfat', ['-F', '32', at('made32.img')])
    expect(examineVolume(readFileSync(at('made32.img'))).open.image.facts['fatType']).toBe(32)
  })

  it('a FAT whose file was deleted in its directory only has lost clusters, as fsck.fat counts them', () => {
    const path = make('lost', 400 << 10, ['-F', '12'])
    const bytes = readFileSync(path)
    const lost = bytes.indexOf('FRAGME~1BIN', 0, 'latin1')
    // The entry, and the two parts of its long name.
    bytes[lost] = 0xe5
    bytes[lost - 32] = 0xe5
    bytes[lost - 64] = 0xe5
    writeFileSync(path, bytes)
    const said = runTool('fsck.fat', ['-n', path], { env: ENV }).stdout.toString()
    const [, clusters] = /Reclaimed (\d+) unused clusters? \(\d+ bytes\)/.exec(said)!
    const { own, open } = examineVolume(bytes)
    expect(own['lost clusters']).toBe(Number(clusters) * (open.image.facts['clusterSize'] as number))
  })

  it('a floppy disk, as mformat makes it', () => {
    const path = at('floppy.img')
    mtools('mformat', '-C', '-f', '1440', '-i', path, '::')
    writeFileSync(at('one'), content(1, 3000))
    mtools('mcopy', '-i', path, at('one'), '::')
    const { complete, content: read } = examineVolume(readFileSync(path))
    expect(complete).toBe(true)
    expect(read('/one')).toBe(content(1, 3000).toString('latin1'))
  })
})

function expectNames(ours: ExaminedVolume, path: string): void {
  const listed = mtools('mdir', '-/', '-b', '-i', path, '::').trim().split('\n')
  const names = ours.paths.slice(1).map((one) => `::${one}${ours.entry(one).type === 'directory' ? '/' : ''}`)
  expect(names.length).toBeGreaterThan(ENTRIES.length)
  expect(names.sort()).toEqual(listed.sort())
}

function expectContents(ours: ExaminedVolume, path: string, folder: string): void {
  mkdirSync(folder)
  mtools('mcopy', '-n', '-s', '-i', path, '::', folder)
  const files = ours.paths.filter((one) => ours.entry(one).type === 'file')
  const sums = new Map(files.map((one) => [one, sha256(Buffer.from(ours.content(one), 'latin1'))]))
  expect(sums).toEqual(sumsOf(folder))
  for (const one of readdirSync(folder)) chmodSync(join(folder, one), 0o755)
  rmSync(folder, { recursive: true })
}

function expectEntries(ours: ExaminedVolume, listed: ReturnType<typeof bySevenZip>): void {
  expect(new Set(ours.paths.slice(1))).toEqual(new Set(listed.keys()))
  for (const [path, fields] of listed) {
    const { type, size, mtime } = ours.entry(path)
    const isFolder = fields['Folder'] === '+'
    expect(type).toBe(isFolder ? 'directory' : 'file')
    if (isFolder) continue
    expect(size).toBe(Number(fields['Size']))
    expect(new Date(mtime * 1000).toISOString().slice(0, 19).replace('T', ' ')).toBe(fields['Modified']!.slice(0, 19))
    expect(ours.own[path] ?? 0).toBe(Number(fields['Packed Size']))
  }
}

/** mshowfat tells the clusters of a file: "::/name <32-33> <36-48>". */
function expectPlaces(ours: ExaminedVolume, path: string): void {
  const { open } = ours
  const clusterSize = open.image.facts['clusterSize'] as number
  let fragments = 0
  for (const one of ours.paths) {
    const entry = ours.entry(one)
    if (entry.type !== 'file' || entry.size === 0) continue
    const listed = [...mtools('mshowfat', '-i', path, `::${one}`).matchAll(/<(\d+)(?:-(\d+))?>/g)]
    const lengths = listed.map(([, first, last = first]) => Number(last) - Number(first) + 1)
    const extents = [...open.image.extents(entry)]
    expect(extents.map(({ length }) => Math.ceil(length / clusterSize))).toEqual(lengths)
    const starts = listed.map(([, first]) => Number(first))
    const origin = extents[0]!.offset - starts[0]! * clusterSize
    expect(extents.map(({ offset }) => (offset - origin) / clusterSize)).toEqual(starts)
    fragments = Math.max(fragments, extents.length)
  }
  expect(fragments).toBeGreaterThan(1)
}

function expectParameters(ours: ExaminedVolume, path: string, bits: number): void {
  const { facts } = ours.open.image
  const said = mtools('minfo', '-i', path, '::')
  const field = (name: string): number => Number(new RegExp(`^${name}(?:: |=)(\\S+)`, 'im').exec(said)?.[1])
  expect(facts['fatType']).toBe(bits)
  expect(facts['volumeLabel']).toBe('MY LABEL')
  expect(facts['sectorSize']).toBe(field('sector size'))
  expect(facts['clusterSize']).toBe(field('sector size') * field('cluster size'))
  const fatSectors = field('sectors per fat') || field('Big fatlen')
  expect(ours.own['file allocation tables']).toBe(field('fats') * fatSectors * field('sector size'))
}

/** fsck.fat ends with the clusters in use: "10 files, 57/98 clusters". */
function expectFreeClusters(ours: ExaminedVolume, path: string): void {
  const said = runTool('fsck.fat', ['-n', path], { env: ENV }).stdout.toString()
  const [, used, total] = /, (\d+)\/(\d+) clusters/.exec(said)!
  const { clusterSize, clusters } = ours.open.image.facts
  expect(clusters).toBe(Number(total))
  expect(ours.own['free clusters']).toBe((Number(total) - Number(used)) * (clusterSize as number))
  expect(ours.own['lost clusters']).toBeUndefined()
}

describeWith(['sfdisk', 'sgdisk'], 'disks as sfdisk reads them', () => {
  /** The partitions by sfdisk, with their numbers. */
  const bySfdisk = (path: string): { number: number; start: number; length: number }[] => {
    const { partitiontable: table } = JSON.parse(mustRun('sfdisk', ['-J', path]).toString()) as {
      partitiontable: { sectorsize: number; partitions: { node: string; start: number; size: number; type: string }[] }
    }
    return table.partitions
      .filter(({ type }) => !['5', 'f'].includes(type))
      .map(({ node, start, size }) => ({
        number: Number(/\d+$/.exec(node)![0]),
        start: start * table.sectorsize,
        length: size * table.sectorsize,
      }))
  }
  const ourPartitions = ({ open, paths, entry }: ExaminedVolume): ReturnType<typeof bySfdisk> =>
    paths.slice(1).map((path) => {
      const [extent] = [...open.image.extents(entry(path))]
      return { number: Number(/^\/partition (\d+)$/.exec(path)![1]), start: extent!.offset, length: extent!.length }
    })

  it.each<[string, string]>([
    ['dos', 'start=2048, size=20480, type=c\nsize=10000, type=83, bootable'],
    ['dos', 'start=63, size=2000\nstart=4096, size=90000, type=5\nsize=10000\nsize=10000\nsize=3000'],
    ['dos', ',10M\n,10M\n,10M\n,20M,E\n,5M\n,5M'],
    ['gpt', 'size=20480, type=U, name="boot/part"\nsize=10000, name="日本"\nsize=+'],
    ['gpt', Array.from({ length: 20 }, () => 'size=1M').join('\n')],
  ])('%s %s', (label, script) => {
    const path = at('disk.img')
    writeFileSync(path, '')
    truncateSync(path, 80 * MIB)
    mustRun('sfdisk', ['-q', path], { input: Buffer.from(`label: ${label}\n${script}\n`) })
    const ours = examineVolume(readFileSync(path), 'disk.img')
    expect({ warnings: ours.warnings, complete: ours.complete }).toEqual({ warnings: [], complete: true })
    expect(ours.open.image.format.name).toBe('disk')
    expect(ourPartitions(ours)).toEqual(bySfdisk(path).sort((a, b) => a.number - b.number))
    rmSync(path)
  })

  it('with numbers that sgdisk gives, out of order', () => {
    const path = at('sgdisk.img')
    writeFileSync(path, '')
    truncateSync(path, 20 * MIB)
    const parts = ['-n', '7:8192:+1M', '-n', '2:20480:+2M', '-n', '128:4096:+1M']
    mustRun('sgdisk', [...parts, '-t', '2:EF00', path])
    const ours = examineVolume(readFileSync(path), 'disk.img')
    expect(ours.warnings).toEqual([])
    expect(ourPartitions(ours)).toEqual(bySfdisk(path).sort((a, b) => a.number - b.number))
    expect(statSync(path).size).toBe(20 * MIB)
  })
})
