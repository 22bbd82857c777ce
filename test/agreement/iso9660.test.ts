import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { type Entry, pathOf } from '../../parsers/image.ts'
import { type Iso9660Image, type Iso9660Options, openIso9660 } from '../../parsers/iso9660/index.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { xorrisoExtents, xorrisoListing, xorrisoReport } from './iso9660-oracle.ts'
import { addDevices, makeIsoSource } from './iso9660-source.ts'
import { noise } from './squashfs-source.ts'
import { factsOfFolder } from './unpacked.ts'

/** Without it xorriso takes names beyond ASCII for garbage, and Joliet's it writes and reads so. */
const UTF8 = { LC_ALL: 'C.UTF-8' }

let work = ''
let source = ''
let hasDevices = false
let comparisons = 0

const at = (name: string): string => join(work, name)

function xorrisofs(image: string, options: readonly string[], folder = source): void {
  mustRun('xorriso', ['-as', 'mkisofs', '-quiet', '-o', at(image), ...options, folder], { seconds: 120, env: UTF8 })
}

function genisoimage(image: string, options: readonly string[], folder = source): void {
  mustRun('genisoimage', ['-quiet', '-input-charset', 'utf-8', '-o', at(image), ...options, folder], { seconds: 120 })
}

function open(image: string, options: Iso9660Options = {}): Iso9660Image {
  return openIso9660(fileSource(at(image)), options)
}

/** What xorriso's listing says, of our tree. */
function listed(image: Iso9660Image): Map<string, object> {
  return new Map(
    image.tree.entries.map((entry) => [
      pathOf(image.tree, entry),
      {
        type: entry.type,
        mode: entry.type === 'symlink' ? 0o777 : entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        size: entry.type === 'file' ? entry.size : 0,
        target: entry.target ?? '',
      },
    ]),
  )
}

/** Compares all entries with the folder the image was made of. */
function expectFolder(image: Iso9660Image, folder: string, skip: (path: string) => boolean = () => false): void {
  const expected = factsOfFolder(folder)
  for (const path of expected.keys()) if (skip(path)) expected.delete(path)
  const found = new Map(
    image.tree.entries
      .filter((entry) => !skip(pathOf(image.tree, entry)))
      .map(({ index, type, size, mode, uid, gid, mtime, target, device }) => [
        pathOf(image.tree, image.tree.entries[index]!),
        {
          type,
          size: type === 'directory' ? 0 : size,
          mode: type === 'symlink' ? 0o777 : mode,
          uid,
          gid,
          mtime,
          target: target ?? '',
          device: device === undefined ? '' : `${device.major},${device.minor}`,
        },
      ]),
  )
  expect(found).toEqual(expected)
  comparisons += found.size
}

function contentOf(image: Iso9660Image, entry: Entry): Buffer {
  const runs = [...image.runs(entry)].map((run) => {
    if (run.codec !== 'stored') throw new Error(`a run of ${run.codec} where stored ones were expected`)
    return Buffer.from(image.source.read(run.offset, run.storedLength))
  })
  return Buffer.concat(runs)
}

/** Compares the content of every file with the folder's; the boot catalog and boot images are made by the writer. */
function expectContent(image: Iso9660Image, folder: string, skip: (path: string) => boolean = () => false): void {
  let compared = 0
  for (const entry of image.tree.entries) {
    const path = pathOf(image.tree, entry)
    if (entry.type !== 'file' || skip(path)) continue
    const expected = readFileSync(Buffer.concat([Buffer.from(folder), Buffer.from(path, 'latin1')]))
    if (!contentOf(image, entry).equals(expected)) expect.fail(`${path}: the content differs`)
    compared += 1
  }
  expect(compared).toBeGreaterThan(200)
  comparisons += compared
}

/** xorriso tells no extents of the boot catalog. */
function expectExtents(image: Iso9660Image, path: string, skip: (path: string) => boolean = () => false): void {
  const expected = xorrisoExtents(path)
  const found = new Map<string, [number, number][]>()
  for (const entry of image.tree.entries) {
    if (entry.type !== 'file' || entry.size === 0 || skip(pathOf(image.tree, entry))) continue
    const runs = [...image.runs(entry)]
    const extents = runs.map(({ offset, storedLength }): [number, number] => [
      offset / 2048,
      Math.ceil(storedLength / 2048),
    ])
    found.set(pathOf(image.tree, entry), extents)
  }
  expect(found).toEqual(expected)
  comparisons += found.size
}

