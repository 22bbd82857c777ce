import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Entry, pathOf } from '../../parsers/image.ts'
import type { SquashfsImage } from '../../parsers/squashfs/index.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { attribute } from '../../src/inventory/attribution.ts'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun, ROOT } from '../oracle.ts'
import { packSquashfs } from './pack-squashfs.ts'
import { addXattrs, makeSource, prose } from './squashfs-source.ts'
import { expectSameContent, factsOfFolder, factsOfImage } from './unpacked.ts'

const COMPRESSORS = ['gzip', 'lzma', 'lzo', 'lz4', 'xz', 'zstd']

/** What mksquashfs is told beside the compressor; every one with every compressor. */
const OPTIONS: readonly string[][] = [
  [],
  ['-noI'],
  ['-noD'],
  ['-noF'],
  ['-noX'],
  ['-noI', '-noD', '-noF', '-noX'],
  ['-no-fragments'],
  ['-always-use-fragments'],
  ['-no-duplicates'],
  ['-no-exports'],
  ['-nopad'],
  ['-no-xattrs'],
  ['-no-hardlinks', '-all-root'],
]

/** Options of single compressors. */
const OF_COMPRESSORS: readonly string[][] = [
  ...['x86', 'powerpc', 'ia64', 'arm', 'armthumb', 'sparc', 'x86,arm,sparc'].map((bcj) => [
    '-comp',
    'xz',
    '-Xbcj',
    bcj,
  ]),
  ['-comp', 'xz', '-Xdict-size', '50%'],
  [
    '-comp',
    'gzip',
    '-Xcompression-level',
    '1',
    '-Xwindow-size',
    '8',
    '-Xstrategy',
    'huffman_only,run_length_encoded,fixed',
  ],
  ['-comp', 'lz4', '-Xhc'],
  ['-comp', 'zstd', '-Xcompression-level', '22'],
  ...['lzo1x_1', 'lzo1x_1_11', 'lzo1x_1_12', 'lzo1x_1_15', 'lzo1x_999'].map((how) => [
    '-comp',
    'lzo',
    '-Xalgorithm',
    how,
  ]),
]

/** What gensquashfs is told beside the compressor: keep times, extended attributes, export table, no tail packing. */
const GENSQUASHFS_OPTIONS: readonly string[][] = [
  ['-k'],
  ['-k', '-x'],
  ['-k', '-e'],
  ['-k', '-T'],
  ['-k', '-x', '-e', '-T'],
]

const BLOCK_SIZE = 16384
const SIZES = [4096, 8192, 32768, 65536, 131072, 262144, 524288, 1048576]

let work = ''
let compared = 0

/** The source for a block size, made once. */
const sources = new Map<number, string>()
function sourceFor(blockSize: number): string {
  const known = sources.get(blockSize)
  if (known !== undefined) return known
  const folder = join(work, `source-${blockSize}`)
  mkdirSync(folder)
  makeSource(folder, blockSize)
  addXattrs(folder)
  // Real programs, for the branch filters have nothing to do in prose.
  symlinkSync('/bin', join(folder, 'links/bin'))
  mustRun('cp', ['/bin/cat', join(folder, 'sizes/program')])
  sources.set(blockSize, folder)
  return folder
}

function unsquashfs(image: string, folder: string, offset: number): void {
  mustRun('unsquashfs', ['-d', folder, '-o', String(offset), '-no-progress', image])
}

/**
 * For gensquashfs's images with lz4, which unsquashfs 4.5.1 takes for damaged and gensquashfs's own reader fails on:
 * the folder they were made from. Of that, only the time of its top is not kept.
 */
function source(_: string, folder: string): void {
  mustRun('cp', ['-a', sourceFor(BLOCK_SIZE), folder])
  utimesSync(folder, 0, 0)
}

/** Opens the image, compares all of it with what a tool unpacks, and checks that its accounts add up. */
function expectAgreement(image: string, offset = 0, unpack = unsquashfs): void {
  const folder = join(work, 'unpacked')
  rmSync(folder, { recursive: true, force: true })
  unpack(image, folder, offset)
  const open = openImage(image, { offset })
  try {
    expect(open.image.warnings.map((warning) => warning.message)).toEqual([])
    expect(factsOfImage(open)).toEqual(factsOfFolder(folder))
    compared += expectSameContent(open, folder)
    expectExact(open, statSync(image).size)
    expect(open.image.complete).toBe(true)
  } finally {
    open.close()
  }
}

function expectExact(open: OpenImage, size: number): void {
  const { accounts } = attribute(open)
  expect(accounts.reduce((sum, account) => sum + account.own, 0)).toBe(size)
  expect(
    accounts.filter(({ kind }) => ['gap', 'overlap', 'unreadable'].includes(kind) && !kind.startsWith('bytes before')),
  ).toEqual(open.image.source === open.file ? [] : [expect.objectContaining({ name: 'bytes before the image' })])
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-squashfs-'))
})
afterAll(() => {
  rmSync(work, { recursive: true, force: true })
})

