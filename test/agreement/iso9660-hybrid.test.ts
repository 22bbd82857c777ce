import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openImage } from '../../src/images/open-image.ts'
import { type Account, attribute } from '../../src/inventory/attribution.ts'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { noise } from './squashfs-source.ts'

let work = ''
let source = ''

const at = (name: string): string => join(work, name)

function xorrisofs(image: string, options: readonly string[], folder = source): void {
  // With `-append_partition` and no boot image it ends with 0 too, and says more on stderr.
  mustRun('xorriso', ['-as', 'mkisofs', '-quiet', '-o', at(image), ...options, folder], {
    seconds: 120,
    env: { LC_ALL: 'C.UTF-8' },
  })
}

function genisoimage(image: string, options: readonly string[], folder = source): void {
  mustRun('genisoimage', ['-quiet', '-o', at(image), ...options, folder], { seconds: 120 })
}

/** The accounts of an image, which add up to it; nothing of it is unknown or claimed twice. */
function accountsOf(name: string, expectGaps = false): readonly Account[] {
  const open = openImage(at(name))
  try {
    const { accounts, warnings } = attribute(open)
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(statSync(at(name)).size)
    if (!expectGaps) {
      expect(accounts.filter(({ kind }) => kind === 'gap' || kind === 'overlap')).toEqual([])
      expect(warnings).toEqual([])
    }
    return accounts
  } finally {
    open.close()
  }
}

function ownOf(accounts: readonly Account[], name: string): number {
  return accounts.filter((account) => account.name === name).reduce((sum, { own }) => sum + own, 0)
}

/** The only region of an image that is beside its tree. */
function besideTree(name: string): Account {
  const beside = accountsOf(name).filter(({ region, name: of }) => region === of && !region.startsWith('/'))
  expect(beside.length).toBe(1)
  return beside[0]!
}

/** What isoinfo says of the directories of an image that begins at `sector` of a file: how many, and all their bytes. */
function directoriesAt(image: string, sector: number, options: readonly string[]): { count: number; bytes: number } {
  writeFileSync(at('tail.iso'), readFileSync(at(image)).subarray(sector * 2048))
  const lines = mustRun('isoinfo', ['-l', ...options, '-i', at('tail.iso')])
    .toString('latin1')
    .split('\n')
  const selves = lines.flatMap((line) => {
    const match = /^d\S+ +\d+ +\d+ +\d+ +(\d+) .*\] {2}\. *$/.exec(line)
    return match === null ? [] : [Number(match[1])]
  })
  return { count: selves.length, bytes: selves.reduce((sum, size) => sum + size, 0) }
}

const TOOLS = ['xorriso', 'genisoimage', 'isoinfo', 'sgdisk', 'mkfs.vfat', 'mmd', 'mcopy']