/** Structures and contents lie in the image and, but for shared contents, apart from each other. */
function claimNames(image: Iso9660Image): Map<string, number> {
  const map = new ExtentMap(image.source)
  image.claimContent(map)
  image.claimStructures(map)
  const { starts, ends, kinds, owners } = map.claims
  const order = starts.map((_, index) => index).sort((a, b) => starts[a]! - starts[b]!)
  let end = 0
  let previous = -1
  const bytes = new Map<string, number>()
  for (const index of order) {
    const isShared = previous >= 0 && starts[index] === starts[previous] && ends[index] === ends[previous]
    const name = kinds[index] === 'structure' ? map.names[owners[index]!]! : 'content'
    if (!isShared && starts[index]! < end) expect.fail(`${name} at ${starts[index]} overlaps what ends at ${end}`)
    if (!isShared) bytes.set(name, (bytes.get(name) ?? 0) + ends[index]! - starts[index]!)
    end = Math.max(end, ends[index]!)
    previous = index
  }
  expect(end).toBeLessThanOrEqual(image.source.size)
  for (const { name, start, end: stop } of map.backgrounds) bytes.set(name, stop - start)
  return bytes
}

describeWith(['xorriso', 'genisoimage', 'isoinfo', 'sgdisk'], 'ISO 9660 agrees with its writers', () => {
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-iso-'))
    source = join(work, 'source')
    mkdirSync(source)
    makeIsoSource(source)
    hasDevices = addDevices(source)
  })
  afterAll(() => {
    rmSync(work, { recursive: true, force: true })
    // Of the 8 images and more, each with some 250 entries: a comparison that silently did nothing cannot pass.
    expect(comparisons).toBeGreaterThan(4000)
  })

  const ROCK_RIDGE: readonly (readonly [string, readonly string[]])[] = [
    ['xorriso', ['-R']],
    ['xorriso', ['-R', '-J', '-joliet-long']],
    ['xorriso', ['-R', '-J', '-iso-level', '4']],
    ['xorriso', ['-R', '-disallow_dir_id_ext', '-untranslated-filenames']],
    ['genisoimage', ['-R']],
    ['genisoimage', ['-R', '-J', '-joliet-long']],
    ['genisoimage', ['-R', '-D', '-iso-level', '3']],
    ['genisoimage', ['-R', '-hide-rr-moved']],
  ]
  it.each(ROCK_RIDGE)('reads the Rock Ridge tree of %s %j', (writer, options) => {
    const make = writer === 'xorriso' ? xorrisofs : genisoimage
    make('rr.iso', options)
    const image = open('rr.iso')
    expect(image.complete).toBe(true)
    expect(image.nameTree).toBe('rockRidge')
    // genisoimage 1.1.11 writes SL entries whose length byte overflows; of such links xorriso shows the beginning.
    const overflows = writer === 'genisoimage' ? ['/link-5', '/link-6'] : []
    expect(image.warnings.map(({ facts }) => facts.expected)).toEqual(overflows.map(() => expect.any(Number)))
    expectFolder(image, source)
    expectContent(image, source)
    expectExtents(image, at('rr.iso'))
    const xorriso = xorrisoListing(at('rr.iso'))
    const found = listed(image)
    expect(found.size).toBeGreaterThan(240)
    for (const path of ['/', '/rr_moved', '/.rr_moved', ...overflows]) {
      xorriso.delete(path)
      found.delete(path)
    }
    expect(found).toEqual(xorriso)
    comparisons += found.size
    const names = claimNames(image)
    expect(names.get('directory records')).toBeGreaterThan(30_000)
    expect(names.get('Rock Ridge continuation area')).toBeGreaterThan(1000)
    expect(names.get('path table (primary)')).toBeGreaterThan(100)
    if (options.includes('-J')) expect(names.get('directory records (Joliet)')).toBeGreaterThan(20_000)
  })

  it('compares devices where it may make them', () => {
    const types = [...factsOfFolder(source).values()].map((facts) => facts.type)
    expect(types.filter((type) => type.endsWith('Device')).length).toBe(hasDevices ? 2 : 0)
  })

  it.each([
    ['xorriso', ['-J', '-joliet-long', '--norock']],
    ['genisoimage', ['-J', '-joliet-long', '-D']],
  ])('reads the Joliet tree of %s', (writer, options) => {
    const make = writer === 'xorriso' ? xorrisofs : genisoimage
    make('joliet.iso', options)
    const image = open('joliet.iso', { nameTree: 'joliet' })
    const found = listed(image)
    const xorriso = xorrisoListing(at('joliet.iso'), 'norock')
    for (const listing of [xorriso, found]) listing.delete('/')
    expect([...found.keys()].sort()).toEqual([...xorriso.keys()].sort())
    for (const [path, { type, size }] of xorriso) expect(found.get(path)).toMatchObject({ type, size })
    expect(found.has(byteStringOfText('/smile-\u263a'))).toBe(true)
    expect(found.size).toBeGreaterThan(200)
    comparisons += found.size
    expect(claimNames(image).get('directory records')).toBeGreaterThan(20_000)
  })

  it.each([[['-iso-level', '1']], [['-iso-level', '3']], [['-iso-level', '2', '-l', '-N']]])(
    'reads the plain tree of genisoimage %j',
    (options) => {
      genisoimage('plain.iso', [...options, '-quiet'])
      const image = open('plain.iso')
      expect(image.nameTree).toBe('plain')
      const listing = isoinfo(at('plain.iso'), [])
      const cleaned = new Map([...listing].map(([path, facts]) => [path.replace(/;1$/, '').replace(/\.$/, ''), facts]))
      expect(plainFacts(image)).toEqual(cleaned)
      expect(cleaned.size).toBeGreaterThan(200)
      comparisons += cleaned.size
    },
  )

  it('reads an enhanced volume descriptor of its own', () => {
    genisoimage('enhanced.iso', ['-iso-level', '4', '-D'])
    const image = open('enhanced.iso')
    expect(image.facts['enhanced']).toBe(true)
    expect(image.nameTree).toBe('enhanced')
    const listing = isoinfo(at('enhanced.iso'), [])
    expect(plainFacts(image)).toEqual(listing)
    expect(listing.size).toBeGreaterThan(200)
    comparisons += listing.size
  })

  it('reads a file over 4 GiB in its extents', () => {
    const { bavail, bsize } = statfsSync(work)
    if (bavail * bsize < 6e9) throw new Error(`${work} has no room for a file of 4.4 GB`)
    const folder = at('huge')
    mkdirSync(folder)
    writeFileSync(join(folder, 'huge'), 'start')
    truncateSync(join(folder, 'huge'), 4_400_000_000)
    appendFileSync(join(folder, 'huge'), 'end')
    writeFileSync(join(folder, 'small'), 'small')
    genisoimage('huge.iso', ['-iso-level', '3', '-allow-limited-size', '-R'], folder)
    const image = open('huge.iso')
    expectFolder(image, folder)
    expectExtents(image, at('huge.iso'))
    const entry = image.tree.entries.find(({ name }) => name === 'huge')!
    expect(entry.size).toBe(4_400_000_003)
    const runs = [...image.runs(entry)]
    expect(runs.length).toBe(2)
    const last = runs.at(-1)!
    expect(Buffer.from(image.source.read(last.offset + last.length - 4, 4)).toString('latin1')).toBe('\0end')
    rmSync(at('huge.iso'))
    rmSync(folder, { recursive: true })
  })

  it('reads boot images, an appended partition, GPT and checksum tags', () => {
    writeFileSync(at('fat.img'), noise(1 << 20, 9))
    mustRun('xorriso', [
      ...['-md5', 'on', '-as', 'mkisofs', '-quiet', '-iso-level', '3', '-R', '-J', '-b', 'boot/bios.img'],
      ...['-no-emul-boot', '-boot-load-size', '4', '-c', 'boot/boot.cat', '-eltorito-alt-boot', '-e', 'boot/efi.img'],
      ...['-no-emul-boot', '-eltorito-alt-boot', '-e', '--interval:appended_partition_2:all::', '-no-emul-boot'],
      ...['-append_partition', '2', '0xef', at('fat.img'), '-appended_part_as_gpt', '-o', at('boot.iso'), source],
    ])
    const image = open('boot.iso')
    expect(image.warnings).toEqual([])
    const isCatalog = (path: string): boolean => path === '/boot/boot.cat' || path === '/boot'
    expectFolder(image, source, isCatalog)
    expectContent(image, source, isCatalog)
    expectExtents(image, at('boot.iso'), isCatalog)
    expectElTorito(image, at('boot.iso'), 3)
    expect(image.facts).toMatchObject({ partitionTable: 'MBR+GPT', bootImages: 3, checksumTags: 3 })
    expectGpt(image, at('boot.iso'), 3)
    const names = claimNames(image)
    expect(names.get('boot image 3 (not in the tree)')).toBe(1 << 20)
    expect(names.get('appended partition 2')).toBe(1 << 20)
    expect(names.get('boot catalog')).toBe(2048)
    expect(names.get('checksum tag')).toBe(3 * 2048)
    // One MD5 for the session, one for each file, one spare.
    expect(names.get('checksum array')).toBeGreaterThan(200 * 16)
    for (const name of ['GPT header', 'backup GPT header']) expect(names.get(name)).toBe(92)
    expect(names.get('backup GPT partition array')).toBeGreaterThan(128 * 128 - 1)
  })
})