describeWith(['mksquashfs', 'unsquashfs', 'setfattr', ROOT], 'images by mksquashfs', () => {
  const make = (options: readonly string[], blockSize = BLOCK_SIZE): string => {
    const image = join(work, 'image.squashfs')
    const all = ['-noappend', '-no-progress', '-quiet', '-b', String(blockSize), ...options]
    packSquashfs(image, [sourceFor(blockSize)], all)
    return image
  }
  for (const compressor of COMPRESSORS) {
    for (const options of OPTIONS) {
      it(`${compressor} ${options.join(' ')}`, () => expectAgreement(make(['-comp', compressor, ...options])))
    }
    it(`${compressor} at an offset of 4096`, () => {
      expectAgreement(make(['-comp', compressor, '-o', '4096']), 4096)
    })
  }
  for (const options of OF_COMPRESSORS) it(options.join(' '), () => expectAgreement(make(options)))
  for (const [index, size] of SIZES.entries()) {
    const compressor = COMPRESSORS[index % COMPRESSORS.length]!
    it(`blocks of ${size} bytes, ${compressor}`, () => expectAgreement(make(['-comp', compressor], size)))
  }
  it('an empty folder', () => {
    const empty = join(work, 'empty')
    mkdirSync(empty)
    const image = join(work, 'empty.squashfs')
    mustRun('mksquashfs', [empty, image, '-noappend', '-no-progress', '-quiet'])
    expectAgreement(image)
  })
  it('compared what it should have', () => {
    // 680 files in each of more than a hundred images: a matrix that quietly shrank would show.
    expect(compared).toBeGreaterThan(60_000)
  })
})

describeWith(['gensquashfs', 'unsquashfs', 'setfattr', ROOT], 'images by gensquashfs', () => {
  for (const compressor of COMPRESSORS) {
    for (const options of GENSQUASHFS_OPTIONS) {
      it(`${compressor} ${options.join(' ')}`, () => {
        const image = join(work, 'image.squashfs')
        const block = String(BLOCK_SIZE)
        mustRun('gensquashfs', [
          '-D',
          sourceFor(BLOCK_SIZE),
          '-q',
          '-f',
          '-b',
          block,
          '-c',
          compressor,
          ...options,
          image,
        ])
        expectAgreement(image, 0, compressor === 'lz4' ? source : unsquashfs)
      })
    }
  }
})

describeWith(
  ['mksquashfs', 'rdsquashfs', 'setfattr', ROOT],
  'blocks, fragments and attributes as rdsquashfs tells them',
  () => {
    let open: OpenImage
    let path = ''
    beforeAll(() => {
      path = join(work, 'stat.squashfs')
      mustRun('mksquashfs', [
        sourceFor(BLOCK_SIZE),
        path,
        '-noappend',
        '-no-progress',
        '-quiet',
        '-b',
        String(BLOCK_SIZE),
        '-comp',
        'zstd',
      ])
      open = openImage(path)
    })
    afterAll(() => open.close())
    const files = (): Entry[] =>
      open.image.tree.entries.filter((entry) => /^(sizes|copies|holes)$/.test(parentName(open, entry)))

    it('sizes of blocks, fragment and offset', () => {
      let blocks = 0
      for (const entry of files()) {
        const told = mustRun('rdsquashfs', ['--stat', pathOf(open.image.tree, entry), path]).toString()
        const expected = [...told.matchAll(/Block #\d+ size: (\d+) \((compressed|uncompressed|sparse)\)/g)].map(
          (match) => Number(match[1]),
        )
        const fragment = /Fragment index: (0x[0-9A-F]+|\d+)/i.exec(told)
        const offset = /Fragment offset: (\d+)/.exec(told)
        const runs = [...open.image.runs(entry)]
        const tail = runs.length > expected.length ? runs[runs.length - 1] : undefined
        expect(runs.slice(0, expected.length).map((run) => run.storedLength)).toEqual(expected)
        const hasFragment = fragment !== null && Number(fragment[1]) !== 0xffffffff && entry.size % BLOCK_SIZE !== 0
        expect(tail !== undefined).toBe(hasFragment)
        if (tail !== undefined) expect(tail.skip).toBe(Number(offset![1]))
        blocks += expected.length
      }
      expect(blocks).toBeGreaterThan(50)
    })

    it('a name that is not UTF-8: listed with its bytes, and found as it is listed', () => {
      const [line] = isoscope(['ls', '-f', 'ndjson', path, String.raw`/names/not-utf8-\xff\xfe`])
        .stdout.toString()
        .split('\n')
      const listed = JSON.parse(line!) as { path: string; pathBase64: string }
      expect(listed.path).toBe(String.raw`/names/not-utf8-\xff\xfe`)
      expect(Buffer.from(listed.pathBase64, 'base64').toString('latin1')).toBe('/names/not-utf8-\xff\xfe')
      expect(isoscope(['cat', path, listed.path]).stdout).toEqual(prose(5, 3))
      // A name with a backslash of its own is taken as it is.
      expect(isoscope(['cat', path, String.raw`/names/back\slash`]).stdout).toEqual(prose(5, 5))
    })

    it('extended attributes, out-of-line values included', () => {
      let count = 0
      const image = open.image as SquashfsImage
      for (const entry of image.tree.entries) {
        const found = image.xattrs(entry)
        if (found.length === 0) continue
        const told = mustRun('rdsquashfs', ['-x', pathOf(image.tree, entry), path]).toString()
        for (const { name, value } of found) {
          expect(told).toContain(`${name}=${Buffer.from(value).toString()}`)
          count += 1
        }
      }
      expect(count).toBe(25)
    })
  },
)

function parentName({ image }: OpenImage, entry: Entry): string {
  return entry.type === 'file' ? image.tree.entries[entry.parent]!.name : ''
}
