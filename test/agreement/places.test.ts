import { createHash } from 'node:crypto'
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { xorrisoExtents, xorrisoListing } from './iso9660-oracle.ts'
import { noise, prose } from './squashfs-source.ts'

interface Extent {
  readonly offset: number
  readonly length: number
  readonly sector?: number
  readonly at: number
  readonly codec?: string
  readonly unpacked?: number
  readonly fragment?: { readonly skip: number; readonly length: number }
}

interface Line {
  readonly path: string
  readonly type: string
  readonly size: number
  readonly stored: number
  readonly imageFormat?: string
  readonly extents?: readonly Extent[]
}

let work = ''
let source = ''
const at = (...names: string[]): string => join(work, ...names)

function list(...args: string[]): Line[] {
  const { code, stdout, stderr } = isoscope(['ls', '-R', '-f', 'ndjson', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = stdout.toString().trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Line)
}

function names(...args: string[]): string[] {
  const { code, stdout } = isoscope(['ls', '-R', ...args])
  expect(code).toBe(0)
  return stdout.toString('latin1').trimEnd().split('\n').sort()
}

function bytesAt(file: string, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  const descriptor = openSync(file, 'r')
  expect(readSync(descriptor, bytes, 0, length, offset)).toBe(length)
  closeSync(descriptor)
  return bytes
}

/** The content of a file put together of the bytes at its extents; what is in zlib must be in one block. */
function contentAt(image: string, { size, extents }: Line): Buffer {
  const content = Buffer.alloc(size)
  for (const { offset, length, at: start, codec, fragment } of extents!) {
    const stored = bytesAt(image, offset, length)
    const block = codec === 'gzip' || codec === 'zlib' ? inflateSync(stored) : stored
    if (codec !== undefined && block === stored) throw new Error(`bytes in ${codec}`)
    block.copy(
      content,
      start,
      fragment?.skip ?? 0,
      fragment === undefined ? block.length : fragment.skip + fragment.length,
    )
  }
  return content
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function expectContents(image: string, lines: readonly Line[], prefix = ''): number {
  let compared = 0
  for (const line of lines) {
    if (line.type !== 'file' || !line.path.startsWith(prefix)) continue
    expect(digest(contentAt(image, line)), line.path).toBe(
      digest(readFileSync(join(source, line.path.slice(prefix.length)))),
    )
    compared += 1
  }
  return compared
}

describeWith(['xorriso', 'genisoimage', 'isoinfo', 'mksquashfs', 'jq'], 'places of files', () => {
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-places-'))
    source = at('source')
    mkdirSync(join(source, 'folder', 'deeper'), { recursive: true })
    const put = (name: string, bytes: Uint8Array): void => writeFileSync(join(source, name), bytes)
    put('empty', Buffer.alloc(0))
    put('sector', noise(2048, 1))
    put('noise', noise(700_001, 2))
    put('text', prose(400_000, 3))
    put(join('folder', 'tail'), noise(1234, 4))
    put(join('folder', 'another tail'), prose(2345, 5))
    put(join('folder', 'deeper', 'Long name with spaces.text'), prose(9000, 6))
    linkSync(join(source, 'noise'), join(source, 'folder', 'noise again'))
    const sparse = openSync(join(source, 'sparse'), 'w')
    writeSync(sparse, noise(4096, 7), 0, 4096, 0)
    writeSync(sparse, noise(150_000, 8), 0, 150_000, 3 << 20)
    writeSync(sparse, Buffer.from('end'), 0, 3, (6 << 20) - 3)
    closeSync(sparse)
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  it.each([
    ['xorriso', ['-R', '-J', '--hardlinks']],
    ['xorriso', ['-R', '-iso-level', '3']],
    ['genisoimage', ['-R', '-J', '-joliet-long']],
  ])('of an ISO by %s %j are those that xorriso and isoinfo tell, and hold the contents', (writer, options) => {
    const image = at('disc.iso')
    rmSync(image, { force: true })
    if (writer === 'xorriso') mustRun('xorriso', ['-as', 'mkisofs', '-quiet', '-o', image, ...options, source])
    else mustRun('genisoimage', ['-quiet', '-o', image, ...options, source])
    const lines = list(image)
    const sectors = new Map(
      lines
        .filter(({ type, size }) => type === 'file' && size > 0)
        .map(({ path, extents }) => [path, extents!.map(({ sector, length }) => [sector, Math.ceil(length / 2048)])]),
    )
    expect(sectors.size).toBe(8)
    expect(sectors).toEqual(xorrisoExtents(image))
    for (const { extents = [] } of lines) for (const { offset, sector } of extents) expect(offset).toBe(sector! * 2048)
    // "[     35 00]  name": the block, and what the extent's flags are.
    const told = mustRun('isoinfo', ['-R', '-l', '-i', image]).toString()
    const blocks = [...told.matchAll(/ (\d+) \w{3} +\d+ +[\d:]+ +\[ *(\d+) [\da-f]+\] +(.*?) *$/gm)].map(
      ([, size, block, name]) => `${name} ${size} ${block}`,
    )
    for (const { path, size, extents } of lines) {
      if (extents === undefined || size === 0) continue
      expect(blocks).toContain(`${path.slice(path.lastIndexOf('/') + 1)} ${size} ${extents[0]!.sector}`)
    }
    expect(expectContents(image, lines)).toBe(9)
  })

  it('of files in squashfs images inside an ISO lead to stored, compressed and sparse contents', () => {
    const folder = at('inside')
    mkdirSync(folder)
    const make = (name: string, ...options: string[]): void => {
      mustRun('mksquashfs', [source, join(folder, name), '-quiet', '-no-progress', ...options])
    }
    make('stored.squashfs', '-noD', '-noF')
    // In blocks of 1 MiB every file but one is of one block, which can be decompressed by itself.
    make('packed.squashfs', '-b', '1M', '-noI', '-comp', 'gzip')
    make('blocks.squashfs', '-b', '1M', '-noI', '-comp', 'gzip', '-no-fragments')
    const image = at('outer.iso')
    mustRun('genisoimage', ['-quiet', '-R', '-o', image, folder])
    const lines = list(image)
    expect(expectContents(image, lines, '/stored.squashfs/')).toBe(9)
    const packed = lines.filter(({ path }) => !path.endsWith('/sparse'))
    for (const [name, hasFragments] of [
      ['packed', true],
      ['blocks', false],
    ] as const) {
      const inside = packed.filter(({ path }) => path.startsWith(`/${name}.squashfs/`))
      const compressed = inside.flatMap(({ extents = [] }) => extents.filter(({ codec }) => codec !== undefined))
      expect(compressed.length).toBeGreaterThan(0)
      for (const { fragment } of compressed) expect(fragment !== undefined).toBe(hasFragments)
      expect(expectContents(image, inside, `/${name}.squashfs/`)).toBe(8)
    }
    const find = (path: string): Line => lines.find((line) => line.path === path)!
    // 700,001 bytes in blocks of 128 KiB: neighbours are one extent, and the tail is in a fragment or a block.
    expect(find('/stored.squashfs/noise').extents!.length).toBeLessThanOrEqual(2)
    // What lies in a hole has no place.
    expect(find('/stored.squashfs/sparse').extents!.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(1 << 20)
    expect(find('/stored.squashfs/empty').extents).toEqual([])
    for (const { path, extents: some = [] } of lines) {
      const hasSectors = some.every(({ sector }) => sector !== undefined)
      if (some.length > 0) expect(hasSectors, path).toBe(path.lastIndexOf('/') === 0)
    }
    // Stored sizes add up as the README says, to the ISO's two files less the tables of each squashfs.
    const { stdout } = isoscope(['ls', '-R', '-f', 'ndjson', image])
    const sum = Number(
      mustRun('jq', ['-s', 'map(select(.imageFormat | not).stored) | add'], { input: stdout }).toString(),
    )
    const whole = lines.reduce(
      (total, { imageFormat: format, stored }) => total + (format === undefined ? 0 : stored),
      0,
    )
    expect(sum).toBeGreaterThan(whole * 0.99)
    expect(sum).toBeLessThan(whole)
  })

  it('are told below each file by ls -l --extents', () => {
    const image = at('text.iso')
    mustRun('genisoimage', ['-quiet', '-R', '-o', image, source])
    const [line] = list(image).filter(({ path }) => path === '/sector')
    const [{ offset, sector } = { offset: 0, sector: 0 }] = line!.extents!
    const told = isoscope(['ls', '-l', '--extents', image]).stdout.toString()
    expect(told).toContain(` /sector\n    offset ${offset}  length 2048  sector ${sector}\n`)
  })

  it('of each tree are listed, and its files read', () => {
    const image = at('trees.iso')
    writeFileSync(join(source, 'only-there'), 'in Joliet alone\n')
    mustRun('genisoimage', ['-quiet', '-R', '-J', '-hide', 'only-there', '-o', image, source])
    rmSync(join(source, 'only-there'))
    const isoinfo = (...options: string[]): string[] =>
      mustRun('isoinfo', [...options, '-f', '-i', image])
        .toString('latin1')
        .trimEnd()
        .split('\n')
        .sort()
    expect(names(image)).toEqual(isoinfo('-R'))
    expect(names(image, '--tree', 'rockridge')).toEqual(isoinfo('-R'))
    expect(names(image, '--tree', 'joliet')).toEqual(isoinfo('-J'))
    const plain = isoinfo().map((path) => path.replace(/;1$/, '').replace(/\.$/, ''))
    expect(names(image, '--tree', 'plain')).toEqual(plain.sort())
    const inJoliet = names(image, '--tree', 'joliet')
    expect(inJoliet).toContain('/only-there')
    expect(inJoliet).toEqual([...xorrisoListing(image, 'norock').keys()].filter((path) => path !== '/').sort())
    expect(isoscope(['cat', '--tree', 'joliet', image, '/only-there']).stdout.toString()).toBe('in Joliet alone\n')
    expect(isoscope(['cat', image, '/only-there'])).toMatchObject({ code: 2 })
    expect(isoscope(['ls', '--tree', 'enhanced', image])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^isoscope: .*there is no enhanced tree that can be read; it has rockridge, joliet, plain\n$/,
      ),
    })
  })

  it('of an image without Rock Ridge, and of one with enhanced names, are in the trees it has', () => {
    mustRun('xorriso', ['-outdev', at('j.iso'), '-joliet', 'on', '-rockridge', 'off', '-map', source, '/', '-commit'])
    expect(names(at('j.iso'))).toContain('/folder/deeper/Long name with spaces.text')
    expect(names(at('j.iso'), '--tree', 'joliet')).toEqual(names(at('j.iso')))
    expect(isoscope(['ls', '--tree', 'rockridge', at('j.iso')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it has joliet, plain'),
    })
    mustRun('genisoimage', ['-quiet', '-J', '-iso-level', '4', '-o', at('4.iso'), source])
    const isoinfo = (...options: string[]): string[] =>
      mustRun('isoinfo', [...options, '-f', '-i', at('4.iso')])
        .toString('latin1')
        .trimEnd()
        .split('\n')
        .sort()
    expect(names(at('4.iso'), '--tree', 'joliet')).toEqual(isoinfo('-J'))
    expect(names(at('4.iso'), '--tree', 'enhanced')).toEqual(isoinfo())
    expect(names(at('4.iso'), '--tree', 'plain').length).toBe(isoinfo().length)
  })
})