/** Path, type and size of every entry, as isoinfo tells them. */
function plainFacts(image: Iso9660Image): Map<string, object> {
  const facts = new Map<string, object>()
  for (const entry of image.tree.entries) {
    if (entry.index !== 0) facts.set(pathOf(image.tree, entry), plainFact(entry, image))
  }
  return facts
}

function plainFact(entry: Entry, image: Iso9660Image): object {
  const block = entry.size === 0 ? 0 : [...image.runs(entry)][0]!.offset / 2048
  return entry.type === 'directory' ? { type: 'directory' } : { type: 'file', size: entry.size, block }
}

/** `isoinfo -l`, by path. */
function isoinfo(image: string, options: readonly string[]): Map<string, object> {
  const lines = mustRun('isoinfo', ['-l', ...options, '-i', image], { seconds: 60 })
    .toString('latin1')
    .split('\n')
  const listing = new Map<string, object>()
  let folder = ''
  for (const line of lines) {
    const heading = /^Directory listing of (\/.*)$/.exec(line)
    if (heading !== null) folder = heading[1]!.trim()
    const match = /^([-d])\S+ +\d+ +\d+ +\d+ +(\d+) \w{3} +\d+ +\d+ \[ *(\d+) \d\d\] {2}(.*?) ?$/.exec(line)
    if (match === null) continue
    const [, type, size, block, name = ''] = match
    if (name === '.' || name === '..') continue
    const file = { type: 'file', size: Number(size), block: size === '0' ? 0 : Number(block) }
    listing.set(`${folder}${name}`, type === 'd' ? { type: 'directory' } : file)
  }
  return listing
}

