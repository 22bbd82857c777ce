import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { type Entry, pathOf } from '../../parsers/image.ts'
import { type Iso9660Image, type Iso9660Options, openIso9660 } from '../../parsers/iso9660/index.ts'
import { settle } from '../../src/ledger/settle.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { xorrisoExtents, xorrisoListing, xorrisoReport } from './iso9660-oracle.ts'
import { addDevices, makeIsoSource } from './iso9660-source.ts'
import { noise, prose } from './squashfs-source.ts'
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
  // Without Joliet it copies names as they are, and knows no UTF-8.
  const charset = options.includes('-J') ? ['-input-charset', 'utf-8'] : []
  mustRun('genisoimage', ['-quiet', '-o', at(image), ...charset, ...options, folder], { seconds: 120 })
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
  const map = new ExtentMap(image.source, image.tree.entries.length)
  image.claimContent(map)
  image.claimStructures(map, image.complete)
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

/** Where bytes lie that nothing accounts for. */
function gapsOf(image: Iso9660Image): readonly object[] {
  const map = new ExtentMap(image.source, image.tree.entries.length)
  image.claimContent(map)
  image.claimStructures(map, image.complete)
  const { remainders } = settle(map, new Uint32Array(image.tree.entries.length), 1)
  return remainders.filter(({ kind }) => kind === 'gap' || kind === 'overlap')
}

