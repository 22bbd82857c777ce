import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import type { ErofsImage } from '../../parsers/erofs/index.ts'
import { pathOf } from '../../parsers/image.ts'
import { type OpenImage, openImage, openSource } from '../../src/images/open-image.ts'
import { attribute } from '../../src/inventory/attribution.ts'
import { describeWith, mustRun, ROOT } from '../oracle.ts'
import { missingOf } from '../tools.ts'
import { askMaker, attributesOf, dumpedExtents, extracted, kernelMounts, mounted } from './erofs-oracle.ts'
import { addXattrs, makeSource } from './squashfs-source.ts'
import { expectSameContent, type Facts, factsOfFolder, factsOfImage } from './unpacked.ts'

/** What mkfs.erofs is told, the release that has it, and the compressor that it needs. */
interface Recipe {
  readonly options: readonly string[]
  readonly since?: number
  readonly compressor?: string
  /** Files that end in holes have them, which fsck.erofs forgets from release 1.6 on. */
  readonly holes?: true
  /** Contents that we do not decode. */
  readonly opaque?: true
}

const RECIPES: readonly Recipe[] = [
  { options: [] },
  { options: ['-Eforce-inode-compact'] },
  { options: ['-Eforce-inode-extended'] },
  { options: ['-Enoinline_data'], since: 106 },
  { options: ['--chunksize=4096'] },
  { options: ['--chunksize=65536'] },
  { options: ['--chunksize=4096', '-Eforce-chunk-indexes'], holes: true },
  { options: ['-x1'] },
  { options: ['-zlz4'] },
  { options: ['-zlz4', '-Elegacy-compress'] },
  { options: ['-zlz4', '-C65536'] },
  { options: ['-zlz4', '-Eztailpacking'] },
  { options: ['-zlz4', '-C16384', '-Eztailpacking'] },
  { options: ['-zlz4', '--max-extent-bytes=8192'] },
  { options: ['-zlz4', '-Eforce-inode-compact'] },
  { options: ['-zlz4hc'], compressor: 'lz4hc' },
  { options: ['-zlz4hc,12', '-C1048576'], compressor: 'lz4hc' },
  { options: ['-zlz4', '-Ededupe'], since: 106 },
  { options: ['-zlz4', '-Ededupe', '-C65536'], since: 106 },
  { options: ['-zlz4', '-Efragments'], since: 106 },
  { options: ['-zlz4', '-Efragments,ztailpacking'], since: 106 },
  { options: ['-zlz4', '-Eall-fragments,dedupe', '-C65536'], since: 106 },
  { options: ['-zlz4', '--xattr-prefix=user.', '-Efragments'], since: 107 },
  { options: ['-zlz4', '-b512'], since: 107 },
  { options: ['-b1024'], since: 107 },
  { options: ['-zzstd', '-C65536', '-Eztailpacking'], compressor: 'zstd' },
  { options: ['-zzstd', '-C1048576', '-Eall-fragments,dedupe'], compressor: 'zstd' },
  { options: ['-zlz4:zstd', '-Efragments'], compressor: 'zstd' },
  { options: ['-E48bit'], since: 109, holes: true },
  { options: ['-zlz4', '-E48bit'], since: 109 },
  { options: ['-zlz4', '-E48bit,all-fragments,fragdedupe=full', '-C65536'], since: 109 },
  { options: ['-zlz4', '--zD=1'], since: 109 },
  { options: ['-zlz4', '--zD=1', '-Eall-fragments,dedupe'], since: 109 },
  { options: ['-zlzma'], compressor: 'lzma', opaque: true },
  { options: ['-zdeflate'], compressor: 'deflate', opaque: true },
]

const TOOLS = ['mkfs.erofs', 'fsck.erofs', 'dump.erofs', 'mount', 'setfattr', 'getfattr', ROOT]
const maker = missingOf(['mkfs.erofs']).length === 0 ? askMaker() : { release: 0, compressors: [] }
const recipes = RECIPES.filter(
  ({ since = 0, compressor = 'lz4' }) => maker.release >= since && maker.compressors.includes(compressor),
)
const NAMED = recipes.map((recipe) => [recipe.options.join(' '), recipe] as const)
const BLOCK_SIZE = 4096
/** Where we cut each image. */
const CUTS = 200

let work = ''
let source = ''
let compared = 0
let attributes = 0
let extents = 0

function make(options: readonly string[], name = 'image.erofs'): string {
  const image = join(work, name)
  rmSync(image, { force: true })
  mustRun('mkfs.erofs', [...options, '--quiet', image, source])
  return image
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-erofs-'))
  if (missingOf(TOOLS).length > 0) return
  source = join(work, 'source')
  mkdirSync(source)
  makeSource(source, BLOCK_SIZE)
  addXattrs(source)
  // mkfs.erofs 1.5 cuts a name of 255 bytes by one, and then does not find the file.
  const name = join(source, 'names', 'n')
  renameSync(name + 'n'.repeat(254), name + 'n'.repeat(253))
  // Programs compress neither well nor badly, so that extents begin anywhere in a block.
  mustRun('cp', ['/bin/ls', join(source, 'sizes/program')])
  mustRun('cp', ['/bin/ls', join(source, 'copies/program')])
})
afterAll(() => {
  rmSync(work, { recursive: true, force: true })
})

/** The facts without those that fsck.erofs 1.5 does not restore: times, and bits that a change of the owner clears. */
function restored(facts: Map<string, Facts>): Map<string, Facts> {
  return new Map([...facts].map(([path, one]) => [path, { ...one, mtime: 0, mode: one.mode & ~0o6000 }]))
}