/** Platform, emulation, load size and place of every boot image. */
function expectElTorito(image: Iso9660Image, path: string, count: number): void {
  const platforms: Readonly<Record<string, string>> = { BIOS: 'x86', UEFI: 'EFI', PPC: 'PowerPC', Mac: 'Mac' }
  const expected: object[] = []
  for (const words of xorrisoReport(path, '-report_el_torito plain')) {
    if (words.slice(0, 4).join(' ') !== 'El Torito boot img') continue
    const [number, platform = '', bootable, , segment, , sectors, block] = words.slice(5)
    expected.push({
      number: Number(number),
      platform: platforms[platform],
      bootable: bootable === 'y',
      loadSegment: Number(segment),
      sectorCount: Number(sectors),
      block: Number(block),
    })
  }
  expect(expected.length).toBe(count)
  expect(image.bootCatalog?.images).toMatchObject(expected)
  comparisons += count
}

/** Number, range and name of every GPT partition. */
function expectGpt(image: Iso9660Image, path: string, count: number): void {
  const lines = mustRun('sgdisk', ['-p', path]).toString('latin1').split('\n')
  const expected = lines.flatMap((line) => {
    const match = /^ +(\d+) +(\d+) +(\d+) +\S+ \S+ +\S{4} +(.*)$/.exec(line)
    if (match === null) return []
    const [, number, first, last, name = ''] = match
    const start = Number(first) * 512
    return [
      { table: 'GPT', number: Number(number), start, length: (Number(last) + 1) * 512 - start, name: name.trim() },
    ]
  })
  expect(expected.length).toBe(count)
  expect(image.partitions.filter(({ table }) => table === 'GPT')).toMatchObject(expected)
  comparisons += count
}
