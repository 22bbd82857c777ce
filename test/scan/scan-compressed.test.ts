import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { Survey } from '../../src/inventory/survey.ts'
import { archive, symlink } from '../parsers/cpio/writer.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'
const hashOf = (index: number): string => DIGITS[index]!.repeat(3) + DIGITS.slice(3)
const nameOf = (index: number): string => `${hashOf(index)}-p${index}`

const folder = mkdtempSync(join(tmpdir(), 'isoscope-compressed-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What a deep survey says of a store: of the first path, which mentions the others, which are files. */
async function surveyed(files: Readonly<Record<string, Content>>, others: number) {
  const store: Record<string, Content> = {}
  for (const [path, content] of Object.entries(files)) store[path === '' ? nameOf(0) : `${nameOf(0)}/${path}`] = content
  for (let other = 1; other <= others; other += 1) store[nameOf(other)] = `${other}`
  const image = join(folder, 'image.squashfs')
  writeFileSync(image, squashfsOf(store))
  const open: OpenImage = openImage(image, { deep: true })
  try {
    const survey = new Survey(() => open, { deep: true, jobs: 1 })
    const references = (await survey.references('scan'))!
    const numberOf = (key: string): number => Number(key.slice(key.indexOf('-p') + 2))
    const keys = references.graph.keys.map(numberOf)
    const { mentions, warnings } = (await survey.hidden(references))!
    return {
      hidden: mentions.map(({ from, to, path, kind, offset }) => [numberOf(from), numberOf(to), path, kind, offset]),
      byChance: references.byChance!.map(({ from, to }) => [keys[from], keys[to]]),
      files: (await survey.compressed()).files.map(({ path, ranges }) => [path, ranges]),
      warnings: warnings.map(({ message }) => message),
    }
  } finally {
    open.close()
  }
}

/** As gzip stores it without compression: the hash stands in the file as it is. */
const stored = (text: string): Uint8Array => gzipSync(text, { level: 0 })
/** So that gzip writes no hash as it is. */
const packed = (text: string): Uint8Array => gzipSync('e'.repeat(100) + text.repeat(3), { level: 9 })

/** What is compressed of a gzip file without a name (RFC 1952 2.3): all but 10 bytes before it and 8 behind it. */
const contentRange = (file: Uint8Array): readonly [number, number] => [10, file.length - 8]

it('finds what compressed files mention, once for each other store path', async () => {
  const found = await surveyed({ 'a.gz': packed(`${hashOf(1)} `), 'b.gz': packed(`${hashOf(2)}${hashOf(1)}`) }, 3)
  expect(found).toEqual({
    hidden: [
      [0, 1, 'a.gz', 'content', 100],
      [0, 2, 'b.gz', 'content', 100],
    ],
    byChance: [],
    files: [
      ['a.gz', [contentRange(packed(`${hashOf(1)} `))]],
      ['b.gz', [contentRange(packed(`${hashOf(2)}${hashOf(1)}`))]],
    ],
    warnings: [],
  })
})

it('tells a reference that only compressed bytes have from others', async () => {
  const found = await surveyed(
    {
      'by-chance.gz': stored(hashOf(1)),
      'both.gz': stored(hashOf(2)),
      both: hashOf(2),
      link: hashOf(3),
      'like-a.gz': Buffer.concat([Buffer.of(0x1f, 0x8b), Buffer.from(`no gzip ${hashOf(3)}`)]),
    },
    3,
  )
  expect(found.byChance).toEqual([[0, 1]])
  expect(found.hidden).toEqual([])
  expect(found.files.map(([path]) => path)).toEqual(['both.gz', 'by-chance.gz'])
  expect(found.warnings).toEqual([])
})

it('searches names, targets and contents of an initrd, and knows where its compressed archive begins', async () => {
  const microcode = archive({ name: `kernel/${hashOf(1)}`, content: 'raw' })
  const root = archive(
    { name: `a-${hashOf(2)}`, content: `${hashOf(3)}` },
    symlink('init', `/nix/store/${nameOf(4)}/init`),
    { name: 'module.ko.gz', content: packed(hashOf(5)) },
  )
  const initrd = Buffer.concat([microcode, gzipSync(root, { level: 0 })])
  const found = await surveyed({ initrd, microcode }, 5)
  expect(found.files).toEqual([['initrd', [[microcode.length + 10, initrd.length - 8]]]])
  expect(found.hidden).toEqual([[0, 5, 'initrd/module.ko.gz', 'content', 100]])
  // The first stands in the archive that is not compressed.
  expect(found.byChance).toEqual([
    [0, 2],
    [0, 3],
    [0, 4],
  ])
})

it('goes on after a file that it cannot read in full, and says so', async () => {
  const whole = packed(`${hashOf(1)} `)
  const cut = gzipSync(Buffer.concat([Buffer.alloc(1 << 20, 'x'), Buffer.from(hashOf(2))])).subarray(0, -40)
  const found = await surveyed({ 'cut\x1b.gz': cut, 'whole.gz': whole }, 2)
  expect(found.hidden).toEqual([[0, 1, 'whole.gz', 'content', 100]])
  expect(found.warnings).toHaveLength(1)
  expect(found.warnings[0]).toMatch(/p0\/cut\\x1b\.gz" cannot be read in full/)
})

it('takes a store path that is an image itself', async () => {
  const found = await surveyed({ '': gzipSync(archive(symlink('init', `/nix/store/${nameOf(1)}`))) }, 1)
  expect(found.hidden).toEqual([[0, 1, 'init', 'target', 11]])
  expect(found.files.map(([path]) => path)).toEqual([''])
})

it('takes no header for compressed, nor what is plain in an image that is not compressed', async () => {
  // With a name in the header (RFC 1952 2.3.1, FNAME).
  const body = gzipSync('text')
  const withName = Buffer.concat([
    body.subarray(0, 3),
    Buffer.of(8),
    body.subarray(4, 10),
    Buffer.from(`${nameOf(1)}\0`),
    body.subarray(10),
  ])
  const disk = archive(
    { name: 'a.gz', content: stored(hashOf(2)) },
    symlink('init', `/nix/store/${nameOf(3)}/bin/sh`),
    { name: 'plain', content: hashOf(4) },
    { name: 'b.gz', content: packed(`${hashOf(5)} `) },
  )
  const found = await surveyed({ 'doc.gz': withName, disk }, 5)
  expect(found.byChance).toEqual([[0, 2]])
  expect(found.hidden).toEqual([[0, 5, 'disk/b.gz', 'content', 100]])
  expect(found.files).toEqual([
    ['disk', [expect.any(Array), expect.any(Array)]],
    ['doc.gz', [[10 + nameOf(1).length + 1, withName.length - 8]]],
  ])
})

it('says that an initrd is cut short', async () => {
  const initrd = gzipSync(
    archive({ name: 'noise', content: randomBytes(5000) }, symlink('init', `/nix/store/${nameOf(1)}`)),
  )
  const found = await surveyed({ initrd: initrd.subarray(0, 4000) }, 1)
  expect(found.hidden).toEqual([])
  expect(found.warnings.join('\n')).toMatch(/p0\/initrd cannot be read in full: /)
})

it('unpacks no more than an image of this size may have, and reads the rest all the same', async () => {
  const bomb = zstdOfZeros(1_200)
  const found = await surveyed({ 'a.zst': bomb, 'b.gz': packed(`${hashOf(1)} `), c: hashOf(2) }, 2)
  expect(found.warnings).toEqual([
    expect.stringMatching(
      /a\.zst .*p0\/a\.zst cannot be read in full: too much content .* the limit is expansion=1000/,
    ),
  ])
  expect(found.hidden).toEqual([])
  expect(found.byChance).toEqual([])
})

/** A zstd file of so many MiB of zeros, in RLE blocks of 128 KiB (RFC 8878 3.1.1.2). */
function zstdOfZeros(size: number): Uint8Array {
  const block = Buffer.alloc(4)
  block.writeUIntLE(2 + (1 << 17) * 8, 0, 3)
  const last = Buffer.of(1, 0, 0)
  return Buffer.concat([
    Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x70),
    ...Array.from({ length: size * 8 }, () => block),
    last,
  ])
}