function expectExact(open: OpenImage): void {
  const { image, file } = open
  const { accounts, warnings, complete } = attribute(open)
  expect(warnings.map(({ message }) => message)).toEqual([])
  expect(complete).toBe(true)
  expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(file.size)
  const odd = accounts.filter(({ kind }) => ['overlap', 'unreadable'].includes(kind))
  expect(odd.map(({ name }) => name)).toEqual([])
  expect(image.complete).toBe(true)
}

/** Compares names, facts and contents with a folder. */
function expectFolder(
  open: OpenImage,
  folder: string,
  { opaque }: Recipe,
  known = (facts: Map<string, Facts>): Map<string, Facts> => facts,
): void {
  expect(known(factsOfImage(open))).toEqual(known(factsOfFolder(folder)))
  if (opaque !== true) compared += expectSameContent(open, folder)
}

function expectAttributes(open: OpenImage, folder: string): void {
  const image = open.image as ErofsImage
  const found = new Map<string, string[]>()
  for (const entry of image.tree.entries) {
    const list = image.xattrs(entry).map(({ name, value }) => `${name}=${Buffer.from(value).toString('hex')}`)
    const path = pathOf(image.tree, entry)
    if (list.length > 0 && /^[ -~]*$/.test(path) && !path.includes('\\')) found.set(path, list.sort())
  }
  expect(found).toEqual(attributesOf(folder))
  attributes += found.size
}

/** Compares the extents of all files with those that dump.erofs prints. */
function expectExtents(open: OpenImage, image: string): void {
  const seen = new Set<number>()
  for (const entry of open.image.tree.entries) {
    if (entry.type !== 'file' || seen.has(entry.identity)) continue
    seen.add(entry.identity)
    // dump.erofs starts anew for each file, so we take some of the small ones.
    if (entry.size < BLOCK_SIZE && seen.size % 20 !== 0) continue
    const dumped = dumpedExtents(image, entry.identity).filter(({ length }) => length > 0)
    const compressed = [...open.image.extents(entry)].flatMap(({ codec, skip, at, offset, length }) =>
      codec === 'stored' || skip !== undefined ? [] : [{ at, offset, end: offset + length }],
    )
    for (const { at, offset, end } of compressed) {
      const inside = dumped.filter((one) => one.offset >= offset && one.offset + one.stored <= end)
      expect(inside.reduce((sum, { stored }) => sum + stored, 0)).toBe(end - offset)
      expect(inside[0]).toMatchObject({ at, offset })
      extents += inside.length
    }
  }
}

describeWith(TOOLS, 'images by mkfs.erofs', () => {
  it.each(NAMED)('options "%s"', (_, recipe) => {
    const path = make(recipe.options)
    const open = openImage(path)
    try {
      expect(open.image.format.name).toBe('erofs')
      expect(open.image.warnings.map(({ message }) => message)).toEqual([])
      if (recipe.holes !== true || maker.release < 106) expectFolder(open, extracted(work, path), recipe, restored)
      expectExact(open)
      if (recipe.opaque !== true) expectExtents(open, path)
    } finally {
      open.close()
    }
  })

  it('an empty folder', () => {
    const empty = join(work, 'empty')
    mkdirSync(empty)
    const path = join(work, 'empty.erofs')
    mustRun('mkfs.erofs', ['--quiet', path, empty])
    const open = openImage(path)
    expect(open.image.tree.count).toBe(1)
    expectExact(open)
    open.close()
  })

  it('content on another device: it is named, and the rest is read', () => {
    const blobs = join(work, 'blobs')
    const path = make(['--chunksize=4096', `--blobdev=${blobs}`])
    const open = openImage(path)
    expect(open.image.facts['extraDevices']).toBe(1)
    const { accounts, warnings } = attribute(open)
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(statSync(path).size)
    expect(warnings[0]?.message).toMatch(/its content lies on another device/)
    const entry = open.image.tree.entries.find(({ name }) => name === 'program')!
    expect(() => [...open.reader.chunks(entry)]).toThrow(/lies on another device, which is a file of its own/)
    open.close()
  })

  it('compared what it should have', () => {
    // 680 files in each image whose contents we decode.
    const images = recipes.filter(({ opaque }) => opaque !== true).length
    expect(compared).toBeGreaterThan(600 * images)
    expect(extents).toBeGreaterThan(20 * images)
  })
})

if (kernelMounts()) {
  describeWith(TOOLS, 'images as the kernel mounts them', () => {
    it.each(NAMED)('options "%s"', (_, recipe) => {
      const path = make(recipe.options)
      const open = openImage(path)
      try {
        mounted(work, path, (folder) => {
          expectFolder(open, folder, recipe)
          expectAttributes(open, folder)
        })
      } finally {
        open.close()
      }
    })

    it('compared what it should have', () => {
      expect(attributes).toBeGreaterThan(20 * recipes.length)
    })
  })
} else {
  describe.skip('images as the kernel mounts them (the kernel has no EROFS, or this user may not mount)', () => {
    it('are not compared', () => {})
  })
}

describeWith(TOOLS, 'images that end early', () => {
  it.each(NAMED.filter((_, index) => index % 3 === 0))('options "%s"', (_, { options }) => {
    const whole = readFileSync(make(options))
    for (let cut = 0; cut < CUTS; cut += 1) {
      const size = Math.floor((whole.length * cut) / CUTS)
      if (size < 1200) continue
      const open = openSource(bytesSource(Uint8Array.from(whole.subarray(0, size)), 'cut.erofs'))
      const { accounts, complete, warnings } = attribute(open)
      expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(size)
      expect(complete).toBe(false)
      expect(warnings[0]?.message).toMatch(/the file ends before the image does/)
    }
  })
})