describeWith(TOOLS, 'What lies beside the tree of a disc', () => {
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-hybrid-'))
    source = at('source')
    mkdirSync(join(source, 'boot'), { recursive: true })
    writeFileSync(join(source, 'boot', 'bios.img'), noise(2048, 1))
    writeFileSync(join(source, 'large'), noise(300_000, 2))
    symlinkSync('large', join(source, 'link'))
    for (let index = 0; index < 50; index += 1) {
      mkdirSync(join(source, `folder${index}`))
      writeFileSync(join(source, `folder${index}`, 'f'), `${index}`)
    }
    // Names that make Rock Ridge go on in continuation areas.
    for (const letter of ['a', 'b', 'c']) writeFileSync(join(source, 'folder1', letter.repeat(240)), letter)
    writeFileSync(at('loader.efi'), noise(140_000, 3))
    writeFileSync(at('efi.img'), '')
    truncateSync(at('efi.img'), 2 << 20)
    mustRun('mkfs.vfat', ['--invariant', '-i', '12345678', at('efi.img')])
    mustRun('mmd', ['-i', at('efi.img'), '::/EFI'])
    mustRun('mcopy', ['-i', at('efi.img'), at('loader.efi'), '::/EFI/BOOTX64.EFI'])
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  const SECOND: readonly (readonly [number, readonly string[]])[] = [
    [16, ['-R', '-J', '-joliet-long']],
    [20, ['-R', '-J', '-joliet-long']],
    [64, ['-R', '-J', '-joliet-long']],
    [16, ['-R']],
    [16, ['-J', '-joliet-long', '--norock']],
    [16, ['-R', '-iso-level', '4']],
    [16, ['-R', '--md5']],
  ]
  it.each(SECOND)(
    'has the tree of xorriso -partition_offset %i %j as isoinfo reads it from there',
    (offset, options) => {
      xorrisofs('second.iso', [...options, '-partition_offset', String(offset)])
      const accounts = accountsOf('second.iso')
      const trees = [
        ['directory records (partition 1)', options.includes('--norock') ? [] : ['-R']],
        ...(options.includes('-J') ? [['directory records (Joliet, partition 1)', ['-J']] as const] : []),
      ] as const
      for (const [name, isoinfo] of trees) {
        const { count, bytes } = directoriesAt('second.iso', offset, isoinfo)
        expect(count).toBe(52)
        expect(ownOf(accounts, name)).toBe(bytes)
        // What the shown tree takes is the same.
        expect(ownOf(accounts, name.replace(/,? ?partition 1/, '').replace(' ()', ''))).toBe(bytes)
      }
      const told = (name: string): number => ownOf(accounts, name)
      expect(told('path table (primary, partition 1)')).toBe(told('path table (primary)'))
      if (options.includes('-R')) {
        expect(told('Rock Ridge continuation area (partition 1)')).toBe(told('Rock Ridge continuation area'))
        expect(told('Rock Ridge continuation area (partition 1)')).toBeGreaterThan(500)
      }
      for (const kind of ['primary volume descriptor', 'volume descriptor set terminator']) {
        expect(told(`${kind} (partition 1)`)).toBe(2048)
      }
      expect(accounts.some(({ region, name }) => region === name && !region.startsWith('/'))).toBe(false)
    },
  )

  it('knows the layout of live-build, where the EFI image is a file and a partition', () => {
    writeFileSync(at('mbr.img'), noise(432, 4))
    mkdirSync(at('live'))
    for (const name of ['boot', 'live']) mkdirSync(join(at('live'), name))
    writeFileSync(join(at('live'), 'boot', 'isolinux.bin'), noise(24_576, 5))
    writeFileSync(join(at('live'), 'boot', 'efi.img'), readFileSync(at('efi.img')))
    writeFileSync(join(at('live'), 'live', 'filesystem'), noise(400_000, 6))
    const options = [
      ...['-R', '-J', '-joliet-long', '-cache-inodes', '-iso-level', '3', '-partition_offset', '16'],
      ...['-isohybrid-mbr', at('mbr.img'), '-c', 'boot/boot.cat', '-b', 'boot/isolinux.bin', '-no-emul-boot'],
      ...['-boot-load-size', '4', '-boot-info-table', '-eltorito-alt-boot', '-e', 'boot/efi.img', '-no-emul-boot'],
    ]
    xorrisofs('live.iso', [...options, '-isohybrid-gpt-basdat'], at('live'))
    const accounts = accountsOf('live.iso')
    expect(ownOf(accounts, '/boot/efi.img')).toBe(2 << 20)
    expect(ownOf(accounts, 'directory records (partition 1)')).toBe(3 * 2048)
    expect(accounts.some(({ region, name }) => region === name && !region.startsWith('/live'))).toBe(false)
  })

  const interval = ['-eltorito-alt-boot', '-e', '--interval:appended_partition_2:all::', '-no-emul-boot']
  it.each([
    ['EFI boot image, partition 2, not in the tree', ['-append_partition', '2', '0xef', 'efi.img', ...interval]],
    [
      'EFI boot image, partition 2, not in the tree',
      ['-partition_offset', '16', '-append_partition', '2', '0xef', 'efi.img', '-appended_part_as_gpt', ...interval],
    ],
    ['EFI system partition 2, not in the tree', ['-append_partition', '2', '0xef', 'efi.img']],
    ['partition 3 (Linux filesystem), not in the tree', ['-append_partition', '3', '0x83', 'efi.img']],
    [
      'partition 2 (Linux filesystem), not in the tree',
      ['-append_partition', '2', '0x83', 'efi.img', '-appended_part_as_gpt'],
    ],
  ])('names a region %j', (name, options) => {
    xorrisofs('beside.iso', [
      '-R',
      '-J',
      '-joliet-long',
      ...options.map((option) => (option === 'efi.img' ? at(option) : option)),
    ])
    const region = besideTree('beside.iso')
    expect(region.own).toBe(2 << 20)
    const [place] = region.places!
    const image = readFileSync(at('beside.iso'))
    expect(image.subarray(place!.offset, place!.offset + place!.length).equals(readFileSync(at('efi.img')))).toBe(true)
    // xorriso gives "basic data" to what it appends to a GPT, whatever it is said to be.
    const isGpt = options.includes('-appended_part_as_gpt') && !options.includes('-e')
    expect(region.name).toBe(isGpt ? name.replace('Linux filesystem', 'basic data') : name)
  })

  it('names a GPT partition by its type and the name it was given', () => {
    xorrisofs('gpt.iso', ['-R', '-append_partition', '2', '0x83', at('efi.img'), '-appended_part_as_gpt'])
    mustRun('sgdisk', ['-t', '2:8300', '-c', '2:my data', at('gpt.iso')])
    expect(besideTree('gpt.iso').name).toBe('partition 2 (Linux filesystem, "my data"), not in the tree')
    mustRun('sgdisk', ['-t', '2:ef00', at('gpt.iso')])
    expect(besideTree('gpt.iso').name).toBe('EFI system partition 2, not in the tree')
  })

  it('names a floppy that El Torito emulates, and a boot loader, which the tree hides', () => {
    const folder = at('floppy')
    mkdirSync(folder)
    writeFileSync(join(folder, 'floppy.img'), noise(1_474_560, 7))
    writeFileSync(join(folder, 'loader.bin'), noise(38_912, 8))
    writeFileSync(join(folder, 'readme'), 'text')
    genisoimage(
      'floppy.iso',
      ['-R', '-b', 'floppy.img', '-c', 'cat', '-hide', 'floppy.img', '-x', 'loader.bin'],
      folder,
    )
    expect(besideTree('floppy.iso')).toMatchObject({ name: 'BIOS boot image, not in the tree', own: 1_474_560 })
    const loader = ['-b', 'loader.bin', '-no-emul-boot', '-boot-load-size', '4', '-boot-info-table', '-x', 'floppy.img']
    genisoimage('loader.iso', ['-R', '-c', 'cat', '-hide', 'loader.bin', ...loader], folder)
    expect(besideTree('loader.iso')).toMatchObject({ name: 'BIOS boot image, not in the tree', own: 38_912 })
  })

  it('names files that only the UDF side of a bridge has', () => {
    mkdirSync(at('bridge'))
    writeFileSync(join(at('bridge'), 'hidden'), noise(123_456, 9))
    writeFileSync(join(at('bridge'), 'shown'), noise(5000, 10))
    genisoimage('bridge.iso', ['-R', '-udf', '-hide', 'hidden'], at('bridge'))
    expect(besideTree('bridge.iso')).toMatchObject({ name: 'files only in the UDF tree', own: 123_456 })
  })

  it('says that the content is in UDF only where files are', () => {
    const folder = at('small-files')
    mkdirSync(folder)
    for (let index = 0; index < 1000; index += 1) writeFileSync(join(folder, `file${index}`), `${index}`)
    genisoimage('small.iso', ['-R', '-udf'], folder)
    expect(statSync(at('small.iso')).size).toBeGreaterThan(4 << 20)
    accountsOf('small.iso')
    writeFileSync(join(folder, 'hidden'), noise(4 << 20, 11))
    genisoimage('windows.iso', ['-R', '-udf', '-hide', 'hidden'], folder)
    const open = openImage(at('windows.iso'))
    expect(open.image.complete).toBe(false)
    expect(open.image.warnings.map(({ code }) => code)).toEqual(['UNSUPPORTED'])
    open.close()
  })

  it.each([
    ['HFS', ['-R', '-hfs']],
    ['HFS in a partition', ['-R', '-hfs', '-part']],
    ['HFS and UDF', ['-R', '-hfs', '-udf']],
  ])('accounts for the structures of %s', (_, options) => {
    genisoimage('apple.iso', [...options, '-x', 'folder1'])
    const accounts = accountsOf('apple.iso')
    expect(ownOf(accounts, 'HFS master directory block')).toBe(512)
    expect(ownOf(accounts, 'HFS catalog file') % 512).toBe(0)
    expect(ownOf(accounts, 'HFS catalog file')).toBeGreaterThan(10_000)
    expect(ownOf(accounts, 'HFS extents overflow file')).toBeGreaterThan(512)
  })

  it.each([
    ['HFS+ metadata', () => xorrisofs('named.iso', ['-R', '-hfsplus'])],
    ['UDF metadata', () => genisoimage('named.iso', ['-R', '-udf', '-x', 'folder1'])],
    ['HFS metadata', () => genisoimage('named.iso', ['-R', '-hfs', '-x', 'folder1'])],
  ])('shows [%s] in the report, apart from the tables of ISO 9660', (name, make) => {
    make()
    const own = accountsOf('named.iso')
      .filter((account) => account.name.startsWith(`${name.split(' ')[0]} `))
      .reduce((sum, account) => sum + account.own, 0)
    const text = isoscope([at('named.iso'), '--bytes']).stdout.toString()
    const rows = text.split('\n').filter((line) => line.endsWith(`[${name}]`))
    expect(rows.map((row) => row.trim().split(/ +/)[0])).toEqual(Array(2).fill(own.toLocaleString('en')))
    expect(text).toContain('[ISO9660 tables]')
  })

  it('has regions beside the tree in every output, and places with -v', () => {
    xorrisofs('all.iso', ['-R', '-append_partition', '2', '0xef', at('efi.img'), ...interval])
    xorrisofs('none.iso', ['-R'])
    const name = 'EFI boot image, partition 2, not in the tree'
    const image = at('all.iso')
    const said = (...args: string[]): string => isoscope(args).stdout.toString()
    const text = said(image, '-v')
    // The first row of the first table.
    expect(text.split('\n')[4]).toMatch(/^ +2\.0 MiB +\d+\.\d% +– +█.* EFI boot image, partition 2, not in the tree$/)
    expect(text).toMatch(/^ {2}EFI boot image, partition 2, not in the tree at 0x[0-9a-f]+, 2,097,152 bytes$/m)
    expect(text).toContain(`[${name}]`)
    expect(said(image, '--format', 'md')).toMatch(/\| 2\.0 MiB \| \d+\.\d% \| – \| EFI boot image, partition 2/)
    expect(said(image, '--format', 'csv')).toContain(`structure,"${name}","${name}",,,"${name}",2097152,`)
    expect(said(image, '--format', 'tsv')).toContain(`structure\t${name}\t${name}\t\t\t${name}\t2097152\t`)
    expect(said(image, '--format', 'ndjson')).toContain(`"path":"${name}"`)
    const ncdu: unknown = JSON.parse(said('export', '-f', 'ncdu', image))
    expect(diskUsage(ncdu)).toBe(statSync(image).size)
    expect(JSON.stringify(ncdu)).toContain(`"name":"[${name}]","asize":2097152,"dsize":2097152`)
    const row = { class: 'new', kind: 'region', name, before: 0, after: 2 << 20, delta: 2 << 20 }
    for (const by of ['path', 'region']) {
      const diff = JSON.parse(said('diff', at('none.iso'), image, '--by', by, '--json')) as { rows: object[] }
      expect(diff.rows).toContainEqual(expect.objectContaining(row))
    }
    const failed = said('check', image, '--max', '1MiB')
    expect(failed).toContain(`${name} 2.0 MiB`)
    // A saved report says the same as the image, places included.
    said(image, '-o', at('all.json'))
    expect(said(at('all.json'), '-v')).toBe(text)
    for (let time = 0; time < 2; time += 1) {
      expect(isoscope([image, '-v'], { XDG_CACHE_HOME: at('cache') }).stdout.toString()).toBe(text)
    }
  })

  it('tells of each gap where it lies', () => {
    xorrisofs('gap.iso', ['-R'])
    const bytes = Buffer.from(readFileSync(at('gap.iso')))
    // At the end there are 300 KiB of padding.
    const start = bytes.length - 20 * 2048
    bytes.fill(1, start, start + 3000)
    writeFileSync(at('gap.iso'), bytes)
    const gap = accountsOf('gap.iso', true).find(({ kind }) => kind === 'gap')
    expect(gap?.places).toEqual([{ offset: start, length: 4096 }])
    expect(isoscope([at('gap.iso'), '-v']).stdout.toString()).toContain(
      `\nPlaces in the file\n  gap at 0x${start.toString(16)}, 4,096 bytes\n`,
    )
    expect(isoscope([at('gap.iso')]).stdout.toString()).not.toContain('gap at')
  })
})

/** What ncdu adds up: the disk usage of all entries. */
function diskUsage(node: unknown): number {
  if (Array.isArray(node)) return node.reduce<number>((sum, item) => sum + diskUsage(item), 0)
  const { dsize } = Object(node) as { dsize?: number }
  return dsize ?? 0
}