describeWith(['xorriso', 'genisoimage', 'isoinfo', 'sgdisk', 'mkzftree'], 'ISO 9660 agrees with its writers', () => {
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
    expect(claimNames(image).get('directory records (Joliet)')).toBeGreaterThan(20_000)
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
    // Both volumes have one path table, which is no overlap.
    expect(gapsOf(image)).toEqual([])
    expect(image.nameTree).toBe('enhanced')
    const listing = isoinfo(at('enhanced.iso'), [])
    expect(plainFacts(image)).toEqual(listing)
    expect(listing.size).toBeGreaterThan(200)
    comparisons += listing.size
  })

  it('reads a file over 4 GiB in its extents', { timeout: 180_000 }, () => {
    const folder = at('huge')
    mkdirSync(folder)
    writeFileSync(join(folder, 'huge'), 'start')
    truncateSync(join(folder, 'huge'), 4_400_000_000)
    appendFileSync(join(folder, 'huge'), 'end')
    writeFileSync(join(folder, 'small'), 'small')
    // Through a pipe, so that the zeros never reach the disk.
    const command =
      'xorriso -as mkisofs -quiet -iso-level 3 -R -o - "$0" | dd of="$1" conv=sparse bs=32k iflag=fullblock'
    mustRun('/bin/sh', ['-c', command, folder, at('huge.iso')], { seconds: 170 })
    const image = open('huge.iso')
    expectFolder(image, folder)
    expectExtents(image, at('huge.iso'))
    const entry = image.tree.entries.find(({ name }) => name === 'huge')!
    expect(entry.size).toBe(4_400_000_003)
    const runs = [...image.runs(entry)]
    expect(runs.length).toBe(2)
    const last = runs.at(-1)!
    expect(Buffer.from(image.source.read(last.offset + last.length - 4, 4)).toString('latin1')).toBe('\0end')
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['genisoimage', 1],
    ['xorriso', 1],
    ['xorriso', 2],
  ])('reads zisofs files of %s, version %i', (writer, version) => {
    const folder = at('plain-files')
    const packed = at('packed-files')
    const path = at('zisofs.iso')
    for (const name of [folder, packed, path]) rmSync(name, { recursive: true, force: true })
    mkdirSync(folder)
    const pieces = [prose(500_000, 1), Buffer.alloc(300_000), prose(70_001, 2), noise(40_000, 3)]
    for (let count = 1; count <= 4; count += 1) {
      writeFileSync(join(folder, `file-${count}`), Buffer.concat(pieces.slice(0, count)))
    }
    writeFileSync(join(folder, 'zeros'), Buffer.alloc(131_072))
    if (writer === 'genisoimage') {
      mustRun('mkzftree', [folder, packed])
      genisoimage('zisofs.iso', ['-z', '-R'], packed)
    } else {
      const options = version === 2 ? ['-zisofs', 'version_2=on'] : []
      const map = ['-map', folder, '/', '-set_filter_r', '--zisofs', '/', '--', '-commit']
      mustRun('xorriso', ['-outdev', path, '-blank', 'as_needed', ...options, ...map])
    }
    const image = open('zisofs.iso')
    expect(image.warnings).toEqual([])
    const facts = factsOfFolder(folder)
    let blocks = 0
    for (const entry of image.tree.entries.slice(1)) {
      expect(entry.size).toBe(facts.get(pathOf(image.tree, entry))?.size)
      const content = Buffer.concat(
        [...image.runs(entry)].map((run) => {
          if (run.codec === 'zlib') blocks += 1
          const stored = image.source.read(run.offset, run.storedLength)
          return run.codec === 'hole' ? Buffer.alloc(run.length) : run.codec === 'zlib' ? inflateSync(stored) : stored
        }),
      )
      if (!content.equals(readFileSync(join(folder, entry.name)))) expect.fail(`${entry.name}: the content differs`)
      comparisons += 1
    }
    expect(image.tree.entries.length).toBe(6)
    expect(blocks).toBeGreaterThan(10)
    claimNames(image)
  })

  it('finds earlier sessions and the copies of descriptors', () => {
    mkdirSync(at('first'))
    mkdirSync(at('second'))
    writeFileSync(join(at('first'), 'old'), 'old')
    writeFileSync(join(at('first'), 'both'), noise(10_000, 1))
    writeFileSync(join(at('second'), 'new'), 'new')
    mustRun('xorriso', ['-outdev', at('sessions.iso'), '-blank', 'as_needed', '-map', at('first'), '/', '-commit'])
    expect(open('sessions.iso').facts['sessions']).toBe(1)
    mustRun('xorriso', ['-dev', at('sessions.iso'), '-map', at('second'), '/', '-rm', 'old', '--', '-commit'])
    const image = open('sessions.iso')
    expect(image.warnings).toEqual([])
    expect(image.tree.entries.map(({ name }) => name)).toEqual(['', 'both', 'new'])
    const toc = xorrisoReport(at('sessions.iso'), '-toc').filter(
      (words) => words.slice(0, 2).join(' ') === 'ISO session',
    )
    expect(toc.length).toBe(2)
    expect(image.facts['sessions']).toBe(2)
    // The first session's descriptors stand 16 sectors after its start, which "-toc" tells.
    const start = Number(toc[0]![5])
    expect(image.sessions).toEqual([16, start + 16])
    const first = open('sessions.iso', { descriptorSector: start + 16 })
    expect(first.tree.entries.map(({ name }) => name)).toEqual(['', 'both', 'old'])
    const names = claimNames(image)
    expect(names.get('file only in another session')).toBe(3)
    expect(names.get('directory records (another session)')).toBe(2048)
    comparisons += 6
  })

  it('reads hybrid images: MBR code, partitions of all tables, HFS+ and UDF beside the tree', () => {
    writeFileSync(at('mbr.img'), noise(512, 8))
    writeFileSync(at('part.img'), noise(70_000, 9))
    const boot = [
      '-b',
      'boot/bios.img',
      '-c',
      'boot/boot.cat',
      '-no-emul-boot',
      '-boot-load-size',
      '4',
      '-boot-info-table',
    ]
    xorrisofs('hybrid.iso', [
      '-R',
      '--grub2-mbr',
      at('mbr.img'),
      ...boot,
      '-append_partition',
      '2',
      '0x83',
      at('part.img'),
    ])
    const hybrid = open('hybrid.iso')
    expect(hybrid.warnings).toEqual([])
    expectMbr(hybrid, at('hybrid.iso'))
    const names = claimNames(hybrid)
    expect(names.get('MBR boot code')).toBe(440)
    expect(names.get('partition 2 (Linux filesystem), not in the tree')).toBeGreaterThan(70_000)
    xorrisofs('hfs.iso', ['-R', '-hfsplus'])
    const hfs = open('hfs.iso')
    expect(hfs.facts['partitionTable']).toBe('APM')
    const reported = xorrisoReport(at('hfs.iso'), '-report_system_area plain')
    const expected = reported
      .filter((words) => words.slice(0, 4).join(' ') === 'APM start and size')
      .map((words) => words.slice(6).map(Number))
    // xorriso leaves out the first entry, which is the map itself.
    expect(hfs.partitions.slice(1).map(({ start, length }) => [start / 512, length / 512])).toEqual(expected)
    expect(expected.length).toBeGreaterThan(1)
    const hfsNames = claimNames(hfs)
    expect(hfsNames.get('HFS+ catalog file')).toBeGreaterThan(32_000)
    // What the symbolic links lead to is content of files there.
    const targets = hfs.tree.entries.map(({ target = '' }) => target.length)
    expect(hfsNames.get('HFS+ file not in the tree')).toBe(targets.reduce((sum, length) => sum + length, 0))
    expect(gapsOf(hfs)).toEqual([])
    genisoimage('udf.iso', ['-R', '-udf'])
    const udf = open('udf.iso')
    expect(udf.facts['udfBridge']).toBe(true)
    expect(udf.warnings.length).toBeLessThan(3)
    const udfNames = claimNames(udf)
    // A file entry for each name, also of a hard link.
    expect(udfNames.get('UDF file entry')! / 2048).toBe(udf.tree.entries.length)
    // Each name has a descriptor of 38 bytes and itself.
    const least = udf.tree.entries.reduce((sum, { name }) => sum + 38 + name.length, 0)
    expect(udfNames.get('UDF directory')).toBeGreaterThan(least)
    expect(udfNames.get('UDF anchor volume descriptor pointer')).toBeGreaterThan(2 * 2048 - 1)
    expect(gapsOf(udf)).toEqual([])
    comparisons += expected.length + 2
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
    expect(names.get('EFI boot image, partition 2, not in the tree')).toBe(1 << 20)
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

/** Number, type and range of every MBR partition. */
function expectMbr(image: Iso9660Image, path: string): void {
  const rows = xorrisoReport(path, '-report_system_area plain').filter(
    (words) => words.slice(0, 3).join(' ') === 'MBR partition :',
  )
  const expected = rows.map((words) => {
    const [number, , type, start, length] = words.slice(3)
    return { table: 'MBR', number: Number(number), type, start: Number(start) * 512, length: Number(length) * 512 }
  })
  expect(expected.length).toBeGreaterThan(1)
  expect(image.partitions.filter(({ table }) => table === 'MBR')).toMatchObject(expected)
  comparisons += expected.length
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
